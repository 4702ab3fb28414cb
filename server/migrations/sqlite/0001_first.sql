-- Times are Unix seconds. Ids and hashes are base64url. Secrets are sealed with the key file, their row as associated data.

-- What the server knows of itself.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- The identity key and the signing keys, by thumbprint. A retired key signs nothing.
CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    secret BLOB NOT NULL,
    made BIGINT NOT NULL,
    retired BIGINT
);

-- When each server statement was signed, one a start. One that a phone has and that is not here was signed by a
-- store that this one is an older copy of.
CREATE TABLE statements (
    issued BIGINT PRIMARY KEY
);

CREATE TABLE persons (
    account TEXT PRIMARY KEY,
    user_name TEXT NOT NULL UNIQUE,      -- folded, what sign-in looks for
    shown_name TEXT NOT NULL,            -- the user name as it is shown
    name TEXT NOT NULL,
    password TEXT NOT NULL,              -- PHC string of Argon2id
    required_since BIGINT NOT NULL,      -- rule 12 counts its days from here
    first_method BIGINT,                 -- when the first two-step method was saved; never taken back (rule 12)
    default_method TEXT,
    profile BIGINT NOT NULL,             -- grows with each change of what phones show
    paused_until BIGINT,
    reported BIGINT                      -- when the request was made whose report pauses
);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    cookie TEXT NOT NULL UNIQUE,         -- a hash
    account TEXT NOT NULL REFERENCES persons (account),
    stage TEXT NOT NULL,
    begun BIGINT NOT NULL,
    last_used BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    address TEXT NOT NULL,
    browser TEXT,
    changes_until BIGINT,
    proved_by TEXT,                      -- the phone whose approval or code proved it
    opened_by TEXT                       -- the phone that opened Security info for changes last
);
CREATE INDEX sessions_of_person ON sessions (account);

-- Cookies of sessions that a report ended, so that the browser is told why. They open nothing.
CREATE TABLE stopped (
    cookie TEXT PRIMARY KEY,             -- the same hash
    until BIGINT NOT NULL
);

-- One single-use code; belongs to its session and goes with it.
CREATE TABLE activations (
    id TEXT PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    account TEXT NOT NULL REFERENCES persons (account),
    code TEXT NOT NULL UNIQUE,           -- a hash
    typed TEXT UNIQUE,                   -- a hash, once the page asked for it
    made BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    ended BIGINT,                        -- a newer code took its place
    device TEXT UNIQUE,                  -- the phone that has it
    phone TEXT,                          -- its name, for the page, also when it was removed
    confirmed BIGINT,                    -- "Is this your phone?" was answered with yes
    also_tried_by TEXT                   -- the name of another phone that came later
);
CREATE INDEX activations_of_session ON activations (session);

-- Phones. A removed one keeps id and keys, so that it can be told, and nothing else.
CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES persons (account),
    standing TEXT NOT NULL,
    pending_until BIGINT,
    removal_reason TEXT,
    removed BIGINT,
    added_in TEXT NOT NULL,              -- the session that added it: what a report takes back
    proved_by TEXT,                      -- the phones that this session rested on: what they led to goes with them
    opened_by TEXT,
    device_key TEXT NOT NULL,            -- JWKs, and their thumbprints: what a call names its key by
    approval_key TEXT NOT NULL,
    device_key_id TEXT NOT NULL UNIQUE,
    approval_key_id TEXT NOT NULL UNIQUE,
    name TEXT,
    platform TEXT NOT NULL,
    app TEXT,
    storage TEXT NOT NULL,               -- of the approval key, by the phone's own word
    presence TEXT NOT NULL,
    eight TEXT NOT NULL,                 -- the check of eight characters
    activation_time BIGINT NOT NULL,     -- the newest activation's iat
    has_waited BIGINT NOT NULL,          -- 1 from its first wait on: it cannot post its activation again
    update_time BIGINT,                  -- the newest update's iat
    wakes TEXT,
    code_secret BLOB,
    code_form TEXT,
    added BIGINT NOT NULL,
    tested BIGINT,                       -- when a test was approved: the approval key is proved
    last_answer BIGINT
);
CREATE INDEX devices_of_person ON devices (account);

CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES persons (account),
    session TEXT NOT NULL,
    tested TEXT,                         -- of a test: the phone
    kind TEXT NOT NULL,
    counted_as TEXT NOT NULL,            -- the tally that an approval resets
    state TEXT NOT NULL,
    answered_by TEXT,
    made BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    ended BIGINT,
    number BLOB,                         -- only while it waits
    turn BIGINT NOT NULL                 -- rises with each of a person: two may be made, and end, in one second
);
CREATE INDEX requests_of_person ON requests (account, turn);
CREATE INDEX requests_of_session ON requests (session, turn);
-- One request waits for a person at a time (rule 6).
CREATE UNIQUE INDEX one_request_waits ON requests (account) WHERE state = 'waiting';

-- The signed card of a request for one phone: made once, so a card never changes.
CREATE TABLE cards (
    request TEXT NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
    device TEXT NOT NULL,
    hash TEXT NOT NULL,
    jws TEXT NOT NULL,
    PRIMARY KEY (request, device)
);

-- What a phone was told about a request.
CREATE TABLE answers (
    request TEXT NOT NULL REFERENCES requests (id) ON DELETE CASCADE,
    device TEXT NOT NULL,
    decision TEXT NOT NULL,
    verdict TEXT NOT NULL,
    answered BIGINT NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (request, device)
);

-- When something that is limited happened: times, oldest first, with blanks between.
CREATE TABLE tallies (
    name TEXT PRIMARY KEY,
    times TEXT NOT NULL,
    version BIGINT NOT NULL,
    forget BIGINT NOT NULL
);

-- One-time codes that were used: each step of a phone's codes is good once.
CREATE TABLE code_steps (
    device TEXT NOT NULL,
    step BIGINT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (device, step)
);
