-- Notes when an event was told last before the epoch $1 began, once: what is told again is not to move it.
WITH reign AS MATERIALIZED (
    SELECT held_epoch() AS epoch
), noted AS (
    UPDATE dr_epoch_history AS began SET
        told_until = coalesce((SELECT max(told_at) FROM outbox WHERE told_at < began.at), began.at)
    FROM reign WHERE began.epoch = $1 AND began.epoch = reign.epoch AND began.told_until IS NULL
)
SELECT epoch FROM reign
