//! Addresses that links from elsewhere can carry: no page says what was not, and none leads where it should not.

use axum::body::Body;
use axum::http::{Request, header};
use countersign_protocol::*;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::house::*;
use super::phone::Phone;
use crate::pages::paths;
use crate::site::Site;

/// What a browser is answered: the page, and where it leads.
async fn send(browser: &Browser<'_>, request: axum::http::request::Builder, form: &str) -> (String, String) {
    let request = request
        .header(header::COOKIE, format!("countersign={}", browser.cookie.expose()))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let routes = Site::new(browser.service().clone(), &[]).routes();
    let response = routes.oneshot(request.body(Body::from(form.to_owned())).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let html = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    let leads_to = parts.headers.get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
    (html, leads_to.unwrap_or_default())
}

async fn page(browser: &Browser<'_>, path: &str) -> String {
    send(browser, Request::get(path), "").await.0
}

#[tokio::test]
async fn the_way_back_from_other_ways_is_a_page_of_a_change_or_none_that_a_link_names() {
    let house = House::open().await;
    let (browser, _phone) = house.with_phone().await;
    for change in
        ["/security-info/approve/add", "/security-info/code/add", "/security-info/approve/default/code"]
    {
        let html = page(&browser, &format!("{}?{change}", paths::OTHER_WAYS)).await;
        assert!(html.contains(&format!("href=\"{change}\"")), "{change}: {html}");
    }
    for elsewhere in [
        "javascript:alert(1)",
        "https://evil.example/security-info/approve/add",
        "//evil.example",
        "/security-info/approve/",
        "/security-info/approve/addx",
        "/security-info/approve/add/../../../sign-out",
        "/sign-out",
    ] {
        let html = page(&browser, &format!("{}?{elsewhere}", paths::OTHER_WAYS)).await;
        assert!(html.contains(&format!("href=\"{}\"", paths::SECURITY_INFO)), "{elsewhere}: {html}");
        assert!(!html.contains(elsewhere) || elsewhere == "/sign-out", "{elsewhere}: {html}");
    }
}

#[tokio::test]
async fn a_pause_was_lifted_only_where_it_was() {
    let house = House::open().await;
    let (_first, phone) = house.with_phone().await;
    let reported = house.sign_in().await;
    reported.ask().await;
    let card = phone.card().await.unwrap();
    phone.verdict((card.id, card.hash()), Decision::Report, None).await;
    let mut browser = house.sign_in().await;
    browser.service().use_code(&browser.session().await, &phone.code()).await.unwrap();
    browser.finish().await;
    house.pass(60);
    browser.service().use_code(&browser.session().await, &phone.code()).await.unwrap();
    let lifted = "Requests are not paused any more";

    let csrf = format!("csrf={}", browser.cookie.csrf().expose());
    let (_, leads_to) = send(&browser, Request::post(paths::LIFT_PAUSE), &csrf).await;
    assert!(page(&browser, &leads_to).await.contains(lifted), "{leads_to}");
    for elsewhere in ["/security-info?lifted", "/security-info?lifted="] {
        assert!(!page(&browser, elsewhere).await.contains(lifted), "{elsewhere}");
    }
    let (_, again) = send(&browser, Request::post(paths::LIFT_PAUSE), &csrf).await;
    assert_eq!(again, paths::SECURITY_INFO, "there is none any more");
}

#[tokio::test]
async fn i3_no_link_from_elsewhere_hides_that_another_phone_tried_the_code() {
    let house = House::open().await;
    let browser = house.sign_in().await;
    browser.show_code().await;
    let code = browser.code().await.link.code.expose();
    Phone::new(&house).activate(ActivationCode::try_from(code.clone()).unwrap()).await.unwrap();
    let mut second = Phone::new(&house);
    second.name = "Nokia 3310";
    second.activate(ActivationCode::try_from(code.clone()).unwrap()).await.unwrap_err();
    let check = paths::WIZARD.check;
    for elsewhere in
        [check.to_owned(), format!("{check}?mine"), format!("{check}?mine="), format!("{check}?x")]
    {
        let html = page(&browser, &elsewhere).await;
        assert!(html.contains("Nokia 3310") && !html.contains("Is this your phone?"), "{elsewhere}: {html}");
    }
    let told = page(&browser, check).await;
    let compare = told.split(&format!("href=\"{check}?")).nth(1).unwrap().split('"').next().unwrap();
    let compared = page(&browser, &format!("{check}?{compare}")).await;
    assert!(compared.contains("Is this your phone?"), "{compared}");
}
