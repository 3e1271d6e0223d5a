-- Rules by version. A session lives by the version in force when it began; versions before a site's base_version do not
-- count any more: history was, or is being, computed anew by the base version, which holds for all time before the next.
CREATE TABLE site_rules (
    site_id    text COLLATE "C" NOT NULL REFERENCES sites,
    version    integer NOT NULL,
    valid_from timestamptz NOT NULL,
    rules      bytea NOT NULL,          -- protobuf SiteRules, complete
    PRIMARY KEY (site_id, version)
);

INSERT INTO site_rules (site_id, version, valid_from, rules)
SELECT site_id, rules_version, now(), rules FROM sites;

ALTER TABLE sites ADD COLUMN base_version integer;
UPDATE sites SET base_version = rules_version;
ALTER TABLE sites ALTER COLUMN base_version SET NOT NULL, DROP COLUMN rules;

-- base_version: that of the site by which the stream's sessions were computed. An older one: they are to be computed
--   anew, by whoever has the stream in hand first.
-- id_prints: 4 bytes for each event, so that an id that is surely new costs no read; up to 256 events.
-- ids_in_table: the stream has more, and its ids are in event_ids.
ALTER TABLE streams
    ADD COLUMN base_version integer NOT NULL DEFAULT 0,
    ADD COLUMN id_prints bytea NOT NULL DEFAULT '',
    ADD COLUMN ids_in_table boolean NOT NULL DEFAULT false;
ALTER TABLE streams ALTER COLUMN base_version DROP DEFAULT;

-- The event ids of streams with many events.
CREATE TABLE event_ids (
    site_id    text COLLATE "C" NOT NULL,
    stream_key text COLLATE "C" NOT NULL,
    event_id   uuid NOT NULL,
    PRIMARY KEY (site_id, stream_key, event_id)
);

INSERT INTO event_ids (site_id, stream_key, event_id) SELECT site_id, stream_key, event_id FROM events;
UPDATE streams SET ids_in_table = true;

-- over_at: after this time the session is over, unless events come.
-- history: protobuf SessionHistory, what made each revision.
-- journey, timeline: protobuf SessionState with nothing but these; apart from state since they are large, and once they
--   are full newer events leave them as they are.
ALTER TABLE sessions
    ADD COLUMN over_at timestamptz,
    ADD COLUMN history bytea NOT NULL DEFAULT '',
    ADD COLUMN journey bytea,
    ADD COLUMN timeline bytea;
UPDATE sessions SET over_at = ended_at + interval '30 minutes';
ALTER TABLE sessions ALTER COLUMN over_at SET NOT NULL;

-- Where clients decide the sessions a visitor's may be in any stream. Elsewhere the stream is the visitor, and this
-- holds nothing.
CREATE INDEX sessions_visitor ON sessions (site_id, visitor_id, started_at) WHERE stream_key <> visitor_id;

-- There, too: the lock for deciding which session is the visitor's first.
CREATE TABLE visitors (
    site_id    text COLLATE "C" NOT NULL,
    visitor_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (site_id, visitor_id)
);

-- Recomputations of sites' histories. stream_key: those up to it are done.
CREATE TABLE reprocesses (
    site_id          text COLLATE "C" PRIMARY KEY REFERENCES sites,
    base_version     integer NOT NULL,
    stream_key       text COLLATE "C" NOT NULL,
    streams          bigint NOT NULL,
    streams_done     bigint NOT NULL,
    sessions_changed bigint NOT NULL,
    started_at       timestamptz NOT NULL,
    finished_at      timestamptz
);

-- Sessions stored before this version know neither when they are over nor what made them.
INSERT INTO reprocesses (site_id, base_version, stream_key, streams, streams_done, sessions_changed, started_at)
SELECT site_id, base_version, '', (SELECT count(*) FROM streams s WHERE s.site_id = sites.site_id), 0, 0, now()
FROM sites;

-- What arrived, by the day it was stored. Several rows a day, so that batches do not wait for each other.
CREATE TABLE arrivals (
    site_id            text COLLATE "C" NOT NULL,
    day                date NOT NULL,
    slot               smallint NOT NULL,
    events             bigint NOT NULL,
    duplicates         bigint NOT NULL,
    clock_clamped      bigint NOT NULL,
    late               bigint[] NOT NULL,  -- by class, see Lateness
    sessions_extended  bigint NOT NULL,
    sessions_merged    bigint NOT NULL,
    sessions_split     bigint NOT NULL,
    sessions_retracted bigint NOT NULL,
    sessions_reopened  bigint NOT NULL,
    PRIMARY KEY (site_id, day, slot)
) WITH (fillfactor = 50);

-- Events that came again and were dropped.
CREATE TABLE duplicate_events (
    site_id    text COLLATE "C" NOT NULL,
    stream_key text COLLATE "C" NOT NULL,
    event_id   uuid NOT NULL,
    times      integer NOT NULL,
    last_at    timestamptz NOT NULL,
    PRIMARY KEY (site_id, stream_key, event_id)
);
