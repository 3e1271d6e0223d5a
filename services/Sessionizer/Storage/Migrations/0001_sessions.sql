-- Sites and their keys.
CREATE TABLE sites (
    site_id       text COLLATE "C" PRIMARY KEY,
    rules         bytea NOT NULL,          -- protobuf SiteRules, complete
    rules_version integer NOT NULL,
    created_at    timestamptz NOT NULL
);

CREATE TABLE site_keys (
    secret_sha256 bytea PRIMARY KEY,
    site_id       text COLLATE "C" NOT NULL REFERENCES sites,
    key_id        text COLLATE "C" NOT NULL,
    scopes        integer[] NOT NULL,      -- protobuf Key.Scope
    created_at    timestamptz NOT NULL,
    revoked_at    timestamptz,
    UNIQUE (site_id, key_id)
);

-- One row per stream: the lock that orders all work on it, and where its newest session is.
-- open_until: no session of the stream is over before this time; a lower bound, renewed when it is reached.
CREATE TABLE streams (
    site_id           text COLLATE "C" NOT NULL,
    stream_key        text COLLATE "C" NOT NULL,
    newest_started_at timestamptz,
    newest_session_id uuid,
    last_arrival_at   timestamptz NOT NULL,
    open_until        timestamptz,
    PRIMARY KEY (site_id, stream_key)
) WITH (fillfactor = 80);

CREATE INDEX streams_open ON streams (open_until) WHERE open_until IS NOT NULL;

-- Every event once. The one btree serves uniqueness and the history of a stream; see EventPartitions for the months.
CREATE TABLE events (
    site_id     text COLLATE "C" NOT NULL,
    stream_key  text COLLATE "C" NOT NULL,
    occurred_at timestamptz NOT NULL,
    event_id    uuid NOT NULL,
    event       bytea NOT NULL,            -- protobuf AcceptedEvent
    PRIMARY KEY (site_id, stream_key, occurred_at, event_id)
) PARTITION BY RANGE (occurred_at);

CREATE INDEX events_time ON events USING brin (occurred_at);

-- Sessions, retracted ones as tombstones: a revision never starts over. The columns beside state are the store's own
-- facts and what is filtered and summed by.
CREATE TABLE sessions (
    site_id       text COLLATE "C" NOT NULL,
    stream_key    text COLLATE "C" NOT NULL,
    started_at    timestamptz NOT NULL,
    session_id    uuid NOT NULL,
    visitor_id    text COLLATE "C" NOT NULL,
    ended_at      timestamptz NOT NULL,
    revision      integer NOT NULL,
    closed        boolean NOT NULL,
    retracted     boolean NOT NULL,
    start_reason  smallint NOT NULL,       -- protobuf Session.BoundaryReason
    end_reason    smallint,
    is_new        boolean NOT NULL,
    page_views    integer NOT NULL,
    events        integer NOT NULL,
    conversions   integer NOT NULL,
    bounced       boolean NOT NULL,
    engaged       boolean NOT NULL,
    user_id       text COLLATE "C",
    entry_page    text COLLATE "C",
    exit_page     text COLLATE "C",
    channel       text COLLATE "C" NOT NULL,
    utm_source    text COLLATE "C",        -- lower case
    utm_campaign  text COLLATE "C",        -- lower case
    referrer_host text COLLATE "C",
    revenue       jsonb,                   -- {"EUR": 12.50}
    state         bytea NOT NULL,          -- protobuf SessionState
    PRIMARY KEY (site_id, stream_key, started_at, session_id)
) PARTITION BY RANGE (started_at);

CREATE INDEX sessions_time ON sessions (site_id, started_at, session_id);
CREATE INDEX sessions_id ON sessions (session_id);
CREATE INDEX sessions_open ON sessions (site_id, stream_key) WHERE NOT closed AND NOT retracted;

-- Sessions with a revision that is not published yet.
-- noted_at: everything the session was before that time is published already.
CREATE TABLE unpublished_sessions (
    site_id    text COLLATE "C" NOT NULL,
    stream_key text COLLATE "C" NOT NULL,
    started_at timestamptz NOT NULL,
    session_id uuid NOT NULL,
    revision   integer NOT NULL,
    noted_at   timestamptz NOT NULL,
    due_at     timestamptz NOT NULL,
    PRIMARY KEY (site_id, stream_key, started_at, session_id)
) WITH (fillfactor = 70);

CREATE INDEX unpublished_sessions_due ON unpublished_sessions (due_at);

-- Checkpoints, see docs/architecture.md.
CREATE TABLE checkpoints (
    checkpoint_id text COLLATE "C" NOT NULL,
    partition     integer NOT NULL,
    passed_at     timestamptz NOT NULL,
    published_at  timestamptz,
    PRIMARY KEY (checkpoint_id, partition)
);

CREATE TABLE rejected_events (
    reject_id   uuid PRIMARY KEY,
    site_id     text COLLATE "C" NOT NULL, -- empty: the key was not known
    rejected_at timestamptz NOT NULL,
    reason      text NOT NULL,
    field       text NOT NULL,
    events      integer NOT NULL,
    event       bytea                      -- protobuf Event, absent when larger than 64 KiB or unreadable
);

CREATE INDEX rejected_events_site ON rejected_events (site_id, rejected_at);
