use countersign_protocol::{CodeAlgorithm, Digits};

/// What an organisation decides about its sign-ins. Times are in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a request waits for its answer: 30 to 300 (rule 4).
    pub request_life: u64,
    /// How many digits the number has.
    pub digits: Digits,
    /// How long an activation code may be used.
    pub activation_life: u64,
    /// How long a phone may stay unsaved.
    pub pending_life: u64,
    /// How long a session lives, whatever happens in it.
    pub session_life: u64,
    /// How long a session may stay at its first step, the password.
    pub first_step_life: u64,
    /// How long an approval opens Security info for changes (rule 13).
    pub changes_life: u64,
    /// For how long after an account was made a password alone opens set-up (rule 12).
    pub set_up_window: u64,
    /// How long a report pauses requests (rule 7), and how long after its request a report still counts.
    pub report_window: u64,
    /// The most phones a person may have (I10).
    pub most_phones: usize,
    /// One-time codes of the app; none where the organisation gives no codes.
    pub codes: Option<CodePolicy>,
}

/// The form of one-time codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodePolicy {
    /// The hash of the HMAC.
    pub algorithm: CodeAlgorithm,
    /// 6 to 8.
    pub digits: u8,
    /// Seconds, 15 to 120.
    pub period: u16,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The digits of a number unless the organisation says otherwise.
const THREE_DIGITS: Digits = match Digits::new(3) {
    Some(digits) => digits,
    None => panic!(),
};

impl Default for Policy {
    fn default() -> Self {
        Self {
            request_life: MINUTE,
            digits: THREE_DIGITS,
            activation_life: 10 * MINUTE,
            pending_life: 30 * MINUTE,
            session_life: 12 * HOUR,
            first_step_life: HOUR,
            changes_life: 10 * MINUTE,
            set_up_window: 14 * DAY,
            report_window: DAY,
            most_phones: 5,
            codes: Some(CodePolicy { algorithm: CodeAlgorithm::Sha256, digits: 6, period: 30 }),
        }
    }
}
