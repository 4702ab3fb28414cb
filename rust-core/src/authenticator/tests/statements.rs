//! Of the statements of one server, the newest stays.

use super::*;
use crate::approval::countersign::{Statement, TestServer};
use crate::vault::Server;

#[test]
fn a_later_statement_that_another_process_was_first_with_stays() {
    let (_folder, authenticator) = with_codes(Vec::new());
    let core = &authenticator.core;
    let (server, base) = (TestServer::make(), "https://signin.halden.example");
    let of = |iat| Statement::of(server.id(), &server.statement(iat, base)).unwrap();
    let kept = || core.vault.contacts().unwrap().servers[0].statement.clone();
    let (earlier, later, latest) = (of(5), of(6), of(7));
    let known = Server { id: server.id(), statement: later.jws().to_owned(), clock_offset: 0 };
    core.vault.change_contacts(|contacts| contacts.servers.push(known)).unwrap();
    assert_eq!(wait(core.adopt(earlier)).unwrap(), later);
    assert_eq!(kept(), later.jws());
    assert_eq!(wait(core.adopt(latest.clone())).unwrap(), latest);
    assert_eq!(kept(), latest.jws());
}
