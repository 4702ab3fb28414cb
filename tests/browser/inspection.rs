//! What must be true of every page in every state and look.

use std::{env, fs};

use crate::chromium::Chromium;

/// What is wrong with the page that the browser shows: faults that axe-core finds (WCAG 2.2 AA and best practice),
/// content that is cut off or scrolls sideways, and what the browser complains of, a breach of the page's own content
/// security policy above all.
pub async fn faults(chromium: &Chromium) -> Vec<String> {
    let mut faults = complaints(chromium).await;
    faults.extend(sideways(chromium).await);
    faults.extend(accessibility(chromium).await);
    faults
}

/// Whether the page is wider than the window.
pub async fn sideways(chromium: &Chromium) -> Option<String> {
    let over = chromium.run("return document.documentElement.scrollWidth - innerWidth").await;
    (over.as_f64() > Some(0.0)).then(|| format!("scrolls sideways by {over}"))
}

async fn complaints(chromium: &Chromium) -> Vec<String> {
    let entries = chromium.driver().browser_log().await.unwrap();
    // That the session has ended is how a page learns that it waits for nothing any more.
    let is_an_end = |message: &str| message.contains("/progress/") && message.contains("401 (Unauthorized)");
    let severe = entries.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message);
    severe.filter(|message| !is_an_end(message)).collect()
}

/// What axe-core finds, each with the elements that it concerns.
async fn accessibility(chromium: &Chromium) -> Vec<String> {
    let axe = env::var_os("COUNTERSIGN_AXE").expect("COUNTERSIGN_AXE is set by cargo xtask test browser");
    chromium.run(&fs::read_to_string(axe).unwrap()).await;
    let found = chromium
        .driver()
        .execute_async(
            "const done = arguments[0]; axe.run({ preload: false }).then(found => done(found.violations.map(violation => \
             [violation.id, violation.help, ...violation.nodes.map(node => node.html)].join('\\n  '))))",
            vec![],
        )
        .await
        .unwrap();
    serde_json::from_value(found.json().clone()).unwrap()
}
