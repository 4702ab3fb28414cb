use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::vault::disk::Disk;

type Names = BTreeMap<PathBuf, Arc<Vec<u8>>>;
/// Names that change together: what they name now, or that they are gone.
type Step = Vec<(PathBuf, Option<Arc<Vec<u8>>>)>;

/// A disk in memory that can fail at any step, and that tells what a power cut may leave.
///
/// What a folder lists is lasting only once the folder is flushed. Until then each creation, rename and removal may
/// be lost by itself, in any combination: harsher than any journal.
#[derive(Clone, Default)]
pub(super) struct TestDisk(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    lasting: Names,
    /// What happened to the names since the last flush.
    unflushed: Vec<Step>,
    steps: usize,
    fault: Option<(usize, Fault)>,
}

#[derive(Clone, Copy)]
pub(super) enum Fault {
    /// This step and all after it do not happen; a write leaves its first half.
    Cut,
    /// This step fails so, a write after its first half; what comes after it works.
    Fails(io::ErrorKind),
}

impl TestDisk {
    fn holding(lasting: Names) -> Self {
        Self(Arc::new(Mutex::new(Inner { lasting, ..Inner::default() })))
    }

    /// The next steps count from 0, and this one is at fault.
    pub(super) fn fault_at(&self, step: usize, fault: Fault) {
        let mut inner = self.0.lock().unwrap();
        inner.steps = 0;
        inner.fault = Some((step, fault));
    }

    /// Whether the step at fault was reached.
    pub(super) fn was_reached(&self) -> bool {
        let inner = self.0.lock().unwrap();
        inner.fault.is_some_and(|(step, _)| inner.steps > step)
    }

    pub(super) fn names(&self) -> Names {
        self.0.lock().unwrap().names()
    }

    /// A disk as it was, to try something else on.
    pub(super) fn copy(&self) -> Self {
        Self::holding(self.names())
    }

    /// Every disk that a power cut now may leave.
    pub(super) fn after_a_cut(&self) -> Vec<Self> {
        let inner = self.0.lock().unwrap();
        let count = inner.unflushed.len();
        assert!(count <= 16, "{count} steps without a flush are too many to try all");
        (0..1_u32 << count)
            .map(|kept| {
                let mut names = inner.lasting.clone();
                for (place, step) in inner.unflushed.iter().enumerate() {
                    if kept >> place & 1 == 1 {
                        apply(&mut names, step);
                    }
                }
                Self::holding(names)
            })
            .collect()
    }

    fn step(&self, torn: impl FnOnce(&mut Inner)) -> io::Result<std::sync::MutexGuard<'_, Inner>> {
        let mut inner = self.0.lock().unwrap();
        let step = inner.steps;
        inner.steps += 1;
        match inner.fault {
            Some((at, Fault::Cut)) if step >= at => {
                if step == at {
                    torn(&mut inner);
                }
                Err(io::Error::other("the power is gone"))
            }
            Some((at, Fault::Fails(kind))) if step == at => {
                torn(&mut inner);
                Err(kind.into())
            }
            _ => Ok(inner),
        }
    }
}

impl Inner {
    fn names(&self) -> Names {
        let mut names = self.lasting.clone();
        self.unflushed.iter().for_each(|step| apply(&mut names, step));
        names
    }

    fn put(&mut self, path: &Path, bytes: Vec<u8>) {
        self.unflushed.push(vec![(path.to_owned(), Some(Arc::new(bytes)))]);
    }
}

fn apply(names: &mut Names, step: &Step) {
    for (path, file) in step {
        match file {
            Some(file) => names.insert(path.clone(), Arc::clone(file)),
            None => names.remove(path),
        };
    }
}

impl Disk for TestDisk {
    fn make_folder(&self, _: &Path) -> io::Result<()> {
        self.step(|_| {}).map(drop)
    }

    fn make_new_folder(&self, folder: &Path) -> io::Result<()> {
        let inner = self.step(|_| {})?;
        let is_there = inner.names().keys().any(|path| path.parent() == Some(folder));
        if is_there { Err(io::ErrorKind::AlreadyExists.into()) } else { Ok(()) }
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        let inner = self.step(|_| {})?;
        Ok(inner.names().keys().any(|name| name.starts_with(path)))
    }

    fn lock(&self, _: &Path) -> io::Result<File> {
        self.step(|_| {}).and_then(|_| tempfile::tempfile())
    }

    fn read(&self, path: &Path, most: u64) -> io::Result<Vec<u8>> {
        let inner = self.step(|_| {})?;
        let names = inner.names();
        let file = names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(file.iter().copied().take(usize::try_from(most).unwrap()).collect())
    }

    fn write(&self, path: &Path, parts: [&[u8]; 2]) -> io::Result<()> {
        let bytes = parts.concat();
        let half = bytes[..bytes.len() / 2].to_vec();
        self.step(|inner| inner.put(path, half))?.put(path, bytes);
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut inner = self.step(|_| {})?;
        let file = inner.names().remove(from).ok_or(io::ErrorKind::NotFound)?;
        inner.unflushed.push(vec![(to.to_owned(), Some(file)), (from.to_owned(), None)]);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut inner = self.step(|_| {})?;
        if inner.names().contains_key(path) {
            inner.unflushed.push(vec![(path.to_owned(), None)]);
        }
        Ok(())
    }

    fn flush_folder(&self, _: &Path) -> io::Result<()> {
        let mut inner = self.step(|_| {})?;
        inner.lasting = inner.names();
        inner.unflushed.clear();
        Ok(())
    }
}
