-- Gives a row back. Only for the claim named: a later one has its own lease.
WITH reign AS MATERIALIZED (
    SELECT held_epoch() AS epoch
), postponed AS (
    UPDATE outbox SET due_at = now() + $4 * interval '1 millisecond'
    FROM reign WHERE outbox.id = $2 AND claims = $3 AND published_at IS NULL AND reign.epoch = $1
)
SELECT epoch FROM reign
