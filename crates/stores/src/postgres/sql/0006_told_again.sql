-- What was told before a Region was lost, so that it can be told again.

-- When an event was told last before the epoch began; nothing as long as nobody asked.
ALTER TABLE dr_epoch_history ADD COLUMN told_until timestamptz;
CREATE INDEX outbox_told ON outbox (told_at) WHERE told_at IS NOT NULL;
