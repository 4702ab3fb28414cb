//! Requests that have ended: finding them again, and reporting one late.

use countersign_core::authenticator::{EndedBefore, Outcome};

use super::*;

const BEFORE: RequestId = RequestId::from_bytes([9; 16]);

/// Two that ended in this run, and one from before it.
fn three() -> Model {
    let mut model = with(vec![ended(1, Verdict::Approved), ended(2, Verdict::Denied)]);
    model.ended_before = vec![EndedBefore { id: BEFORE, account_id: id('C'), ended: at(NOW - 3600) }];
    model
}

fn reports(effect: Option<Effect>, of: RequestId) -> bool {
    matches!(
        effect,
        Some(Effect::Answer { request, decision: Decision::Report, .. }) if request == of
    )
}

#[test]
fn a_request_that_has_ended_is_found_again_and_reported_after_a_question() {
    let mut model = three();
    type_keys(&mut model, "e");
    assert!(matches!(model.screens.as_slice(), [Screen::Endings { of: None, at: 0 }]));
    press(&mut model, key(KeyCode::Enter));
    assert!(type_keys(&mut model, "n").is_empty(), "it is asked first");
    assert!(text(&model, 80, 24).contains("Was this not you: Halden Mail?"));
    assert!(reports(press(&mut model, key(KeyCode::Char('r'))), RequestId::from_bytes([1; 16])));
}

#[test]
fn a_request_from_before_this_run_is_reported_from_the_list_of_ended_ones() {
    let mut model = three();
    type_keys(&mut model, "e");
    for _ in 0..5 {
        press(&mut model, key(KeyCode::Down));
    }
    press(&mut model, key(KeyCode::Enter));
    let shown = text(&model, 80, 24);
    assert!(shown.contains("Was this not you: a request of Lab cluster, 13:58?"), "{shown}");
    for code in [KeyCode::Enter, KeyCode::Char('y'), KeyCode::Char('n'), KeyCode::Char(' ')] {
        assert!(press(&mut model, key(code)).is_none(), "{code:?}");
    }
    assert!(reports(press(&mut model, key(KeyCode::Char('r'))), BEFORE));
    // There is no card that tells what came of it.
    model.ended_before.clear();
    let outcome = Outcome::Verdict { verdict: Verdict::Reported, phone: None };
    done(&mut model, Done::Answered { account: id('C'), request: BEFORE, result: Ok(outcome) });
    let shown = text(&model, 80, 24);
    assert!(shown.contains("Reported") && shown.contains("password changed"), "{shown}");
    assert!(!shown.contains("Ended before this start"), "{shown}");
}

#[test]
fn an_account_lists_its_own_ended_requests() {
    let mut model = three();
    model.screens.push(Screen::Account(id('C')));
    type_keys(&mut model, "e");
    let shown = text(&model, 80, 24);
    assert!(shown.contains("Ended before this start") && !shown.contains("Denied"), "{shown}");
    press(&mut model, key(KeyCode::Esc));
    assert!(matches!(model.screens.as_slice(), [Screen::Account(_)]));
}

#[test]
fn a_report_that_came_too_late_says_so() {
    let mut model = three();
    let outcome = Outcome::Verdict { verdict: Verdict::Expired, phone: None };
    done(&mut model, Done::Answered { account: id('C'), request: BEFORE, result: Ok(outcome) });
    assert!(text(&model, 80, 24).contains("It is too late to report this"));
}

#[test]
fn this_device_is_named_from_the_list_and_from_the_settings_of_an_account() {
    for keys in
        [&[KeyCode::Char('t')][..], &[KeyCode::Enter, KeyCode::Char('s'), KeyCode::Down, KeyCode::Enter]]
    {
        let mut model = with(Vec::new());
        for code in keys {
            press(&mut model, key(*code));
        }
        let shown = text(&model, 80, 24);
        assert!(shown.contains("This device") && shown.contains("Name  vm"), "{shown}");
        type_keys(&mut model, " at home");
        let effect = press(&mut model, key(KeyCode::Enter));
        assert!(matches!(effect, Some(Effect::NameDevice(name)) if name == "vm at home"));
        assert!(press(&mut model, key(KeyCode::Enter)).is_none(), "one try at a time");
        done(&mut model, Done::DeviceNamed(Err(CoreError::Typed)));
        let shown = text(&model, 80, 24);
        assert!(shown.contains("This name cannot be taken") && shown.contains("at most 64"), "{shown}");
        model.device_name = Some("vm at home".to_owned());
        done(&mut model, Done::DeviceNamed(Ok(())));
        let shown = text(&model, 80, 24);
        assert!(shown.contains("This device is vm at home") && !shown.contains("This name"), "{shown}");
    }
}

#[test]
fn a_device_whose_name_is_not_known_is_not_named() {
    let mut model = with(Vec::new());
    model.device_name = None;
    assert!(type_keys(&mut model, "n").is_empty() && model.screens.is_empty());
}
