-- Notes what came of a try of a callback: it ended as $5, or is due again after $6. Only for the claim named, unless it
-- was delivered.
WITH reign AS MATERIALIZED (
    SELECT held_epoch() AS epoch
), tried AS (
    UPDATE webhook_deliveries SET
        tries = tries + 1,
        due_at = coalesce(now() + $6 * interval '1 millisecond', due_at),
        ended_at = CASE WHEN $5::text IS NOT NULL THEN now() END,
        ended_as = $5
    FROM reign
    WHERE event = $2 AND endpoint = $3 AND ended_at IS NULL AND reign.epoch = $1
        AND (claims = $4 OR $5 = 'delivered')
    RETURNING event
)
SELECT reign.epoch, EXISTS (SELECT FROM tried) FROM reign
