//! What crosses as a plain text or number, and what it is. A shell gets these from the core and hands them back.

use countersign_core::authenticator::EntryId as AccountId;
use countersign_protocol::{RequestId, UnixSeconds};
use zeroize::Zeroizing;

use crate::error::CoreError;

uniffi::custom_type!(
    /// What this phone knows an account by.
    AccountId, String, {
        remote,
        lower: |id| id.to_string(),
        // A shell has no ids but those it was given: one of another form is of nothing that is there.
        try_lift: |text| text.parse().map_err(|_| CoreError::Gone.into()),
    }
);

uniffi::custom_type!(
    /// A sign-in request, the same on all phones of a person.
    RequestId, String, {
        remote,
        lower: |id| id.to_string(),
        try_lift: |text| text.parse().map_err(|_| CoreError::Gone.into()),
    }
);

uniffi::custom_type!(
    /// Seconds since 1970-01-01T00:00:00Z, by this phone's clock where nothing else is said.
    UnixSeconds, i64, {
        remote,
        // A time is below 2^53.
        lower: |time| i64::try_from(time.get()).unwrap_or(i64::MAX),
        try_lift: |seconds| Ok(UnixSeconds::new(u64::try_from(seconds)?)?),
    }
);

/// Wiped when the core is done with it.
pub(crate) type TypedSecret = Zeroizing<String>;

uniffi::custom_type!(
    /// A secret that a person typed. It goes in and never comes out.
    TypedSecret, String, {
        remote,
        lower: |secret| secret.as_str().to_owned(),
        try_lift: |typed| Ok(Zeroizing::new(typed)),
    }
);
