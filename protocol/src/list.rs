use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// A list of `MIN` to `MAX` elements; written as an empty list, not left out, when it has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<T>")]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct List<T, const MIN: usize, const MAX: usize>(Vec<T>);

/// A list that is too short or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a list of {length} where {min} to {max} are allowed")]
pub struct WrongLength {
    length: usize,
    min: usize,
    max: usize,
}

impl<T, const MIN: usize, const MAX: usize> List<T, MIN, MAX> {
    /// A list of one element.
    #[must_use]
    pub fn of_one(element: T) -> Self {
        const { assert!(MIN <= 1 && 1 <= MAX) };
        Self(vec![element])
    }

    /// Whether no element stands in it twice.
    pub(crate) fn are_distinct(&self) -> bool
    where
        T: PartialEq,
    {
        let behind = |index: usize| self.0.iter().skip(index + 1);
        self.0.iter().enumerate().all(|(index, element)| behind(index).all(|other| other != element))
    }
}

impl<T, const MAX: usize> Default for List<T, 0, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MIN: usize, const MAX: usize> TryFrom<Vec<T>> for List<T, MIN, MAX> {
    type Error = WrongLength;
    fn try_from(elements: Vec<T>) -> Result<Self, WrongLength> {
        let length = elements.len();
        if (MIN..=MAX).contains(&length) {
            Ok(Self(elements))
        } else {
            Err(WrongLength { length, min: MIN, max: MAX })
        }
    }
}

impl<T, const MIN: usize, const MAX: usize> Deref for List<T, MIN, MAX> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}
