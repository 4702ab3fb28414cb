//! A browser without JavaScript: it follows links, fills forms and reads what stands on a page. The walk and the
//! journeys use the pages with it as a person does, by the words on buttons.

use std::collections::BTreeMap;

use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use scraper::{ElementRef, Html, Selector};
use url::Url;
use url::form_urlencoded::Serializer;

/// So many redirects follow each other at most.
const REDIRECTS: usize = 8;

/// What went wrong: a sentence with what was looked for and what was there.
pub type Fault = String;

/// One browser with its cookies, on one page.
pub struct Browser {
    client: Client,
    agent: String,
    cookies: BTreeMap<String, String>,
    url: Url,
    status: u16,
    headers: HeaderMap,
    html: String,
}

impl Browser {
    /// A browser that has been nowhere.
    ///
    /// # Errors
    /// A [`Fault`] when the HTTP client cannot be made or the address is none.
    pub fn new(start: &str, agent: &str) -> Result<Self, Fault> {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| error.to_string())?;
        let url = Url::parse(start).map_err(|error| format!("{start} is no address: {error}"))?;
        let (cookies, headers) = (BTreeMap::new(), HeaderMap::new());
        Ok(Self { client, agent: agent.to_owned(), cookies, url, status: 0, headers, html: String::new() })
    }

    /// Opens an address, whole or from the root of where the browser is.
    ///
    /// # Errors
    /// A [`Fault`] when the server does not answer or answers with an error.
    pub async fn open(&mut self, address: &str) -> Result<(), Fault> {
        let url = self.url.join(address).map_err(|error| format!("{address} is no address: {error}"))?;
        self.go(Method::GET, url, None).await?;
        self.is_fine()
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn reload(&mut self) -> Result<(), Fault> {
        let here = self.url.clone();
        self.open(here.as_str()).await
    }

    /// Follows the link with these words.
    ///
    /// # Errors
    /// A [`Fault`] when there is none, or as [`open`](Self::open).
    pub async fn follow(&mut self, words: &str) -> Result<(), Fault> {
        let target = {
            let page = Html::parse_document(&self.html);
            let link = selector("a[href]")?;
            let links = page.select(&link).filter(|link| words_of(*link).contains(words));
            let target = links.filter_map(|link| link.value().attr("href")).next().map(str::to_owned);
            target.ok_or_else(|| self.lacks(&format!("link \"{words}\"")))?
        };
        self.open(&target).await
    }

    /// Presses the button with these words, with its form filled in: what the page filled in already stays.
    ///
    /// # Errors
    /// A [`Fault`] when there is none, or as [`open`](Self::open).
    pub async fn press(&mut self, words: &str, filled: &[(&str, &str)]) -> Result<(), Fault> {
        let (method, url, body) = self.form(words, filled)?;
        self.go(method, url, body).await?;
        self.is_fine()
    }

    /// Presses the button with these words, or follows the link with them.
    ///
    /// # Errors
    /// As [`press`](Self::press).
    pub async fn choose(&mut self, words: &str) -> Result<(), Fault> {
        match self.form(words, &[]) {
            Ok((method, url, body)) => {
                self.go(method, url, body).await?;
                self.is_fine()
            }
            Err(_) => self.follow(words).await,
        }
    }

    /// Posts a body as it is and leaves the page: what no form of a page would do.
    ///
    /// # Errors
    /// A [`Fault`] when the server does not answer.
    pub async fn post(&mut self, address: &str, body: &str) -> Result<u16, Fault> {
        let url = self.url.join(address).map_err(|error| format!("{address} is no address: {error}"))?;
        self.go(Method::POST, url, Some(body.to_owned())).await?;
        Ok(self.status)
    }

    /// The main heading.
    #[must_use]
    pub fn heading(&self) -> String {
        self.text("h1").unwrap_or_default()
    }

    /// The words of the first element that a CSS selector finds.
    #[must_use]
    pub fn text(&self, css: &str) -> Option<String> {
        let page = Html::parse_document(&self.html);
        page.select(&selector(css).ok()?).next().map(words_of)
    }

    /// The attribute of the first element that a CSS selector finds.
    #[must_use]
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let page = Html::parse_document(&self.html);
        page.select(&selector(css).ok()?).find_map(|it| it.value().attr(name)).map(str::to_owned)
    }

    /// Whether these words stand somewhere on the page.
    #[must_use]
    pub fn shows(&self, words: &str) -> bool {
        words_of(Html::parse_document(&self.html).root_element()).contains(words)
    }

    /// That these words stand on the page.
    ///
    /// # Errors
    /// A [`Fault`] with what stands there.
    pub fn expect(&self, words: &str) -> Result<(), Fault> {
        if self.shows(words) { Ok(()) } else { Err(self.lacks(&format!("\"{words}\""))) }
    }

    /// The status of the last answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// A header of the last answer.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Where the browser is.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The page as it came.
    #[must_use]
    pub fn html(&self) -> &str {
        &self.html
    }

    /// The cookies that it keeps.
    pub fn cookies(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.cookies
    }

    fn is_fine(&self) -> Result<(), Fault> {
        if self.status < 400 { Ok(()) } else { Err(self.lacks(&format!("page (status {})", self.status))) }
    }

    fn lacks(&self, what: &str) -> Fault {
        let there: String =
            words_of(Html::parse_document(&self.html).root_element()).chars().take(600).collect();
        format!("{} has no {what}; it says: {there}", self.url.path())
    }

    /// What pressing a button sends: method, address and body.
    fn form(&self, words: &str, filled: &[(&str, &str)]) -> Result<(Method, Url, Option<String>), Fault> {
        let page = Html::parse_document(&self.html);
        let lacks = || self.lacks(&format!("button \"{words}\""));
        let buttons = selector("form button")?;
        let button =
            page.select(&buttons).find(|button| words_of(*button).contains(words)).ok_or_else(lacks)?;
        let form = button
            .ancestors()
            .filter_map(ElementRef::wrap)
            .find(|it| it.value().name() == "form")
            .ok_or_else(lacks)?;
        let mut fields = BTreeMap::new();
        for field in form.select(&selector("input[name]")?) {
            let attribute = |name| field.value().attr(name);
            let is_off =
                matches!(attribute("type"), Some("checkbox" | "radio")) && attribute("checked").is_none();
            if let (Some(name), false) = (attribute("name"), is_off) {
                fields.insert(name, attribute("value").unwrap_or_default());
            }
        }
        if let Some(name) = button.value().attr("name") {
            fields.insert(name, button.value().attr("value").unwrap_or_default());
        }
        for (name, value) in filled {
            if fields.insert(name, value).is_none() {
                return Err(self.lacks(&format!("field \"{name}\" beside the button \"{words}\"")));
            }
        }
        let own = button.value().attr("formaction");
        let action = own.or(form.value().attr("action")).unwrap_or_default();
        let mut url = self.url.join(action).map_err(|error| error.to_string())?;
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        if form.value().attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post")) {
            Ok((Method::POST, url, Some(body)))
        } else {
            url.set_query(Some(&body));
            Ok((Method::GET, url, None))
        }
    }

    async fn go(&mut self, method: Method, url: Url, body: Option<String>) -> Result<(), Fault> {
        let (mut method, mut url, mut body) = (method, url, body);
        for _ in 0..REDIRECTS {
            let mut request =
                self.client.request(method.clone(), url.clone()).header(USER_AGENT, &self.agent);
            if !self.cookies.is_empty() {
                let pairs: Vec<_> =
                    self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
                request = request.header(COOKIE, pairs.join("; "));
            }
            if let Some(body) = body.take() {
                let origin = url.origin().ascii_serialization();
                request = request.header(ORIGIN, origin).header("sec-fetch-site", "same-origin");
                request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
            }
            let response = request.send().await.map_err(|error| format!("{url} does not answer: {error}"))?;
            self.status = response.status().as_u16();
            self.headers = response.headers().clone();
            self.keep_cookies();
            let next = response.headers().get(LOCATION).and_then(|to| url.join(to.to_str().ok()?).ok());
            match next {
                Some(next) if response.status().is_redirection() => (method, url) = (Method::GET, next),
                _ => {
                    self.html = response.text().await.map_err(|error| error.to_string())?;
                    self.url = url;
                    return Ok(());
                }
            }
        }
        Err(format!("{url} leads on and on"))
    }

    fn keep_cookies(&mut self) {
        for cookie in self.headers.get_all(SET_COOKIE) {
            let Some((pair, rest)) =
                cookie.to_str().ok().map(|text| text.split_once(';').unwrap_or((text, "")))
            else {
                continue;
            };
            let Some((name, value)) = pair.split_once('=') else { continue };
            if value.is_empty() || rest.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

fn selector(css: &str) -> Result<Selector, Fault> {
    Selector::parse(css).map_err(|error| format!("{css} is no selector: {error}"))
}

/// The words of an element as a person sees them: blanks folded, what is hidden left in.
fn words_of(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect::<Vec<_>>().join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
