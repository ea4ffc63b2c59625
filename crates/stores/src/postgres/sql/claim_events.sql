-- Claims what is due, under the epoch $1. Rows that another worker is claiming at this moment are passed over, not
-- waited for. When nothing is due, nothing is written.
WITH due AS (
    SELECT id FROM outbox WHERE published_at IS NULL AND due_at <= now()
    ORDER BY position LIMIT $2 FOR UPDATE SKIP LOCKED
), reign AS (
    SELECT epoch FROM dr_epoch WHERE only_row AND EXISTS (SELECT FROM due) FOR SHARE
), claimed AS (
    UPDATE outbox SET claims = claims + 1, due_at = now() + $3 * interval '1 millisecond'
    FROM due, reign WHERE outbox.id = due.id AND reign.epoch = $1 RETURNING outbox.*
)
SELECT coalesce((SELECT epoch FROM reign), dr_epoch.epoch),
    to_jsonb(claimed)::text, claimed.claims, claimed.told_at IS NOT NULL
FROM dr_epoch LEFT JOIN claimed ON true WHERE only_row ORDER BY claimed.position
