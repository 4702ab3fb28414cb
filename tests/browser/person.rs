//! A person before the browser: sees headings, presses what has a name, types into what has a label.

use thirtyfour::prelude::*;

use crate::album;
use crate::chromium::{Chromium, Look};
use crate::inspection;

/// One person's browser, on one site.
pub struct Person {
    chromium: Chromium,
    look: Look,
    site: String,
}

impl Person {
    /// Opens a browser of this look. `site` is the origin of the pages.
    pub async fn start(look: Look, site: &str) -> Self {
        Self { chromium: Chromium::start(look).await, look, site: site.to_owned() }
    }

    fn driver(&self) -> &WebDriver {
        self.chromium.driver()
    }

    pub async fn open(&self, path: &str) {
        self.driver().goto(format!("{}{path}", self.site)).await.unwrap();
    }

    /// Waits until the page with this heading is there, and looks at it: it must be in order in every state.
    pub async fn sees(&self, heading: &str) {
        self.find(&format!("//h1[normalize-space()={}]", quoted(heading))).await;
        self.looks_at_the_page(heading).await;
    }

    /// Waits until this stands somewhere on the page.
    pub async fn reads(&self, text: &str) {
        self.find(&format!("//body//*[contains(normalize-space(), {})]", quoted(text))).await;
    }

    /// Presses the button or link of this name.
    pub async fn presses(&self, name: &str) {
        let name = quoted(name);
        self.find(&format!("//button[normalize-space()={name}] | //a[normalize-space()={name}]"))
            .await
            .click()
            .await
            .unwrap();
    }

    /// Clicks the one thing that this selector names, where its name is not what a person goes by.
    pub async fn clicks(&self, selector: &str) {
        self.driver().query(By::Css(selector)).and_displayed().single().await.unwrap().click().await.unwrap();
    }

    /// Types into the field with this label.
    pub async fn types(&self, label: &str, text: &str) {
        let field = self.find(&format!("//*[@id=//label[normalize-space()={}]/@for]", quoted(label))).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// What stands in the one element that this selector names.
    pub async fn text(&self, selector: &str) -> String {
        self.driver().query(By::Css(selector)).single().await.unwrap().text().await.unwrap()
    }

    /// Where the link leads whose text begins like this.
    pub async fn link(&self, text: &str) -> String {
        let link = self.find(&format!("//a[starts-with(normalize-space(), {})]", quoted(text))).await;
        link.attr("href").await.unwrap().unwrap()
    }

    /// The path of the page.
    pub async fn path(&self) -> String {
        self.driver().current_url().await.unwrap().path().to_owned()
    }

    /// The page as a picture.
    pub async fn screenshot(&self) -> Vec<u8> {
        self.driver().screenshot_as_png().await.unwrap()
    }

    async fn find(&self, path: &str) -> WebElement {
        match self.driver().query(By::XPath(path)).and_displayed().first().await {
            Ok(element) => element,
            Err(_) => panic!(
                "{path} is not on the page {} which says:\n{}",
                self.driver().current_url().await.unwrap(),
                self.text("body").await
            ),
        }
    }

    /// The page must be in order in every state, and gives a picture for the papers if one was asked for.
    async fn looks_at_the_page(&self, heading: &str) {
        // The page's own scripts were passed over when it was read, or have run: this lets those of the check run.
        self.chromium.set_script(true).await;
        let faults = inspection::faults(&self.chromium).await;
        self.chromium.set_script(self.look.script).await;
        let is_live = self.chromium.run("return document.documentElement.classList.contains('live')").await;
        assert_eq!(is_live, self.look.script, "the page's script runs where the browser has script");
        assert!(faults.is_empty(), "{heading:?}: {}", faults.join("\n"));
        if album::folder().is_some() {
            album::keep(&format!("{}/{}", self.look.name(), file_name(heading)), &self.screenshot().await);
        }
    }
}

/// `is-this-your-phone`
fn file_name(heading: &str) -> String {
    let plain = heading.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric() && c != ' ', "");
    plain.replace(' ', "-")
}

/// A string literal of XPath 1.0, which has no escapes.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}
