-- Ties of a visitor to a user that do not count, whatever sessions say.
CREATE TABLE revoked_ties (
    site_id text COLLATE "C" NOT NULL,
    visitor_id text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    revoked_at timestamptz NOT NULL,
    PRIMARY KEY (site_id, visitor_id, user_id)
);
CREATE INDEX revoked_ties_user ON revoked_ties (site_id, user_id);

-- The user of each visitor's latest session that has one is read from the index alone.
CREATE INDEX session_facts_ties ON session_facts (site_id, visitor_id, started_at DESC, session_id DESC)
    INCLUDE (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX session_facts_user ON session_facts (site_id, user_id, visitor_id) WHERE user_id IS NOT NULL;
