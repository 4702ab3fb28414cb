//! Claims about all pages at once.

#[path = "../../examples/pages/samples.rs"]
mod samples;

use crate::pages as views;
use countersign_texts::{File, Language, ids};
use samples::{Cast, every_page};
use std::collections::HashSet;
use std::fs;
use std::path::Path;
use views::Person;

const HOSTILE: &str = "<script>alert('1')</script>\"><b onclick=x>&amp;{$phone}";

const HOSTILE_CAST: Cast = Cast {
    organisation: HOSTILE,
    help_desk: HOSTILE,
    person: Person { name: HOSTILE, user_name: HOSTILE },
    phone: HOSTILE,
    platform: HOSTILE,
    other: HOSTILE,
    application: HOSTILE,
    place: HOSTILE,
    browser: HOSTILE,
    csrf: HOSTILE,
};

/// Each start tag with its attributes, names in lower case. Quoted values may hold anything.
fn tags(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        let mut parts = Vec::new();
        let mut part = String::new();
        let mut quoted = false;
        let mut end = after.len();
        for (place, c) in after.char_indices() {
            match c {
                '"' => quoted = !quoted,
                '>' if !quoted => {
                    end = place;
                    break;
                }
                c if c.is_whitespace() && !quoted => parts.push(std::mem::take(&mut part)),
                c => part.push(c),
            }
        }
        parts.push(part);
        rest = after.split_at(end).1;
        let name = parts[0].to_lowercase();
        let attributes = parts[1..].iter().filter(|part| !part.is_empty()).map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (name.to_lowercase(), value.to_owned())
        });
        if !name.starts_with(['/', '!']) {
            tags.push((name, attributes.collect()));
        }
    }
    tags
}

fn attribute<'a>(tag: &'a (String, Vec<(String, String)>), name: &str) -> Option<&'a str> {
    tag.1.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[test]
fn every_page_is_whole() {
    let pages = every_page(&Cast::MIRA);
    assert!(pages.len() > 80, "{}", pages.len());
    let names: HashSet<_> = pages.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), pages.len(), "a name is there twice");
    for (name, html) in pages {
        assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"), "{name}: {html}");
        assert!(html.ends_with("</html>"), "{name}");
        let count = |what: &str| html.matches(what).count();
        assert_eq!(count("<h1>"), 1, "{name} has one first heading");
        assert_eq!(
            (count("<main "), count("<form"), count("<ol")),
            (1, count("</form>"), count("</ol>")),
            "{name}"
        );
        assert!(count("class=\"notice") <= 1, "{name} has at most one notice");
        let ids: Vec<_> =
            tags(&html).iter().filter_map(|tag| attribute(tag, "id").map(str::to_owned)).collect();
        assert_eq!(ids.len(), ids.iter().collect::<HashSet<_>>().len(), "{name}: {ids:?}");
    }
}

#[test]
fn no_page_has_a_script_or_style_in_it() {
    for (name, html) in every_page(&Cast::MIRA).into_iter().chain(every_page(&HOSTILE_CAST)) {
        for tag in tags(&html) {
            let (element, attributes) = &tag;
            assert!(
                !["style", "iframe", "object", "base", "embed"].contains(&element.as_str()),
                "{name}: {element}"
            );
            if element == "script" {
                assert!(
                    attribute(&tag, "src").is_some_and(|source| source.starts_with("/assets/live-")),
                    "{name}"
                );
            }
            if element == "meta" {
                assert_eq!(attribute(&tag, "http-equiv"), None, "{name}");
            }
            for (attribute, value) in attributes {
                assert!(
                    attribute != "style" && !attribute.starts_with("on"),
                    "{name}: {element} {attribute}"
                );
                assert!(!value.trim_start().to_lowercase().starts_with("javascript:"), "{name}: {value}");
            }
        }
        assert_eq!(html.matches("</script>").count(), 1, "{name}: the one script is a file");
    }
}

#[test]
fn hostile_names_are_shown_as_they_are_and_add_no_element() {
    for ((name, ours), (_, theirs)) in every_page(&Cast::MIRA).into_iter().zip(every_page(&HOSTILE_CAST)) {
        let elements = |html: &str| -> Vec<String> {
            tags(html).into_iter().map(|(element, _)| element).filter(|element| element != "wbr").collect()
        };
        assert_eq!(elements(&ours), elements(&theirs), "{name}");
        assert!(theirs.contains("&#60;script&#62;"), "{name}: the organisation's name is on every page");
    }
}

#[test]
fn every_form_is_posted_with_the_session_s_token() {
    for (name, html) in every_page(&Cast::MIRA) {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap();
            assert!(form.contains(r#" method="post" "#), "{name}: {form}");
            assert_eq!(form.matches(r#"name="csrf" value="fLkP0m2b""#).count(), 1, "{name}: {form}");
        }
        let outside: String =
            html.split("<form").map(|part| part.rsplit("</form>").next().unwrap()).collect();
        for tag in tags(&outside).iter().filter(|(element, _)| element == "button") {
            assert_eq!(
                attribute(tag, "type"),
                Some("button"),
                "{name}: a button without a form does nothing"
            );
        }
        assert!(!html.contains("?csrf") && !html.contains("fLkP0m2b\" name"), "{name}");
    }
}

#[test]
fn the_number_stands_in_its_place_and_nowhere_else() {
    for (name, html) in every_page(&Cast::MIRA) {
        for digits in ["472", "4 7 2", "480 275", "480275", "4802 7519", "48027519"] {
            for (element, attributes) in tags(&html) {
                let told = attributes
                    .iter()
                    .find(|(name, value)| name != "aria-label" && name != "d" && value.contains(digits));
                assert_eq!(told, None, "{name}: {element}");
            }
            let title = html.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
            assert!(!title.contains(digits), "{name}: {title}");
        }
    }
}

#[test]
fn only_pages_that_wait_ask_for_progress_and_none_reloads_by_itself() {
    for (name, html) in every_page(&Cast::MIRA) {
        let asks = html.contains("data-progress");
        let waits = ["pulse", "class=\"number\"", "not scanned", "not sent"]
            .into_iter()
            .any(|sign| html.contains(sign));
        assert_eq!(asks, waits, "{name}");
        assert!(!html.contains("http-equiv"), "{name}");
    }
}

#[test]
fn every_text_of_a_page_is_there_and_filled() {
    for (name, html) in every_page(&Cast::MIRA) {
        assert!(!html.contains("{$") && !html.contains("{ $"), "{name} has an unfilled place");
        assert!(
            !html.contains("&#60;b&#62;") && !html.contains("&#38;#"),
            "{name} has markup or escapes twice"
        );
        for tag in tags(&html) {
            for (attribute, value) in &tag.1 {
                assert!(!value.contains('<') || attribute == "d", "{name}: {attribute} has markup: {value}");
            }
        }
        let title = html.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
        assert!(
            title.ends_with(" – Halden College") && !title.contains('<') && title.trim() == title,
            "{name}: {title}"
        );
    }
}

/// The ids in quotes: in the templates after `t("`, `left("` or as a macro's argument, in the code anywhere.
fn used_ids() -> HashSet<String> {
    let mut used = HashSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("templates"), root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("tests.rs") {
                let text = fs::read_to_string(&path).unwrap();
                used.extend(text.split('"').map(str::to_owned));
            }
        }
    }
    used
}

#[test]
fn every_text_is_used_and_every_used_text_is_there() {
    let known: HashSet<String> = ids(File::Server, Language::English).into_iter().collect();
    let used = used_ids();
    let mut unused: Vec<_> =
        known.iter().filter(|id| !used.contains(*id) && !id.ends_with(".long")).collect();
    unused.sort();
    assert_eq!(unused, Vec::<&String>::new(), "texts that nothing uses");

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        let template = fs::read_to_string(&path).unwrap();
        for call in ["t(\"", "left(\""] {
            for id in template.split(&format!("frame.{call}")).skip(1) {
                let id = id.split('"').next().unwrap();
                assert!(known.contains(id), "{}: {id}", path.display());
                assert!(
                    call == "t(\"" || known.contains(&format!("{id}.long")),
                    "{}: {id}.long",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn texts_have_no_markup_but_bold_and_isolation() {
    for language in Language::ALL {
        let source = fs::read_to_string(
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../texts/{}/server.ftl", language.tag())),
        )
        .unwrap();
        let texts: String = source
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect::<Vec<_>>()
            .join("\n")
            .replace(" ->", "");
        let plain = texts.replace("<b>", "").replace("</b>", "").replace("<bdi>", "").replace("</bdi>", "");
        assert_eq!(plain.find(['<', '>', '&', '"', '\'']), None, "{language:?}");
        assert_eq!(texts.matches("<b>").count(), texts.matches("</b>").count());
    }
}
