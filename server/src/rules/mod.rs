//! Every rule of the server, without I/O: time is a value, what is stored comes in as plain data.

pub(crate) mod address;
pub(crate) mod asking;
pub(crate) mod device;
pub(crate) mod grounds;
pub(crate) mod method;
pub(crate) mod pause;
pub(crate) mod policy;
pub(crate) mod request;
pub(crate) mod set_up;
pub(crate) mod tally;

pub use address::ClientAddress;
pub use method::SignInMethod;
pub use pause::Lifting;
pub use policy::{CodePolicy, Policy};
