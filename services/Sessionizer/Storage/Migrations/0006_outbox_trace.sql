-- The trace of the change that the outbox holds, as a W3C traceparent; NULL: the change is not traced.
ALTER TABLE unpublished_sessions ADD COLUMN trace text;
