-- Opens rows again that were told within the last $2 before the epoch $1 began, the latest first, at most $3. One that
-- still waits for the processor keeps its turn; the others come as far apart as they were told.
WITH reign AS MATERIALIZED (
    SELECT held_epoch() AS epoch
), lost AS MATERIALIZED (
    SELECT at, told_until FROM dr_epoch_history WHERE epoch = $1 AND epoch = (SELECT epoch FROM reign)
), told AS (
    SELECT outbox.id, lost.told_until - outbox.told_at AS ago FROM outbox, lost
    WHERE outbox.told_at >= lost.told_until - $2 * interval '1 millisecond' AND outbox.told_at < lost.at
    ORDER BY outbox.told_at DESC LIMIT $3 FOR UPDATE OF outbox
), again AS (
    UPDATE outbox SET
        told_at = NULL,
        due_at = CASE WHEN published_at IS NULL THEN outbox.due_at ELSE now() + told.ago END,
        published_at = NULL
    FROM told WHERE outbox.id = told.id RETURNING outbox.id
)
SELECT reign.epoch, (SELECT count(*) FROM again) FROM reign
