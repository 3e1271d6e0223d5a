-- open_from: no session of the stream that is not closed began before this time; a lower bound, like open_until. With it
-- the primary key finds open sessions, and a session that is closed is changed within its page: no index tells open
-- sessions from closed ones.
ALTER TABLE streams ADD COLUMN open_from timestamptz;

UPDATE streams SET open_from = (
    SELECT min(s.started_at) FROM sessions s
    WHERE s.site_id = streams.site_id AND s.stream_key = streams.stream_key AND NOT s.closed AND NOT s.retracted)
WHERE open_until IS NOT NULL;

DROP INDEX sessions_open;
