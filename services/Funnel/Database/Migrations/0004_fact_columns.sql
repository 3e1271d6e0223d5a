-- Counts the changes of the facts of an hour: whoever changes any of them counts one up in the same transaction. So a copy
-- of the facts that knows this number knows whether it is still one. It begins with the time, in microseconds: a row that
-- is lost and comes back does not go through the same numbers again.
ALTER TABLE hour_totals
    ADD COLUMN changes bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;

-- Copies of facts by column: reports that look at all sessions read the few columns they are about, packed. Made when a
-- report needs them; of no use as soon as the changes of their hours are others.
CREATE TABLE fact_columns (
    site_id text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    first_hour timestamptz NOT NULL,
    last_hour timestamptz NOT NULL,                -- inclusive
    changes bigint NOT NULL,                       -- the sum over its hours
    packed bytea NOT NULL,
    PRIMARY KEY (site_id, name, first_hour) INCLUDE (last_hour, changes)
);

-- Numbers that stand for visitors and for texts in columns, from 1 without gaps; they are given once and stay.
CREATE TABLE visitor_numbers (
    site_id text COLLATE "C" NOT NULL,
    visitor_id text COLLATE "C" NOT NULL,
    number int NOT NULL,
    PRIMARY KEY (site_id, visitor_id) INCLUDE (number),
    UNIQUE (site_id, number)
);
CREATE TABLE text_numbers (
    site_id text COLLATE "C" NOT NULL,
    text text COLLATE "C" NOT NULL,
    number int NOT NULL,
    UNIQUE (site_id, number)
);
-- By its hash, since a text may be longer than what an index takes.
CREATE INDEX text_numbers_text ON text_numbers (site_id, hashtextextended(text, 0));
