//! The journeys of product.md: the real server, the real pages in a browser without JavaScript, the real core over a
//! real vault. Each test has a world of its own, and is named after the rows that it proves.

mod activation;
mod adding;
mod attacks;
mod clock;
mod commands;
mod default;
mod front;
mod inbox;
mod keyring;
mod lock;
mod names;
mod notice;
mod offline;
mod pages;
mod pause;
mod removal;
mod requests;
mod scan;
mod servers;
mod set_up;
mod sign_in;
mod stage;
mod stand_in;
mod storage;
mod update;
mod words;
