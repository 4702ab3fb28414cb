use super::Refusal;

/// Parts a text at the colon of its scheme (RFC 3986, section 3.1), the scheme in lower case. None if it has no scheme.
pub(super) fn scheme(text: &str) -> Option<(String, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme.then(|| (scheme.to_ascii_lowercase(), rest))
}

/// Whose it is, where it is not ours. The list holds what stands on pages beside or instead of an authenticator's code,
/// so that a person who scans the wrong one is told which it was.
pub(super) fn name(scheme: &str, rest: &str) -> Refusal {
    match scheme {
        "phonefactor" | "microsoft-authenticator" => Refusal::MicrosoftActivation,
        // msauth, msauthv2, msauthv3, msauth.<bundle id>
        _ if scheme.starts_with("msauth") => Refusal::MicrosoftActivation,
        "otpauth-migration" => Refusal::GoogleExport,
        "pia" => Refusal::PrivacyIdea,
        "edumfa-push" => Refusal::EduMfa,
        "duo" => Refusal::Duo,
        "oktaverify" => Refusal::Okta,
        "steam" | "steammobile" => Refusal::Steam,
        "https" | "http" if is_below(rest, "//s.team/q/") => Refusal::Steam,
        "fido" => Refusal::Passkey,
        "https" | "http" => Refusal::NoAccount,
        // Other app links have an authority; `WIFI:`, `mailto:`, `tel:` and plain text with a colon have none.
        _ if rest.starts_with("//") => Refusal::UnknownScheme,
        _ => Refusal::NoAccount,
    }
}

fn is_below(rest: &str, prefix: &str) -> bool {
    rest.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
