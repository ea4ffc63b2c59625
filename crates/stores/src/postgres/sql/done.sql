-- Notes that nothing remains to be done about an event. One that is to be told again meanwhile stays.
WITH reign AS MATERIALIZED (
    SELECT held_epoch() AS epoch
), done AS (
    UPDATE outbox SET published_at = now()
    FROM reign WHERE outbox.id = $2 AND published_at IS NULL AND told_at IS NOT NULL AND reign.epoch = $1
)
SELECT epoch FROM reign
