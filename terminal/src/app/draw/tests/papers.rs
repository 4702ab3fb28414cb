//! What is read by scrolling.

use super::*;

#[test]
fn keys_and_help_desk_are_read_by_scrolling() {
    compare("keys", &on(Screen::Keys { scroll: 0 }, with(Vec::new())), LEAST);
    compare("keys-end", &on(Screen::Keys { scroll: 500 }, with(Vec::new())), LEAST);
    let said = "countersign 0.1.0\n1795355880 opened\n1795355880 unlocked\n".to_owned();
    compare("help-desk", &on(Screen::HelpDesk { text: said, scroll: 0 }, with(Vec::new())), USUAL);
    let mut demo = on(Screen::Keys { scroll: 0 }, with(Vec::new()));
    let line = "  mira.okafor@halden.example       password  abcd-efgh-jkmn-pqrs";
    demo.setting.above = vec!["The demo".to_owned(), line.to_owned()];
    compare("keys-of-the-demo", &demo, LEAST);
    assert_eq!(text(&demo, 80, 24).matches("The demo").count(), 1, "where it stands above, it stands once");
    assert!(text(&demo, 80, 24).contains("\n  mira"), "a line that fits stands as it is");
    for letter in ["  y ", " y  "] {
        assert!(!text(&on(Screen::Keys { scroll: 0 }, with(Vec::new())), 80, 60).contains(letter));
    }
}
