//! The steps of the schema, as they stand in the folder `migrations/sqlite`. A step that is out is never changed.
//!
//! They are listed here and not by `sqlx::migrate!`: that macro builds SQLite a second time, for the compiler.

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// Number, name and text of each.
const STEPS: &[(i64, &str, &str)] = &[(1, "first", include_str!("../../migrations/sqlite/0001_first.sql"))];

/// What brings a database up to date.
pub(super) fn migrator() -> Migrator {
    let step = |(number, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(*number, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(STEPS.iter().map(step).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_a_step() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
        let mut files: Vec<(i64, String, String)> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| {
                let path = file.unwrap().path();
                let (number, name) = path.file_stem().unwrap().to_str().unwrap().split_once('_').unwrap();
                (number.parse().unwrap(), name.replace('_', " "), std::fs::read_to_string(&path).unwrap())
            })
            .collect();
        files.sort();
        let steps = STEPS.iter().map(|(number, name, sql)| (*number, (*name).to_owned(), (*sql).to_owned()));
        assert_eq!(files, steps.collect::<Vec<_>>());
    }
}
