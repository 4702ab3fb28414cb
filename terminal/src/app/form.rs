//! What a person fills in: a few fields, and what comes of them.

use countersign_core::authenticator::{EntryId, UnlockWith};
use countersign_core::enrolment::{TypedKey, TypedKind};
use countersign_core::otp::Algorithm;
use ratatui::crossterm::event::{KeyCode, KeyEvent};
use zeroize::Zeroizing;

use super::field::Field;
use crate::platform::{LEAST_CHARACTERS, Typed};
use crate::words::{Said, Words};

/// Fields to be filled in for one purpose.
pub(crate) struct Form {
    pub(crate) purpose: Purpose,
    pub(crate) fields: Vec<Field>,
    /// Which field is being typed into.
    pub(crate) at: usize,
    /// What was wrong with it at the last try.
    pub(crate) fault: Option<Said>,
}

/// What a form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// What opens the vault.
    Unlock(Typed),
    /// A new passphrase: there is no vault yet.
    NewPassphrase,
    /// What opens the vault for which the keyring has lost its key.
    Recover(Typed),
    /// What opens the vault as it was before a file was damaged.
    Restore(Typed),
    /// A picture file; `is_work` chooses the words.
    Picture { is_work: bool },
    /// Code and URL (S25).
    Typed,
    /// The text of a QR code.
    Link,
    /// A key by hand.
    Key,
    /// The person's own name of an account.
    Name(EntryId),
    /// What this device is called at its servers.
    DeviceName,
}

impl Purpose {
    /// Whether it opens the vault.
    pub(crate) fn opens_vault(self) -> bool {
        matches!(self, Self::Unlock(_) | Self::NewPassphrase | Self::Recover(_) | Self::Restore(_))
    }
}

/// What came of a key.
pub(crate) enum Pressed {
    /// The form goes on.
    Stays,
    /// The name of a file is to be completed.
    Complete,
    /// It is filled in.
    Filled(Filled),
}

/// A form that is filled in.
pub(crate) enum Filled {
    Unlock(UnlockWith),
    Restore(UnlockWith),
    Picture(String),
    Typed { code: String, url: String },
    Text(Zeroizing<String>),
    Key(TypedKey),
    Name { account: EntryId, name: String },
    DeviceName(String),
}

impl Form {
    pub(crate) fn new(purpose: Purpose, words: Words) -> Self {
        let fields = match purpose {
            Purpose::Unlock(typed) | Purpose::Recover(typed) | Purpose::Restore(typed) => {
                vec![Field::hidden(typed.label())]
            }
            Purpose::NewPassphrase => vec![Field::hidden("passphrase"), Field::hidden("passphrase-again")],
            Purpose::Picture { .. } => vec![Field::line("field-picture")],
            Purpose::Typed => vec![Field::line("field-code"), Field::line("field-url")],
            Purpose::Link => vec![Field::line("field-link")],
            Purpose::Key => key_fields(words),
            Purpose::Name(_) | Purpose::DeviceName => vec![Field::line("field-name")],
        };
        Self { purpose, fields, at: 0, fault: None }
    }

    /// The field that is typed into.
    pub(crate) fn field(&mut self) -> Option<&mut Field> {
        self.fields.get_mut(self.at)
    }

    /// Takes a key. Enter goes to the next field, and from the last one on.
    pub(crate) fn press(&mut self, key: KeyEvent, words: Words) -> Pressed {
        let last = self.fields.len().saturating_sub(1);
        match key.code {
            KeyCode::Tab if matches!(self.purpose, Purpose::Picture { .. }) => return Pressed::Complete,
            KeyCode::Tab | KeyCode::Down => self.at = if self.at == last { 0 } else { self.at + 1 },
            KeyCode::BackTab | KeyCode::Up => self.at = self.at.checked_sub(1).unwrap_or(last),
            KeyCode::Enter if self.at < last => self.at += 1,
            KeyCode::Enter => match self.filled(words) {
                Ok(filled) => return Pressed::Filled(filled),
                Err(said) => self.fault = Some(said),
            },
            _ => {
                if self.field().is_some_and(|field| field.press(key)) {
                    self.fault = None;
                }
            }
        }
        Pressed::Stays
    }

    /// Goes to the field that was wrong. What is not shown is emptied.
    pub(crate) fn refuse(&mut self, said: Said) {
        if self.purpose.opens_vault() {
            self.fields.iter_mut().for_each(|field| field.set(""));
            self.at = 0;
        }
        match (self.purpose, said.code.as_str()) {
            (
                Purpose::Typed,
                "typed_code" | "activation_unknown" | "activation_expired" | "activation_used",
            ) => {
                self.at = 0;
            }
            (Purpose::Key, code) if code.starts_with("secret_") => self.at = KEY_FIELD,
            _ => {}
        }
        self.fault = Some(said);
    }

    fn text(&self, field: usize) -> &str {
        self.fields.get(field).map_or("", Field::text)
    }

    fn secret(&self, field: usize) -> Zeroizing<String> {
        Zeroizing::new(self.text(field).to_owned())
    }

    /// An empty name takes the one from before again; what a key lacks its reader says.
    fn may_be_empty(&self) -> bool {
        matches!(self.purpose, Purpose::Name(_) | Purpose::DeviceName | Purpose::Key)
    }

    /// What comes of it.
    fn filled(&mut self, words: Words) -> Result<Filled, Said> {
        if self.text(0).trim().is_empty() && !self.may_be_empty() {
            self.at = 0;
            return Err(words.said("form-empty", &[]));
        }
        match self.purpose {
            Purpose::Unlock(typed) | Purpose::Recover(typed) => {
                Ok(Filled::Unlock(typed.read(self.secret(0))))
            }
            Purpose::NewPassphrase => self.new_passphrase(words),
            Purpose::Restore(typed) => Ok(Filled::Restore(typed.read(self.secret(0)))),
            Purpose::Picture { .. } => Ok(Filled::Picture(self.text(0).to_owned())),
            Purpose::Typed => {
                Ok(Filled::Typed { code: self.text(0).to_owned(), url: self.text(1).trim().to_owned() })
            }
            Purpose::Link => Ok(Filled::Text(self.secret(0))),
            Purpose::Key => Ok(Filled::Key(self.typed_key())),
            Purpose::DeviceName => Ok(Filled::DeviceName(self.text(0).trim().to_owned())),
            Purpose::Name(account) => Ok(Filled::Name { account, name: self.text(0).trim().to_owned() }),
        }
    }

    fn new_passphrase(&mut self, words: Words) -> Result<Filled, Said> {
        let least = i64::try_from(LEAST_CHARACTERS).unwrap_or(i64::MAX);
        if self.text(0).chars().count() < LEAST_CHARACTERS {
            self.at = 0;
            Err(words.said("passphrase-short", &[("least", least.into())]))
        } else if self.text(0) == self.text(1) {
            Ok(Filled::Unlock(UnlockWith::Passphrase(self.secret(0))))
        } else {
            self.at = 1;
            if let Some(again) = self.field() {
                again.set("");
            }
            Err(words.said("passphrase-differ", &[]))
        }
    }

    fn typed_key(&self) -> TypedKey {
        let chosen = |field: usize| self.fields.get(field).map_or(0, Field::chosen);
        let algorithm = HASHES.get(chosen(4)).copied().unwrap_or(Algorithm::Sha1);
        // What is no number is out of every range.
        let digits = self.text(5).parse().unwrap_or(0);
        let kind = match chosen(3) {
            0 => TypedKind::Time { algorithm, digits, period: self.text(6).trim().parse().unwrap_or(0) },
            1 => TypedKind::Counter { algorithm, digits },
            _ => TypedKind::Steam,
        };
        TypedKey {
            issuer: self.text(0).to_owned(),
            account: self.text(1).to_owned(),
            key: self.secret(KEY_FIELD),
            kind,
        }
    }
}

/// The place of the key among the fields of [`Purpose::Key`].
const KEY_FIELD: usize = 2;
const HASHES: [Algorithm; 3] = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];

fn key_fields(words: Words) -> Vec<Field> {
    let kinds = ["kind-time", "kind-counter", "kind-steam"].map(|id| words.text(id)).to_vec();
    let hashes = HASHES.map(|hash| hash.to_string()).to_vec();
    let digits = (6..=10).map(|digits: u8| digits.to_string()).collect();
    vec![
        Field::line("field-issuer"),
        Field::line("field-account-name"),
        Field::line("field-key"),
        Field::choice("field-kind", kinds),
        Field::choice("field-hash", hashes),
        Field::choice("field-digits", digits),
        Field::line("field-period").with("30"),
    ]
}

#[cfg(test)]
mod tests {
    use countersign_core::enrolment::{CodesOffer, Refusal};
    use ratatui::crossterm::event::KeyModifiers;

    use super::*;

    fn enter(form: &mut Form) -> Pressed {
        form.press(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE), Words::default())
    }

    fn fill(purpose: Purpose, texts: &[&str]) -> (Form, Pressed) {
        let mut form = Form::new(purpose, Words::default());
        for (field, text) in form.fields.iter_mut().zip(texts) {
            field.set(text);
        }
        form.at = form.fields.len() - 1;
        let pressed = enter(&mut form);
        (form, pressed)
    }

    fn read_key(texts: &[&str], kind: usize) -> Result<CodesOffer, Refusal> {
        let mut form = Form::new(Purpose::Key, Words::default());
        for (field, text) in form.fields.iter_mut().zip(texts) {
            field.set(text);
        }
        for _ in 0..kind {
            form.fields[3].press(KeyEvent::new(KeyCode::Right, KeyModifiers::NONE));
        }
        CodesOffer::typed(&form.typed_key())
    }

    #[test]
    fn a_key_by_hand_is_read_as_the_link_of_its_site_would_be() {
        for kind in 0..3 {
            let offer = read_key(&["Git & forge: x", "mo kafor@x", "jbsw y3dp-ehpk 3pxp"], kind);
            let codes = offer.unwrap();
            assert_eq!(codes.issuer.unwrap().to_string(), "Git & forge: x");
            assert_eq!(codes.account.unwrap().to_string(), "mo kafor@x");
        }
        assert!(read_key(&["", "", "JBSWY3DPEHPK3PXP"], 0).is_ok());
    }

    #[test]
    fn a_key_with_a_fault_is_refused_and_never_put_right() {
        assert_eq!(read_key(&["A", "b", "JBSWY3DPEHPK3PX1"], 0).err(), Some(Refusal::SecretCharacter));
        assert_eq!(read_key(&["A", "b", ""], 0).err(), Some(Refusal::SecretMissing));
        assert_eq!(
            read_key(&["A", "b", "JBSWY3DPEHPK3PXP&digits=6"], 0).err(),
            Some(Refusal::SecretCharacter)
        );
        let no_period = ["A", "b", "JBSWY3DPEHPK3PXP", "", "", "", "0"];
        assert_eq!(read_key(&no_period, 0).err(), Some(Refusal::PeriodOutOfRange));
    }

    #[test]
    fn a_new_passphrase_is_long_enough_and_typed_twice() {
        let (form, pressed) = fill(Purpose::NewPassphrase, &["short", "short"]);
        assert!(matches!(pressed, Pressed::Stays) && form.at == 0);
        assert_eq!(form.fault.unwrap().code, "passphrase_short");
        let (form, _) = fill(Purpose::NewPassphrase, &["five words of mine", "five words of yours"]);
        assert_eq!((form.fault.unwrap().code.as_str(), form.fields[1].text()), ("passphrase_differ", ""));
        let (_, pressed) = fill(Purpose::NewPassphrase, &["five words of mine", "five words of mine"]);
        assert!(matches!(pressed, Pressed::Filled(Filled::Unlock(UnlockWith::Passphrase(_)))));
    }

    #[test]
    fn enter_goes_through_the_fields_and_an_empty_first_one_stops_it() {
        let mut form = Form::new(Purpose::Typed, Words::default());
        assert!(matches!(enter(&mut form), Pressed::Stays) && form.at == 1);
        assert!(matches!(enter(&mut form), Pressed::Stays) && form.at == 0);
        assert_eq!(form.fault.unwrap().code, "form_empty");
    }

    #[test]
    fn a_fault_leads_to_the_field_that_has_it() {
        let at = |purpose, said| {
            let mut form = Form::new(purpose, Words::default());
            form.at = form.fields.len() - 1;
            form.refuse(said);
            form.at
        };
        let refusal = |refusal| Words::default().refusal(refusal);
        assert_eq!(at(Purpose::Typed, refusal(Refusal::TypedCode)), 0);
        assert_eq!(at(Purpose::Typed, Words::default().said("activation-unknown", &[])), 0);
        assert_eq!(at(Purpose::Typed, refusal(Refusal::TypedAddress)), 1);
        assert_eq!(at(Purpose::Key, refusal(Refusal::SecretMissing)), 2);
        assert_eq!(at(Purpose::Key, refusal(Refusal::PeriodOutOfRange)), 6);
    }
}
