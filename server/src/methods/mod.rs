//! The methods that prove who somebody is: one folder each.

pub(crate) mod app;
