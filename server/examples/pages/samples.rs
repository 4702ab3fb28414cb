//! Every page in every state, as one person would see it. The example writes them to files, the unit tests look
//! through them.

use super::views::{
    Account, AddMethod, After, Approve, ApproveCode, ApproveState, Asked, Asking, Check, CodeEnded,
    CodeShape, Connected, DeletePhone, Ending, Frame, GetApp, Grade, LastMethod, Lifting, ListedMethod,
    ListedPhone, Method, NoMethod, NoMethodReason, Notice, Number, OwnAccount, Person, Prepare, Problem,
    Progress, Prompt, Proved, Qr, Rail, Save, Scan, SecurityInfo, SignIn, SignInMethod, SignOut, Steps,
    Stopped, Success, Template, Test, TestCode, TestState, ToRequest, Trouble, Typed, Words, WrongCode,
    paths,
};
use countersign_texts::Language;

const NOW: u64 = 1_795_359_480;
const LINK: &str = "countersign://activate?v=1&s=https%3A%2F%2Fsignin.halden.example&c=9vXq2Lk0TtVw7mBzR4nYsA&k=2Yb7Qm0fTn1sVx8LrKc5WdEo3GhUj6PiZa4yBvXtNwM";

/// Everything in the pages that others have named.
pub(super) struct Cast {
    pub(super) organisation: &'static str,
    pub(super) help_desk: &'static str,
    pub(super) person: Person<'static>,
    pub(super) phone: &'static str,
    pub(super) platform: &'static str,
    pub(super) other: &'static str,
    pub(super) application: &'static str,
    pub(super) place: &'static str,
    pub(super) browser: &'static str,
    pub(super) csrf: &'static str,
}

impl Cast {
    pub(super) const MIRA: Self = Self {
        organisation: "Halden College",
        help_desk: "+47 5550 0100",
        person: Person { name: "Mira Okafor", user_name: "mira.okafor@halden.example" },
        phone: "Pixel 8",
        platform: "Android",
        other: "iPhone 12",
        application: "Halden Mail",
        place: "Trondheim, Norway",
        browser: "Firefox on Windows",
        csrf: "fLkP0m2b",
    };
}

/// Names of files, and pages.
pub(super) fn every_page(cast: &Cast) -> Vec<(&'static str, String)> {
    let frame = Frame {
        words: Words::of(Language::English),
        organisation: cast.organisation,
        help_desk: Some(cast.help_desk),
        privacy: Some("https://halden.example/privacy"),
        person: None,
        csrf: cast.csrf,
    };
    let inside = Frame { person: Some(cast.person), ..frame };
    let mut pages = Vec::new();
    sign_in(&frame, cast, &mut pages);
    enrolment(&frame, &inside, cast, &mut pages);
    tests(&frame, cast, &mut pages);
    approval(&frame, &inside, cast, &mut pages);
    security_info(&inside, cast, &mut pages);
    endings(&frame, &mut pages);
    pages
}

type Pages = Vec<(&'static str, String)>;

fn put(pages: &mut Pages, name: &'static str, page: &impl Template) {
    pages.push((name, page.render().unwrap_or_else(|error| format!("{name}: {error}"))));
}

fn progress(page: &str) -> Progress<'_> {
    Progress { url: "/progress", state: "waiting", next: page }
}

fn wizard(part: usize) -> Rail<'static> {
    Rail::Wizard(Steps { methods: &[(Method::APP, false)], at: Some(0), part })
}

fn own(cast: &Cast, open: bool) -> OwnAccount<'static> {
    OwnAccount { person: cast.person, open: open.then_some(552), sections: false }
}

fn sign_in(frame: &Frame<'_>, cast: &Cast, pages: &mut Pages) {
    let user_name = cast.person.user_name;
    let page = |user_name, after| SignIn { frame, application: cast.application, user_name, after };
    put(pages, "sign-in", &page("", After::Nothing));
    put(pages, "sign-in-wrong", &page(user_name, After::NoMatch));
    put(pages, "sign-in-too-many", &page(user_name, After::TooMany(412)));
    put(pages, "sign-in-signed-out", &page("", After::SignOut));
    put(pages, "sign-out", &SignOut { frame });
    put(pages, "prompt", &Prompt { frame, missing: &[Method::APP] });
    put(pages, "prompt-two", &Prompt { frame, missing: &[Method::APP, Method::APP] });
}

fn enrolment(frame: &Frame<'_>, inside: &Frame<'_>, cast: &Cast, pages: &mut Pages) {
    let (at, rail) = (paths::WIZARD, wizard(3));
    let steps = |at, part| Steps { methods: &[(Method::APP, false)], at, part };
    let download = Some("https://countersign.example/get");
    put(pages, "wizard-start", &GetApp { frame, steps: steps(Some(0), 1), download });
    put(pages, "wizard-start-without-download", &GetApp { frame, steps: steps(Some(0), 1), download: None });
    let several = [(Method::APP, true), (Method::APP, false), (Method::APP, false)];
    let resumed = Steps { methods: &several, at: Some(1), part: 1 };
    put(pages, "wizard-start-second-of-three", &GetApp { frame, steps: resumed, download });
    put(pages, "wizard-app-setup", &Prepare { frame, rail: wizard(2), at });
    if let Ok(qr) = Qr::of(LINK) {
        let account = cast.person.user_name;
        let scan = |not_yet| Scan {
            frame,
            rail,
            at,
            progress: progress(at.scan),
            qr: &qr,
            link: LINK,
            account,
            left: 580,
            not_yet,
        };
        put(pages, "wizard-app-scan", &scan(false));
        put(pages, "wizard-app-not-yet", &scan(true));
    }
    let typed = |pin, not_yet| Typed {
        frame,
        rail,
        at,
        progress: progress(at.typed),
        code: "HX4W D8RN 6PTC",
        url: "https://signin.halden.example",
        pin,
        left: 492,
        not_yet,
    };
    put(pages, "wizard-app-cant-scan", &typed(None, false));
    put(pages, "wizard-app-cant-scan-private", &typed(Some("7WQ3 MFKD P4XT R2HN"), false));
    put(pages, "wizard-app-cant-scan-not-yet", &typed(None, true));
    let phone = cast.phone;
    for (name, why) in [
        ("wizard-app-code-expired", Ending::Expired),
        ("wizard-app-code-used", Ending::Used { phone, other: cast.other, compare: paths::WIZARD.check }),
        ("wizard-app-check-no", Ending::NotMine { phone }),
        ("wizard-app-gone", Ending::Gone { phone }),
        ("wizard-app-fifth-test", Ending::TooManyTests),
        ("wizard-app-not-finished", Ending::NotFinished),
        ("wizard-app-too-many-codes", Ending::TooManyCodes(2_412)),
        ("wizard-app-five-phones", Ending::TooManyPhones),
    ] {
        put(pages, name, &CodeEnded { frame, rail, at, why });
    }
    let platform = cast.platform;
    let check = |frame, rail, at, grade| Check {
        frame,
        rail,
        at,
        check: "K7QF 2M9T",
        phone,
        platform,
        grade,
        scanned: NOW,
    };
    put(pages, "wizard-app-check", &check(frame, rail, at, Grade::ChipAsks));
    put(pages, "wizard-app-check-chip", &check(frame, rail, at, Grade::Chip));
    let adding = Rail::Account(own(cast, true));
    put(pages, "security-check", &check(inside, adding, paths::ADDING, Grade::Software));
    put(pages, "security-prepare", &Prepare { frame: inside, rail: adding, at: paths::ADDING });
    put(pages, "security-save", &Save { frame: inside, rail: adding, phone });
    let connected = |codes_only, is_default, then| Connected {
        frame,
        rail: wizard(4),
        phone,
        account: cast.person.user_name,
        codes_only,
        is_default,
        then,
        next: paths::SUCCESS,
    };
    put(pages, "app-success", &connected(false, true, None));
    put(pages, "app-success-then", &connected(false, false, Some("method-app")));
    put(pages, "app-success-codes-only", &connected(true, true, None));
    let done = Steps { methods: &[(Method::APP, true)], at: None, part: 0 };
    let methods = &methods(cast, SignInMethod::App);
    put(pages, "wizard-success", &Success { frame, steps: done, methods });
}

fn methods(cast: &Cast, default: SignInMethod) -> Vec<ListedMethod> {
    let listed =
        |method| ListedMethod { method, phones: cast.phone.to_owned(), is_default: method == default };
    SignInMethod::ALL.into_iter().map(listed).collect()
}

fn tests(frame: &Frame<'_>, cast: &Cast, pages: &mut Pages) {
    let (at, rail, phone) = (paths::WIZARD, wizard(4), cast.phone);
    let (page, code) = (at.test, at.code);
    let test = |state| Test { frame, rail, page, code, progress: progress(page), phone, state };
    let number = |left| Number { digits: "472", left, total: 60 };
    put(pages, "test-waiting", &test(TestState::Waiting { number: number(41), not_yet: false }));
    put(pages, "test-not-yet", &test(TestState::Waiting { number: number(12), not_yet: true }));
    put(pages, "test-denied", &test(TestState::Denied));
    put(pages, "test-expired", &test(TestState::Expired(60)));
    put(pages, "test-wrong", &test(TestState::Wrong));
    put(pages, "test-cancelled", &test(TestState::Cancelled));
    put(pages, "test-other-waiting", &test(TestState::OtherWaiting(41)));
    let form = CodeShape { digits: 6, period: 30 };
    let code = |wrong| TestCode { frame, rail, at, phone, form, wrong };
    put(pages, "test-code", &code(None));
    put(pages, "test-code-wrong", &code(Some(WrongCode::Wrong)));
    put(pages, "test-code-used", &code(Some(WrongCode::Used)));
    put(pages, "test-code-too-many", &code(Some(WrongCode::TooMany)));
}

fn approval(frame: &Frame<'_>, inside: &Frame<'_>, cast: &Cast, pages: &mut Pages) {
    let (phone, phones) = (cast.phone, [cast.phone]);
    let two = [cast.phone, cast.other];
    let asking = |asked, waiting| Asking {
        asked,
        account: cast.person.user_name,
        place: Some(cast.place),
        address: Some("203.0.113.24"),
        browser: Some(cast.browser),
        waiting,
    };
    let sign_in = Asked::SignIn { application: cast.application };
    let approve = |state| {
        let waits = matches!(state, ApproveState::Waiting { .. });
        let (progress, page) = (progress(paths::APPROVE), paths::APPROVE);
        let code = Some(paths::APPROVE_CODE);
        Approve { frame, asking: asking(sign_in, waits), progress, phones: &phones, state, page, code }
    };
    let number = |digits| Number { digits, left: 41, total: 60 };
    let waiting = |digits, not_yet| ApproveState::Waiting { number: number(digits), not_yet };
    put(pages, "approve", &approve(waiting("472", false)));
    put(pages, "approve-not-yet", &approve(waiting("472", true)));
    put(pages, "approve-six", &approve(waiting("480275", false)));
    put(pages, "approve-eight", &approve(waiting("48027519", false)));
    put(pages, "approve-wrong", &approve(ApproveState::Wrong { again: 0 }));
    put(pages, "approve-denied", &approve(ApproveState::Denied { phone, again: 10 }));
    put(pages, "approve-expired", &approve(ApproveState::Expired { lived: 60, again: 80 }));
    put(pages, "approve-cancelled", &approve(ApproveState::Cancelled { again: 0 }));
    put(pages, "approve-too-soon", &approve(ApproveState::TooSoon { again: 17 }));
    put(pages, "approve-paused", &approve(ApproveState::Paused { until: NOW + 86_400 }));
    put(pages, "approve-other-waiting", &approve(ApproveState::OtherWaiting { again: 41 }));
    put(pages, "approve-too-often", &approve(ApproveState::TooOften { until: NOW + 1_320 }));
    put(pages, "approve-proved", &Proved { frame, application: cast.application });
    let mut any = approve(waiting("472", false));
    any.phones = &two;
    any.asking = Asking { place: None, address: None, browser: None, ..any.asking };
    put(pages, "approve-two-phones", &any);
    let mut expired = approve(ApproveState::Expired { lived: 60, again: 0 });
    expired.phones = &two;
    put(pages, "approve-expired-two-phones", &expired);
    let mut resting = approve(ApproveState::TooOften { until: NOW + 1_320 });
    resting.phones = &two;
    put(pages, "approve-too-often-two-phones", &resting);

    let change = Asked::Change { what: cast.other, minutes: 10 };
    let changing = |state| {
        let waits = matches!(state, ApproveState::Waiting { .. });
        let (progress, page) = (progress(paths::APPROVE_CHANGE), paths::APPROVE_CHANGE);
        let asking = asking(change, waits);
        Approve { frame: inside, asking, progress, phones: &phones, state, page, code: None }
    };
    put(pages, "security-approve", &changing(waiting("472", false)));
    put(pages, "security-approve-denied", &changing(ApproveState::Denied { phone, again: 10 }));
    put(pages, "security-approve-expired", &changing(ApproveState::Expired { lived: 60, again: 0 }));
    let mut any = changing(waiting("472", false));
    any.phones = &two;
    put(pages, "security-approve-two-phones", &any);

    let form = CodeShape { digits: 6, period: 30 };
    let (page, back) = (paths::APPROVE_CODE, Some(ToRequest::Back(paths::APPROVE)));
    let asking = asking(sign_in, false);
    let code = |phones, wrong, request| ApproveCode { frame, asking, phones, form, wrong, page, request };
    put(pages, "approve-code", &code(&phones, None, back));
    put(pages, "approve-code-first", &code(&phones, None, Some(ToRequest::Ask(paths::APPROVE))));
    put(pages, "approve-code-wrong", &code(&two, Some(WrongCode::Wrong), back));
}

fn security_info(frame: &Frame<'_>, cast: &Cast, pages: &mut Pages) {
    put(pages, "account", &Account { frame, own: own(cast, false), app: true });
    put(pages, "account-without-methods", &Account { frame, own: own(cast, false), app: false });
    let phone = |name, grade, answered, codes_only| ListedPhone {
        id: "q83vEjRWeJASNFZ4q83vEg",
        name,
        platform: cast.platform,
        app: "1.0.0",
        added: NOW - 86_400 * 9,
        answered,
        grade,
        codes_only,
    };
    let phones = [
        phone(cast.phone, Grade::ChipAsks, Some(NOW), false),
        phone(cast.other, Grade::Chip, None, true),
        phone("Terminal", Grade::Software, Some(NOW - 86_400), false),
    ];
    let by_app = methods(cast, SignInMethod::App);
    let info = |open, notice, phones| {
        let rail = Rail::Account(OwnAccount { sections: true, ..own(cast, open) });
        SecurityInfo { frame, rail, methods: &by_app, phones, most: 5, minutes: 10, notice }
    };
    put(pages, "security-info", &info(false, None, &phones));
    put(pages, "security-info-open", &info(true, Some(Notice::Added(cast.phone)), &phones));
    put(pages, "security-info-deleted", &info(true, Some(Notice::Deleted(cast.other)), &phones));
    put(pages, "security-info-closed", &info(false, Some(Notice::Closed), &phones));
    let paused = |lifting| Some(Notice::Paused(NOW + 86_400, lifting));
    put(pages, "security-paused", &info(false, paused(Lifting::ByCode), &phones));
    put(pages, "security-paused-open", &info(true, paused(Lifting::Now), &phones));
    put(pages, "security-paused-for-all", &info(false, paused(Lifting::Never), &phones));
    put(pages, "security-pause-lifted", &info(false, Some(Notice::Lifted), &phones));
    put(pages, "security-info-empty", &SecurityInfo { methods: &[], ..info(true, None, &[]) });
    let notice = Some(Notice::NewDefault("method-code"));
    let by_code = methods(cast, SignInMethod::Code);
    put(pages, "security-info-default", &SecurityInfo { methods: &by_code, ..info(true, notice, &phones) });
    let rail = Rail::Account(own(cast, true));
    put(pages, "security-add", &AddMethod { frame, rail });
    let (one, two) = ([cast.phone], [cast.phone, "Terminal"]);
    let delete =
        |others| DeletePhone { frame, rail, id: "q83vEjRWeJASNFZ4q83vEg", phone: cast.other, others };
    put(pages, "security-delete", &delete(&one));
    put(pages, "security-delete-of-three", &delete(&two));
    put(pages, "security-delete-the-only-one", &delete(&[]));
    put(pages, "security-last", &LastMethod { frame, rail });
}

fn endings(frame: &Frame<'_>, pages: &mut Pages) {
    put(pages, "stopped", &Stopped { frame });
    put(
        pages,
        "no-method",
        &NoMethod { frame, why: NoMethodReason::NoneLeft, back: None, is_signed_in: false },
    );
    put(
        pages,
        "no-method-late",
        &NoMethod { frame, why: NoMethodReason::Late(14), back: None, is_signed_in: false },
    );
    let not_at_hand = |back, is_signed_in| NoMethod {
        frame,
        why: NoMethodReason::NotAtHand,
        back: Some(back),
        is_signed_in,
    };
    put(pages, "no-method-not-at-hand", &not_at_hand("/approve", false));
    put(pages, "no-method-not-at-hand-change", &not_at_hand("/security-info/approve/add", true));
    let alone = Frame { help_desk: None, privacy: None, ..*frame };
    put(
        pages,
        "no-method-no-help-desk",
        &NoMethod { frame: &alone, why: NoMethodReason::NoneLeft, back: None, is_signed_in: false },
    );
    for (name, what, reference) in [
        ("error", Trouble::Internal, Some("7H2K-4QX9")),
        ("error-not-found", Trouble::NotFound, None),
        ("error-foreign-form", Trouble::ForeignForm, None),
        ("error-bad-form", Trouble::BadForm, None),
        ("error-busy", Trouble::Busy, None),
    ] {
        put(pages, name, &Problem { frame, what, again: paths::ROOT, reference, at: NOW });
    }
}
