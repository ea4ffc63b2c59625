-- Notes that an event was told, and plans its callbacks; what was noted before stays.
WITH reign AS MATERIALIZED (
    SELECT held_epoch() AS epoch
), told AS (
    UPDATE outbox SET
        told_at = coalesce(told_at, now()),
        published_at = coalesce(published_at, CASE WHEN $4 THEN now() END)
    FROM reign WHERE outbox.id = $2 AND reign.epoch = $1 RETURNING outbox.id
), planned AS (
    SELECT told.id, endpoint FROM told, unnest($3::text[]) AS endpoint ORDER BY endpoint
), known AS (
    INSERT INTO webhook_endpoints (endpoint) SELECT endpoint FROM planned ON CONFLICT (endpoint) DO NOTHING
), due AS (
    INSERT INTO webhook_deliveries (event, endpoint) SELECT id, endpoint FROM planned ON CONFLICT (event, endpoint) DO NOTHING
)
SELECT epoch FROM reign
