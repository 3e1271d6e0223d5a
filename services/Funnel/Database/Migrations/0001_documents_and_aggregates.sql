-- Text keys are compared byte by byte, whatever the server's locale.

-- The newest snapshot of every session, and what it has added to the aggregates below.
CREATE TABLE session_documents (
    site_id text COLLATE "C" NOT NULL,
    visitor_id text COLLATE "C" NOT NULL,
    session_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    revision int NOT NULL,
    -- A tombstone: no document, no contribution; snapshots of lower revisions stay out.
    retracted boolean NOT NULL,
    configuration_version int NOT NULL,
    document bytea,
    contribution bytea,
    PRIMARY KEY (site_id, visitor_id, session_id),
    CHECK (retracted = (document IS NULL) AND retracted = (contribution IS NULL))
);
CREATE INDEX session_documents_started_at ON session_documents USING brin (started_at) WITH (pages_per_range = 32);

-- What contributions are computed by; the version grows with every change that matters to them.
CREATE TABLE site_configurations (
    site_id text COLLATE "C" PRIMARY KEY,
    version int NOT NULL,
    rules_version int NOT NULL,
    time_zone text NOT NULL,
    ecommerce bytea NOT NULL
);

-- A changed definition gets a new id, so that counts of the old one and the new one never mix.
CREATE TABLE funnels (
    site_id text COLLATE "C" NOT NULL REFERENCES site_configurations,
    name text COLLATE "C" NOT NULL,
    funnel_id int GENERATED ALWAYS AS IDENTITY UNIQUE,
    since_version int NOT NULL,
    definition bytea NOT NULL,
    PRIMARY KEY (site_id, name)
);

-- How many sessions are counted by which version of the configuration.
CREATE TABLE counted_versions (
    site_id text COLLATE "C" NOT NULL,
    version int NOT NULL,
    sessions bigint NOT NULL,
    PRIMARY KEY (site_id, version)
);

CREATE TABLE day_totals (
    site_id text COLLATE "C" NOT NULL,
    day date NOT NULL,
    sessions bigint NOT NULL,
    visitors bigint NOT NULL,
    page_views bigint NOT NULL,
    bounces bigint NOT NULL,
    engaged bigint NOT NULL,
    converted_sessions bigint NOT NULL,
    conversions bigint NOT NULL,
    duration_microseconds bigint NOT NULL,
    PRIMARY KEY (site_id, day)
);

CREATE TABLE day_revenue (
    site_id text COLLATE "C" NOT NULL,
    day date NOT NULL,
    currency text COLLATE "C" NOT NULL,
    sessions bigint NOT NULL,
    amount numeric NOT NULL,
    PRIMARY KEY (site_id, day, currency)
);

-- Behind day_totals.visitors: how many sessions of the day a visitor has. The last one given back takes the row along.
CREATE TABLE day_visitors (
    site_id text COLLATE "C" NOT NULL,
    day date NOT NULL,
    visitor_id text COLLATE "C" NOT NULL,
    sessions int NOT NULL,
    PRIMARY KEY (site_id, day, visitor_id)
);

-- Sessions by the furthest stage they reached.
CREATE TABLE funnel_days (
    site_id text COLLATE "C" NOT NULL,
    funnel_id int NOT NULL,
    day date NOT NULL,
    stage smallint NOT NULL,
    sessions bigint NOT NULL,
    PRIMARY KEY (site_id, funnel_id, day, stage)
);

-- The same by visitor, so that a visitor of several days can be counted once, by the furthest stage of all of them.
CREATE TABLE funnel_visitors (
    site_id text COLLATE "C" NOT NULL,
    funnel_id int NOT NULL,
    day date NOT NULL,
    visitor_id text COLLATE "C" NOT NULL,
    stage smallint NOT NULL,
    sessions int NOT NULL,
    PRIMARY KEY (site_id, funnel_id, day, visitor_id, stage)
);

CREATE TABLE checkpoints (
    checkpoint_id text COLLATE "C" NOT NULL,
    partition int NOT NULL,
    passed_at timestamptz NOT NULL,
    PRIMARY KEY (checkpoint_id, partition)
);
