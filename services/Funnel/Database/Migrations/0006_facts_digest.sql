-- What the facts of the session were found from, as a digest: where it stays, its facts do, and columns made of them. 0: not
-- known, as of sessions stored before and of tombstones.
ALTER TABLE session_documents ADD COLUMN facts_digest bigint NOT NULL DEFAULT 0;
