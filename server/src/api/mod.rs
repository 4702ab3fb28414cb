//! The phone's calls: one POST each, one compact JWS in and one out.

mod refused;

pub(crate) use refused::CallRefused;
