//! The words of all pages and screens.

/// Fluent texts without their comments.
fn texts() -> String {
    let files = [include_str!("../../texts/en/app.ftl"), include_str!("../../texts/en/server.ftl")];
    files.concat().lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n")
}

#[test]
fn s78_two_step_verification_is_the_one_term() {
    let texts = texts().to_lowercase();
    assert!(texts.contains("two-step verification"));
    let words: Vec<_> = texts.split(|c: char| !c.is_alphanumeric() && c != '-').collect();
    for other in
        ["2fa", "mfa", "multi-factor", "multifactor", "two-factor", "2-step", "two-step-verification"]
    {
        assert!(!words.contains(&other), "the texts say {other}");
    }
    assert!(!texts.contains("second factor") && !texts.contains("two factor"));
}
