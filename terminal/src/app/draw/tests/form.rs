//! Passphrases: what is typed and not shown.

use super::*;

#[test]
fn what_is_secret_is_not_shown_while_it_is_typed() {
    let locked =
        |is_first_start| Snapshot { lock: Lock::Locked, accounts: Vec::new(), is_first_start, ..snapshot() };
    let of = |snapshot| {
        let mut setting = setting(ALL);
        setting.has_keyring = false;
        Model::new(setting, at(NOW), snapshot)
    };
    let mut model = of(locked(false));
    let Some(Screen::Form(form)) = model.screens.last_mut() else { panic!("a locked vault asks") };
    assert_eq!(form.purpose, Purpose::Unlock);
    form.fields[0].set("correct horse battery");
    assert!(!text(&model, 80, 24).contains("horse"));
    compare("unlock", &model, LEAST);
    compare("new-passphrase", &of(locked(true)), LEAST);
    compare("recover", &of(Snapshot { lock: Lock::KeyDropped, accounts: Vec::new(), ..snapshot() }), LEAST);
}
