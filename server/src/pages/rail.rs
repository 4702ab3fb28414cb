//! The rail: where am I, and what is this about.

use super::frame::Person;
use super::icon::Icon;

/// A method as the wizard's rail shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// The id of its name.
    pub name: &'static str,
    /// Its sign.
    pub icon: Icon,
    /// The id of what the prompt says about it.
    pub about: &'static str,
    /// The ids of what it takes, in order.
    pub parts: &'static [&'static str],
}

impl Method {
    /// The authenticator app.
    pub const APP: Self = Self {
        name: "method-app",
        icon: Icon::Smartphone,
        about: "method-app.about",
        parts: &["part-get-the-app", "part-set-up", "part-scan", "part-test"],
    };
}

/// The wizard's rail: the methods that policy asks for, in its order (S12).
#[derive(Clone, Copy)]
pub struct Steps<'a> {
    /// All methods, and whether each is set up.
    pub methods: &'a [(Method, bool)],
    /// Which one is being set up, by its place in the list. None once all are.
    pub at: Option<usize>,
    /// The part of the current one, from 1; 0 while it is not begun.
    pub part: usize,
}

/// One line of the wizard's rail.
pub struct Line {
    /// The id of the method's name.
    pub name: &'static str,
    /// Its number, from 1.
    pub number: usize,
    /// Where it stands.
    pub state: StepState,
}

/// Where a method stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Done.
    Done,
    /// The current one, with its part: number, of how many, the id of its name.
    Current(Option<(usize, usize, &'static str)>),
    /// Still to come.
    ToCome,
}

impl Line {
    /// In which quarter of its method the current part lies, 1 to 4, for a bar that a strict CSP leaves no length of
    /// its own.
    #[must_use]
    pub fn quarter(&self) -> Option<usize> {
        match self.state {
            StepState::Current(Some((at, of, _))) => Some((at * 4).div_ceil(of.max(1)).clamp(1, 4)),
            _ => None,
        }
    }
}

impl Steps<'_> {
    /// The lines.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let line = |(index, (method, done)): (usize, &(Method, bool))| {
            let state = if self.at == Some(index) {
                StepState::Current(self.part_of(method))
            } else if *done {
                StepState::Done
            } else {
                StepState::ToCome
            };
            Line { name: method.name, number: index + 1, state }
        };
        self.methods.iter().enumerate().map(line).collect()
    }

    /// The number of the current method, from 1, or None once all are set up.
    #[must_use]
    pub fn current(&self) -> Option<usize> {
        self.at.map(|index| index + 1)
    }

    /// How many methods there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.methods.len()
    }

    /// The id of the name of the method that comes after the current one.
    #[must_use]
    pub fn then(&self) -> Option<&'static str> {
        let later = self.methods.iter().skip(self.current()?);
        later.into_iter().find(|(_, done)| !done).map(|(method, _)| method.name)
    }

    /// The part of the current method: its number, of how many, the id of its name.
    #[must_use]
    pub fn part(&self) -> Option<(usize, usize, &'static str)> {
        self.part_of(&self.methods.get(self.at?)?.0)
    }

    fn part_of(&self, method: &Method) -> Option<(usize, usize, &'static str)> {
        let name = method.parts.get(self.part.checked_sub(1)?)?;
        Some((self.part, method.parts.len(), name))
    }
}

/// The rail of Security info: whose it is, and whether changes are open (rule 13).
#[derive(Clone, Copy)]
pub struct OwnAccount<'a> {
    /// Whose methods these are.
    pub person: Person<'a>,
    /// For how many seconds changes are open.
    pub open: Option<u64>,
    /// Whether the page has the sections that the rail leads to.
    pub sections: bool,
}

/// What asks: the same facts in the same order as on the phone (rule 9).
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// What approving it does.
    pub asked: Asked<'a>,
    /// The account's user name.
    pub account: &'a str,
    /// The place, if it is known.
    pub place: Option<&'a str>,
    /// The address, if it is known.
    pub address: Option<&'a str>,
    /// The browser, if it is known.
    pub browser: Option<&'a str>,
    /// Whether the phone shows it now: nothing is to be compared after the end.
    pub waiting: bool,
}

/// What approving does.
#[derive(Clone, Copy)]
pub enum Asked<'a> {
    /// Signs in to an application.
    SignIn {
        /// Its name.
        application: &'a str,
    },
    /// Opens Security info for changes.
    Change {
        /// What the person is about to change.
        what: &'a str,
        /// For how many minutes.
        minutes: u64,
    },
}

/// The rail of an enrolment, which takes place in the wizard or on Security info.
#[derive(Clone, Copy)]
pub enum Rail<'a> {
    /// In the wizard.
    Wizard(Steps<'a>),
    /// On Security info.
    Account(OwnAccount<'a>),
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHER: Method = Method { name: "other", parts: &[], ..Method::APP };

    #[test]
    fn the_rail_follows_the_list_of_methods() {
        let methods = [(OTHER, true), (Method::APP, false), (OTHER, true), (OTHER, false)];
        let steps = Steps { methods: &methods, at: Some(1), part: 3 };
        let standing: Vec<_> = steps.lines().into_iter().map(|line| line.state).collect();
        let current = StepState::Current(Some((3, 4, "part-scan")));
        assert_eq!(standing, [StepState::Done, current, StepState::Done, StepState::ToCome]);
        assert_eq!((steps.current(), steps.count(), steps.then()), (Some(2), 4, Some("other")));
        assert_eq!(steps.part(), Some((3, 4, "part-scan")));
    }

    #[test]
    fn a_method_that_is_not_begun_shows_no_part_and_the_last_one_none_after_it() {
        let steps = Steps { methods: &[(Method::APP, false)], at: Some(0), part: 0 };
        assert_eq!(steps.lines()[0].state, StepState::Current(None));
        assert_eq!(steps.then(), None);
    }

    #[test]
    fn when_all_are_done_none_is_current() {
        let steps = Steps { methods: &[(Method::APP, true)], at: None, part: 0 };
        assert_eq!((steps.current(), steps.then(), steps.lines()[0].state), (None, None, StepState::Done));
    }
}
