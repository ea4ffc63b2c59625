-- Rows that another worker is claiming at this moment are passed over, not waited for.
WITH due AS (
    SELECT id FROM outbox WHERE published_at IS NULL AND due_at <= now()
    ORDER BY position LIMIT $1 FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE outbox SET claims = claims + 1, due_at = now() + $2 * interval '1 millisecond'
    FROM due WHERE outbox.id = due.id RETURNING outbox.*
)
SELECT to_jsonb(claimed)::text, claims FROM claimed ORDER BY position
