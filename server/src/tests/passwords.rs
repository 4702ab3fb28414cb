//! Right passwords open a session however many come at once; wrong ones are counted, and only so many are checked.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex};

use tokio::task::JoinSet;

use super::house::*;
use crate::rules::ClientAddress;
use crate::*;

fn visitor_from(address: impl Into<IpAddr>) -> Visitor {
    Visitor { address: ClientAddress::new(address.into()), ..visitor() }
}

/// Addresses that are counted apart.
pub(super) fn elsewhere(index: u16) -> Visitor {
    visitor_from(Ipv6Addr::new(0x2001, 0xdb8, 1, index, 0, 0, 0, 1))
}

pub(super) async fn wrong_password(house: &House, user_name: &str, visitor: &Visitor) -> PasswordUse {
    house.service().sign_in(user_name, Password::new("wrong".to_owned()), visitor).await.unwrap()
}

pub(super) async fn right_password(house: &House, visitor: &Visitor) -> PasswordUse {
    house.service().sign_in(MIRA, password(), visitor).await.unwrap()
}

pub(super) async fn sign_in_from<'a>(house: &'a House, visitor: &Visitor) -> Browser<'a> {
    match right_password(house, visitor).await {
        PasswordUse::Begun(cookie) => Browser { house, cookie },
        refused => panic!("{refused:?}"),
    }
}

#[tokio::test]
async fn ten_wrong_passwords_an_hour_are_the_most_for_a_name_from_an_address() {
    let house = House::open().await;
    for _ in 0..10 {
        assert!(matches!(wrong_password(&house, MIRA, &visitor()).await, PasswordUse::Wrong));
    }
    let until = house.now().plus(3600);
    let as_typed = wrong_password(&house, &MIRA.to_uppercase(), &visitor()).await;
    assert!(matches!(as_typed, PasswordUse::TooMany(at) if at == until), "however the name is typed");
    assert!(matches!(right_password(&house, &visitor()).await, PasswordUse::TooMany(at) if at == until));
    assert!(matches!(right_password(&house, &elsewhere(1)).await, PasswordUse::Begun(_)));
    house.pass(3600);
    house.sign_in().await;
}

#[tokio::test]
async fn a_name_that_nobody_has_is_counted_as_any_other() {
    let house = House::open().await;
    for _ in 0..10 {
        assert!(matches!(wrong_password(&house, "nobody", &visitor()).await, PasswordUse::Wrong));
    }
    assert!(matches!(wrong_password(&house, "nobody", &visitor()).await, PasswordUse::TooMany(_)));
}

#[tokio::test]
async fn wrong_names_of_a_neighbour_shut_nobody_else_out() {
    let house = House::open().await;
    for index in 0..99 {
        let refused = wrong_password(&house, &format!("nobody{}", index % 11), &visitor()).await;
        assert!(matches!(refused, PasswordUse::Wrong));
    }
    house.sign_in().await;
}

#[tokio::test]
async fn a_hundred_wrong_passwords_an_hour_are_the_most_for_a_name_wherever_they_come_from() {
    let house = House::open().await;
    for index in 0..100 {
        assert!(matches!(wrong_password(&house, MIRA, &elsewhere(index / 10)).await, PasswordUse::Wrong));
    }
    let until = house.now().plus(3600);
    let refused = wrong_password(&house, MIRA, &elsewhere(10)).await;
    assert!(matches!(refused, PasswordUse::TooMany(at) if at == until));
    let other = wrong_password(&house, "jonas", &elsewhere(10)).await;
    assert!(matches!(other, PasswordUse::Wrong), "a count stops only what it counts");
}

#[tokio::test]
async fn who_tries_one_password_with_many_names_has_a_hundred_in_ten_minutes() {
    let house = House::open().await;
    for index in 0..100 {
        assert!(matches!(
            wrong_password(&house, &format!("person{index}"), &visitor()).await,
            PasswordUse::Wrong
        ));
    }
    let until = house.now().plus(600);
    let refused = wrong_password(&house, "person100", &visitor()).await;
    assert!(matches!(refused, PasswordUse::TooMany(at) if at == until));
    assert!(matches!(right_password(&house, &elsewhere(1)).await, PasswordUse::Begun(_)));
}

#[tokio::test]
async fn right_passwords_do_not_count() {
    let house = House::open().await;
    for index in 0..110 {
        sign_in_from(&house, &if index < 12 { visitor() } else { elsewhere(index) }).await;
    }
}

/// What sign-ins lead to that all come before one of them is answered.
async fn at_once(
    house: &House,
    password: &'static str,
    visitors: impl IntoIterator<Item = Visitor>,
) -> Vec<PasswordUse> {
    let mut tasks = JoinSet::new();
    for visitor in visitors {
        let service = house.service().clone();
        let password = Password::new(password.to_owned());
        tasks.spawn(async move { service.sign_in(MIRA, password, &visitor).await.unwrap() });
    }
    tasks.join_all().await
}

fn begun(signed_in: &[PasswordUse]) -> usize {
    signed_in.iter().filter(|signed_in| matches!(signed_in, PasswordUse::Begun(_))).count()
}

fn checked(signed_in: &[PasswordUse]) -> usize {
    signed_in.iter().filter(|signed_in| !matches!(signed_in, PasswordUse::TooMany(_))).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twelve_right_sign_ins_at_once_all_begin_with_one_wrong_try_left() {
    let house = House::open().await;
    for _ in 0..9 {
        wrong_password(&house, MIRA, &visitor()).await;
    }
    let from_here = at_once(&house, PASSWORD, (0..12).map(|_| visitor())).await;
    assert_eq!(begun(&from_here), 12, "{from_here:?}");
    for index in 0..90 {
        wrong_password(&house, MIRA, &elsewhere(index / 10)).await;
    }
    let from_all_over = at_once(&house, PASSWORD, (100..112).map(elsewhere)).await;
    assert_eq!(begun(&from_all_over), 12, "{from_all_over:?}");
    assert!(matches!(wrong_password(&house, MIRA, &elsewhere(200)).await, PasswordUse::Wrong));
    assert!(matches!(wrong_password(&house, MIRA, &elsewhere(200)).await, PasswordUse::TooMany(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_wrong_passwords_at_once_no_more_are_checked_than_one_after_another() {
    let house = House::open().await;
    let from_here = at_once(&house, "wrong", (0..12).map(|_| visitor())).await;
    assert_eq!(checked(&from_here), 10, "{from_here:?}");
    for index in 0..85 {
        wrong_password(&house, MIRA, &elsewhere(index / 10)).await;
    }
    let from_all_over = at_once(&house, "wrong", (100..112).map(elsewhere)).await;
    assert_eq!(checked(&from_all_over), 5, "{from_all_over:?}");
}

#[tokio::test]
async fn a_neighbour_with_many_right_passwords_at_once_keeps_nobody_waiting_behind_them() {
    let house = House::open().await;
    house.sign_in_another().await;
    let here = visitor().address;
    let mut taken = Vec::new();
    for _ in 0..std::thread::available_parallelism().unwrap().get() {
        taken.push(house.service().turns().take(here, "somebody else").await.unwrap());
    }
    let done = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = JoinSet::new();
    for name in std::iter::repeat_n("jonas", 16).chain([MIRA]) {
        let (service, done) = (house.service().clone(), Arc::clone(&done));
        tasks.spawn(async move {
            let signed_in = service.sign_in(name, password(), &visitor()).await.unwrap();
            assert!(matches!(signed_in, PasswordUse::Begun(_)), "{signed_in:?}");
            done.lock().unwrap().push(name);
        });
        // Each stands in line before the next comes.
        let waiting = tasks.len();
        while house.service().turns().waiting() < waiting {
            tokio::task::yield_now().await;
        }
    }
    // One turn alone, so that what comes when is not by chance.
    let turn = taken.pop();
    drop(turn);
    tasks.join_all().await;
    let done = done.lock().unwrap();
    let place = done.iter().position(|name| *name == MIRA).unwrap();
    assert!(place <= 2, "{done:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_locked_out_takes_no_place_of_those_who_wait() {
    let house = House::open().await;
    for _ in 0..10 {
        wrong_password(&house, MIRA, &visitor()).await;
    }
    let here = visitor().address;
    let mut taken = Vec::new();
    for _ in 0..std::thread::available_parallelism().unwrap().get() {
        taken.push(house.service().turns().take(here, "somebody else").await.unwrap());
    }
    let locked = wrong_password(&house, MIRA, &visitor()).await;
    assert!(matches!(locked, PasswordUse::TooMany(_)), "{locked:?}, and at once");
}
