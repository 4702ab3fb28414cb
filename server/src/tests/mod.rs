//! The server from outside: the service as the pages ask it, the phone's calls through a real listener.

mod answers;
mod attacks;
mod calls;
mod connections;
mod default;
mod direction;
mod house;
mod journal;
mod lasting;
mod limits;
mod links;
mod log;
mod passwords;
mod phone;
mod reports;
mod security_info;
mod set_up;
mod sign_in;
