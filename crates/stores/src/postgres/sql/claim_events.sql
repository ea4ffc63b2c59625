-- Claims what is due, under the epoch $1. Rows that another worker is claiming at this moment are passed over, not
-- waited for.
WITH reign AS MATERIALIZED (
    SELECT held_epoch() AS epoch
), due AS (
    SELECT id FROM outbox WHERE published_at IS NULL AND due_at <= now() AND (SELECT epoch FROM reign) = $1
    ORDER BY position LIMIT $2 FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE outbox SET claims = claims + 1, due_at = now() + $3 * interval '1 millisecond'
    FROM due WHERE outbox.id = due.id RETURNING outbox.*
)
SELECT reign.epoch, to_jsonb(claimed)::text, claimed.claims, claimed.told_at IS NOT NULL
FROM reign LEFT JOIN claimed ON true ORDER BY claimed.position
