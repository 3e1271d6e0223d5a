-- Counts the changes of a funnel's day, visitors included: whoever changes which visitors got to a stage counts one up in
-- the row of the stage, in the same transaction. So a copy of the day that knows the sum over its stages knows whether it
-- is still one. As with hour_totals it begins with the time, so that a lost row does not go through the same numbers again.
ALTER TABLE funnel_days
    ADD COLUMN changes bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
