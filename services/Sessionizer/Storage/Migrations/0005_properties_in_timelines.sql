-- Timelines stored before this version lack the properties of their events: every history is computed anew, in the
-- background or by the next batch that meets it. Sessions whose events have no properties come out as they are stored,
-- and are neither written nor announced.
UPDATE streams SET base_version = 0;

INSERT INTO reprocesses AS r (site_id, base_version, stream_key, streams, streams_done, sessions_changed, started_at)
SELECT site_id, sites.base_version, '', count(*), 0, 0, now()
FROM sites JOIN streams USING (site_id)
GROUP BY site_id, sites.base_version
ON CONFLICT (site_id) DO UPDATE SET
    base_version = excluded.base_version, stream_key = '', streams = excluded.streams, streams_done = 0,
    sessions_changed = 0, started_at = excluded.started_at, finished_at = NULL;
