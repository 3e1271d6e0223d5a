-- What reports filter, group and add up, one row for each session that is not retracted; a pure function of its
-- document, of what was said of its visitor, and of the site's time zone. In the order of time, since every report is
-- about a span of it.
CREATE TABLE session_facts (
    site_id text COLLATE "C" NOT NULL,
    started_at timestamptz NOT NULL,
    session_id uuid NOT NULL,
    started_hour timestamptz NOT NULL,             -- when the site's clock last showed a full hour
    visitor_id text COLLATE "C" NOT NULL,
    user_id text COLLATE "C",
    ended_at timestamptz NOT NULL,
    -- Hours since 1970 of ended_at: an index over the time itself would have to follow every event.
    ended_hour int NOT NULL,
    found_bot boolean NOT NULL,                    -- by the session itself
    is_bot boolean NOT NULL,                       -- the same, unless a mark says otherwise
    is_new boolean NOT NULL,
    bounced boolean NOT NULL,
    engaged boolean NOT NULL,
    start_reason smallint NOT NULL,
    events int NOT NULL,
    page_views int NOT NULL,
    conversions int NOT NULL,
    revenue jsonb,                                 -- {"EUR": 12.50}
    entry_page text COLLATE "C",
    exit_page text COLLATE "C",
    channel text COLLATE "C" NOT NULL,
    utm_source text COLLATE "C",                   -- the five in lower case
    utm_medium text COLLATE "C",
    utm_campaign text COLLATE "C",
    utm_term text COLLATE "C",
    utm_content text COLLATE "C",
    referrer_host text COLLATE "C",
    device_type text COLLATE "C",
    browser text COLLATE "C",
    os text COLLATE "C",
    country text COLLATE "C",
    region text COLLATE "C",
    language text COLLATE "C",
    -- The journey, by step; absent without page views.
    pages text[] COLLATE "C",
    page_categories text[] COLLATE "C",            -- absent: no step has one
    page_offsets bigint[],                         -- microseconds since started_at
    times_on_page bigint[],                        -- microseconds
    scroll_depths double precision[],              -- absent: no step has one
    load_times double precision[],                 -- absent: no step has one
    -- Sums over the journey, and of how many steps.
    time_on_page bigint NOT NULL,
    timed_pages int NOT NULL,
    scroll_depth double precision NOT NULL,
    scrolled_pages int NOT NULL,
    -- The timeline, counted by kind and name, and conversions by type.
    event_kinds text[] COLLATE "C" NOT NULL,
    event_names text[] COLLATE "C" NOT NULL,
    event_counts int[] NOT NULL,
    conversion_types text[] COLLATE "C",
    conversion_counts int[],
    -- What distinct visitors are counted by comes with it, so that the rows themselves need not be read.
    PRIMARY KEY (site_id, started_at, session_id) INCLUDE (visitor_id, is_new, is_bot)
) WITH (fillfactor = 80);

CREATE INDEX session_facts_visitor ON session_facts (site_id, visitor_id);
CREATE INDEX session_facts_ended_hour ON session_facts (site_id, ended_hour);

-- Sums over session_facts by started_hour, kept by delta: a year is answered from 9,000 rows.
CREATE TABLE hour_totals (
    site_id text COLLATE "C" NOT NULL,
    hour timestamptz NOT NULL,
    is_bot boolean NOT NULL,
    sessions bigint NOT NULL,
    page_views bigint NOT NULL,
    events bigint NOT NULL,
    engaged bigint NOT NULL,
    bounces bigint NOT NULL,
    under_30s bigint NOT NULL,
    over_10m bigint NOT NULL,
    duration_microseconds bigint NOT NULL,
    conversions bigint NOT NULL,
    converted_sessions bigint NOT NULL,
    entries bigint NOT NULL,
    exits bigint NOT NULL,
    time_on_page bigint NOT NULL,
    timed_pages bigint NOT NULL,
    PRIMARY KEY (site_id, hour, is_bot)
);

-- What was said of visitors; holds over what was found on arrival.
CREATE TABLE bot_marks (
    site_id text COLLATE "C" NOT NULL,
    visitor_id text COLLATE "C" NOT NULL,
    is_bot boolean NOT NULL,
    marked_at timestamptz NOT NULL,
    PRIMARY KEY (site_id, visitor_id)
);

-- As in SiteRules.Weekday.
ALTER TABLE site_configurations ADD COLUMN week_start smallint NOT NULL DEFAULT 1;

-- Sessions stored before this version have no facts yet; counting them anew writes them.
UPDATE site_configurations SET version = version + 1;
