//! The pages' addresses as a browser meets them, over a server with three persons and no phone.

mod set_up;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use countersign_protocol::BaseUrl;
use http_body_util::BodyExt as _;
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::Site;
use crate::pages::paths;
use crate::rules::ClientAddress;
use crate::{Config, Demo, DemoPerson, Given, HashingCost, PagesUrl, Urls};

struct World {
    demo: Demo,
    routes: Router,
    _folder: TempDir,
}

/// A browser with one cookie jar, which has room for one cookie.
struct Browser {
    routes: Router,
    cookie: Option<String>,
}

struct Page {
    status: StatusCode,
    headers: HeaderMap,
    html: String,
}

impl World {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Demo::config(folder.path());
        change(&mut config);
        let given = Given { hashing_cost: HashingCost::LEAST, ..Given::default() };
        let demo = Demo::start_with(&config, given).await.unwrap();
        let routes = Site::new(demo.running.service().clone(), &[]).routes();
        Self { demo, routes, _folder: folder }
    }

    fn browser(&self) -> Browser {
        Browser { routes: self.routes.clone(), cookie: None }
    }

    fn person(&self) -> &DemoPerson {
        &self.demo.persons[0]
    }

    /// A browser whose password was right.
    async fn browser_at_the_prompt(&self) -> Browser {
        let mut browser = self.browser();
        let page = browser.sign_in(self.person().user_name.as_str(), self.person().password.expose()).await;
        assert_eq!(page.leads_to(), paths::PROMPT);
        browser
    }
}

impl Browser {
    async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path), String::new()).await
    }

    async fn post(&mut self, path: &str, fields: &str) -> Page {
        let request = Request::post(path).header("sec-fetch-site", "same-origin");
        self.send(
            request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
            fields.to_owned(),
        )
        .await
    }

    async fn send(&mut self, mut request: axum::http::request::Builder, body: String) -> Page {
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("theme=dark; {cookie}"));
        }
        let response = self.routes.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        if let Some(cookie) = parts.headers.get(header::SET_COOKIE) {
            self.cookie = cookie.to_str().unwrap().split(';').next().map(str::to_owned);
        }
        let html = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Page { status: parts.status, headers: parts.headers, html }
    }

    /// The token of the forms that this browser gets.
    async fn token(&mut self, path: &str) -> String {
        self.get(path).await.token()
    }

    async fn sign_in(&mut self, user_name: &str, password: &str) -> Page {
        let csrf = self.token(paths::SIGN_IN).await;
        self.post(paths::SIGN_IN, &format!("csrf={csrf}&user={user_name}&password={password}")).await
    }
}

impl Page {
    fn leads_to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.html);
        self.headers[header::LOCATION].to_str().unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn token(&self) -> String {
        let field = self.html.split("name=\"csrf\" value=\"").nth(1).unwrap();
        field.split('"').next().unwrap().to_owned()
    }

    fn shows(&self, words: &str) -> bool {
        self.html.contains(words)
    }
}

#[tokio::test]
async fn a_password_gets_a_cookie_that_nobody_had_before() {
    let world = World::new().await;
    let mut browser = world.browser();
    let first = browser.get(paths::SIGN_IN).await;
    let before = browser.cookie.clone().unwrap();
    let csrf = first.token();
    let person = world.person();
    let (user, password) = (person.user_name.as_str(), person.password.expose());
    let page = browser.post(paths::SIGN_IN, &format!("csrf={csrf}&user={user}&password={password}")).await;
    assert_eq!(page.leads_to(), paths::PROMPT);
    let after = browser.cookie.clone().unwrap();
    assert_ne!(before, after);
    browser.cookie = Some(before);
    assert_eq!(
        browser.get(paths::PROMPT).await.leads_to(),
        paths::SIGN_IN,
        "the cookie from before opens nothing"
    );
}

#[tokio::test]
async fn the_cookie_is_bound_to_the_origin_but_on_plain_localhost() {
    let plain = World::new().await.browser().get(paths::SIGN_IN).await.header("set-cookie").to_owned();
    assert!(
        plain.starts_with("countersign=") && plain.contains("HttpOnly") && plain.contains("SameSite=Lax")
    );
    assert!(!plain.contains("Secure") && !plain.contains("Domain"), "{plain}");
    let secure = World::with(|config| {
        let pages = PagesUrl::try_from("https://signin.halden.example".to_owned()).unwrap();
        let phone = BaseUrl::new("https://signin.halden.example").unwrap();
        config.urls = Urls::Fixed { pages, phone };
    })
    .await;
    let page = secure.browser().get(paths::SIGN_IN).await;
    let cookie = page.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-countersign=") && cookie.contains("Secure") && cookie.contains("Path=/")
    );
    assert!(!cookie.contains("Domain") && !cookie.contains("Max-Age"), "{cookie}");
    assert!(page.header("strict-transport-security").starts_with("max-age="));
}

#[tokio::test]
async fn a_wrong_password_says_so_and_shows_what_was_typed_as_it_is() {
    let world = World::new().await;
    let page = world.browser().sign_in("%3Cscript%3Ealert(1)", "wrong").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.shows("User name and password do not match"));
    assert!(page.shows("value=\"&#60;script&#62;alert(1)\"") && !page.shows("<script>alert"));
    let known = world.browser().sign_in(world.person().user_name.as_str(), "wrong").await;
    assert!(known.shows("User name and password do not match"), "a known name sees the same");
}

#[tokio::test]
async fn s1_the_account_is_not_reachable_before_set_up() {
    let world = World::new().await;
    let mut browser = world.browser_at_the_prompt().await;
    for path in [paths::ROOT, paths::ACCOUNT, paths::SECURITY_INFO, paths::ADD_METHOD, paths::ADDING.scan] {
        assert_eq!(browser.get(path).await.leads_to(), paths::PROMPT, "{path}");
    }
    assert!(browser.get(paths::PROMPT).await.shows("More information required"));
}

#[tokio::test]
async fn without_a_session_every_page_leads_to_the_sign_in() {
    let world = World::new().await;
    let mut browser = world.browser();
    let (wizard, adding) = (paths::WIZARD, paths::ADDING);
    for path in [
        paths::ROOT,
        paths::SIGN_OUT,
        paths::PROMPT,
        paths::SET_UP,
        paths::GET_APP,
        paths::SUCCESS,
        paths::APPROVE,
        paths::APPROVE_CODE,
        paths::OTHER_WAYS,
        paths::NO_METHOD,
        paths::ACCOUNT,
        paths::SECURITY_INFO,
        paths::ADD_METHOD,
        wizard.prepare,
        wizard.scan,
        wizard.typed,
        wizard.check,
        wizard.test,
        wizard.code.unwrap(),
        wizard.end,
        adding.prepare,
        adding.scan,
        adding.typed,
        adding.check,
        adding.test,
        adding.end,
        "/security-info/delete/q83vEjRWeJASNFZ4q83vEg",
        "/security-info/test/q83vEjRWeJASNFZ4q83vEg",
        "/security-info/approve/add",
        "/security-info/code/add",
    ] {
        assert_eq!(browser.get(path).await.leads_to(), paths::SIGN_IN, "{path}");
    }
    assert_eq!(browser.get(paths::STOPPED).await.leads_to(), paths::ROOT, "nothing was stopped");
    for path in [paths::REQUEST_PROGRESS, paths::SET_UP_PROGRESS, "/progress/test/q83vEjRWeJASNFZ4q83vEg"] {
        let page = browser.get(&format!("{path}?state=x")).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(page.html, r#"{"state":"signed-out"}"#, "{path}");
    }
}

#[tokio::test]
async fn a_form_is_taken_only_from_a_page_of_this_browser() {
    let world = World::new().await;
    let mut browser = world.browser_at_the_prompt().await;
    let csrf = browser.token(paths::PROMPT).await;
    let foreign = world.browser_at_the_prompt().await.token(paths::PROMPT).await;
    for fields in [String::new(), "csrf=".to_owned(), format!("csrf={foreign}"), format!("CSRF={csrf}")] {
        let page = browser.post(paths::SIGN_OUT, &fields).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{fields}");
        assert!(page.shows("This form is too old"));
    }
    let twice = browser.post(paths::SIGN_OUT, &format!("csrf={foreign}&csrf={csrf}")).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    let form =
        || Request::post(paths::SIGN_OUT).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let field = format!("csrf={csrf}");
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let page = browser.send(form().header(name, value), field.clone()).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    let json = Request::post(paths::SIGN_OUT).header(header::CONTENT_TYPE, "application/json");
    assert_eq!(browser.send(json, field.clone()).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(browser.get(paths::ROOT).await.leads_to(), paths::PROMPT, "none of them signed out");
    assert!(browser.post(paths::SIGN_OUT, &field).await.leads_to().starts_with("/sign-in?out="));
}

#[tokio::test]
async fn a_browser_without_a_cookie_has_no_token() {
    let world = World::new().await;
    let page = world.browser().post(paths::SIGN_IN, "csrf=&user=a&password=b").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn sign_out_ends_the_session_for_whoever_kept_the_cookie() {
    let world = World::new().await;
    let mut browser = world.browser_at_the_prompt().await;
    let kept = browser.cookie.clone();
    let csrf = browser.token(paths::PROMPT).await;
    let signed_out = browser.post(paths::SIGN_OUT, &format!("csrf={csrf}")).await.leads_to().to_owned();
    assert!(browser.get(&signed_out).await.shows("You are signed out"));
    for elsewhere in
        ["/sign-in?out", "/sign-in?out=", &signed_out.replace("out=", "in="), &format!("{signed_out}A")]
    {
        assert!(!browser.get(elsewhere).await.shows("You are signed out"), "{elsewhere}");
    }
    assert!(!world.browser().get(&signed_out).await.shows("You are signed out"), "another browser was not");
    browser.cookie = kept;
    assert_eq!(browser.get(paths::PROMPT).await.leads_to(), paths::SIGN_IN);
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_it() {
    let world = World::new().await;
    let mut browser = world.browser_at_the_prompt().await;
    for (path, status) in [
        (paths::PROMPT, StatusCode::OK),
        (paths::ACCOUNT, StatusCode::SEE_OTHER),
        ("/nowhere", StatusCode::NOT_FOUND),
        ("/assets/countersign-0000000000000000.css", StatusCode::NOT_FOUND),
        (paths::LIFT_PAUSE, StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, status, "{path}");
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("referrer-policy"), "same-origin", "{path}");
        if status.is_client_error() {
            assert!(page.shows("There is no such page"), "{path}: {}", page.html);
        }
    }
}

#[tokio::test]
async fn assets_are_kept_by_browsers_for_ever() {
    let world = World::new().await;
    for asset in crate::pages::Asset::ALL {
        let page = world.browser().get(asset.path()).await;
        assert_eq!(page.html, asset.body());
        assert_eq!(page.header("content-type"), asset.media_type());
        assert_eq!(page.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(page.header("set-cookie"), "");
    }
}

#[tokio::test]
async fn who_comes_while_too_many_wait_is_told_to_try_again() {
    let world = World::new().await;
    let (turns, person) = (world.demo.running.service().turns(), world.person());
    // A call without a connection counts as one from this machine.
    let here = ClientAddress::new(std::net::Ipv4Addr::LOCALHOST.into());
    let mut browser = world.browser();
    let csrf = browser.token(paths::SIGN_IN).await;
    let mut taken = Vec::new();
    for _ in 0..std::thread::available_parallelism().unwrap().get() {
        taken.push(turns.take(here, "somebody else").await.unwrap());
    }
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..17 {
        let mut browser = Browser { routes: browser.routes.clone(), cookie: browser.cookie.clone() };
        let form = format!("csrf={csrf}&user={}&password=wrong", person.user_name);
        waiting.spawn(async move { browser.post(paths::SIGN_IN, &form).await });
    }
    let page = waiting.join_next().await.unwrap().unwrap();
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.shows("Too many are signing in just now") && page.shows("Try again"), "{}", page.html);
    drop(taken);
    let others = waiting.join_all().await;
    assert_eq!(
        others.iter().filter(|page| page.shows("do not match")).count(),
        10,
        "as many as may be wrong"
    );
    assert!(others.iter().all(|page| page.status == StatusCode::OK), "who waited is answered");
}
