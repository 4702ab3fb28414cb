//! The pages of set-up, and those that wait for a phone.

use super::*;

#[tokio::test]
async fn s23_a_reload_shows_the_same_code_and_a_new_one_comes_only_by_a_press() {
    let world = World::new().await;
    let mut browser = world.browser_at_the_prompt().await;
    let at = paths::WIZARD;
    assert_eq!(browser.get(at.scan).await.leads_to(), at.prepare, "no code was asked for");
    let csrf = browser.token(at.prepare).await;
    assert_eq!(browser.post(at.scan, &format!("csrf={csrf}")).await.leads_to(), at.scan);
    let link = |page: &Page| {
        let link = page.html.split("href=\"countersign://").nth(1).unwrap();
        link.split('"').next().unwrap().to_owned()
    };
    let first = browser.get(at.scan).await;
    assert!(first.shows("Scan the QR code") && first.shows("<svg viewBox=\"0 0 "));
    assert_eq!(link(&first), link(&browser.get(at.scan).await));
    browser.post(at.scan, &format!("csrf={csrf}")).await;
    assert_ne!(link(&first), link(&browser.get(at.scan).await));
    for ahead in [at.check, at.test, at.code.unwrap()] {
        assert_eq!(browser.get(ahead).await.leads_to(), at.scan, "{ahead}");
    }
}

#[tokio::test]
async fn i4_next_before_the_phone_is_done_keeps_the_page() {
    let world = World::new().await;
    let mut browser = world.browser_at_the_prompt().await;
    let csrf = browser.token(paths::WIZARD.prepare).await;
    browser.post(paths::WIZARD.scan, &format!("csrf={csrf}")).await;
    let page = browser.get(&format!("{}?asked", paths::WIZARD.scan)).await;
    assert!(page.shows("Your phone has not scanned the code yet") && page.shows("<svg viewBox=\"0 0 "));
}

#[tokio::test]
async fn s25_code_and_url_are_shown_once_they_are_asked_for() {
    let world = World::new().await;
    let mut browser = world.browser_at_the_prompt().await;
    let at = paths::WIZARD;
    let csrf = browser.token(at.prepare).await;
    browser.post(at.scan, &format!("csrf={csrf}")).await;
    assert_eq!(browser.get(at.typed).await.leads_to(), at.scan, "nobody asked for it yet");
    assert_eq!(browser.post(at.typed, &format!("csrf={csrf}")).await.leads_to(), at.typed);
    let page = browser.get(at.typed).await;
    let code = page.html.split("id=\"code\">").nth(1).unwrap().split('<').next().unwrap();
    assert!(countersign_protocol::TypedCode::typed(code).is_some_and(|_| code.len() == 14), "{code}");
    assert!(page.shows("<br>#"), "the demo's certificate is its own");
}

#[tokio::test]
async fn the_script_is_told_a_word_and_at_once_when_the_page_is_behind() {
    let world = World::new().await;
    let mut browser = world.browser_at_the_prompt().await;
    let csrf = browser.token(paths::WIZARD.prepare).await;
    browser.post(paths::WIZARD.scan, &format!("csrf={csrf}")).await;
    let page = browser.get(&format!("{}?state=ready", paths::SET_UP_PROGRESS)).await;
    assert_eq!(page.html, r#"{"state":"code"}"#);
    assert_eq!((page.header("content-type"), page.header("cache-control")), ("application/json", "no-store"));
}

#[tokio::test]
async fn a_waiting_page_is_told_when_its_session_ends() {
    let world = World::new().await;
    let mut browser = world.browser_at_the_prompt().await;
    let csrf = browser.token(paths::WIZARD.prepare).await;
    browser.post(paths::WIZARD.scan, &format!("csrf={csrf}")).await;
    let mut waiting = Browser { routes: browser.routes.clone(), cookie: browser.cookie.clone() };
    let held = tokio::spawn(async move { waiting.get("/progress/set-up?state=code").await.status });
    tokio::task::yield_now().await;
    browser.post(paths::SIGN_OUT, &format!("csrf={csrf}")).await;
    assert_eq!(held.await.unwrap(), StatusCode::UNAUTHORIZED);
}
