-- Claims the callbacks that are due the longest, under the epoch $1, of the endpoints $2 that are not disabled at their
-- revisions $3. Where several have some, none gets more than a quarter, so that one that does not answer leaves room for
-- the others. A state counts as many as wait only as far as they are claimed here.
WITH reign AS MATERIALIZED (
    SELECT held_epoch() AS epoch
), asked AS (
    SELECT asked.endpoint FROM unnest($2::text[], $3::bigint[]) AS asked (endpoint, revision)
    LEFT JOIN webhook_endpoints AS known USING (endpoint)
    WHERE (known.disabled_revision IS NULL OR known.disabled_revision < asked.revision)
        AND (SELECT epoch FROM reign) = $1
), share AS MATERIALIZED (
    SELECT CASE WHEN count(*) > 1 THEN ($4::bigint + 3) / 4 ELSE $4 END AS most FROM asked WHERE EXISTS (
        SELECT FROM webhook_deliveries
        WHERE endpoint = asked.endpoint AND ended_at IS NULL AND due_at <= now()
    )
), due AS (
    SELECT waiting.event, waiting.endpoint FROM asked CROSS JOIN LATERAL (
        SELECT event, endpoint, due_at, position FROM webhook_deliveries
        WHERE endpoint = asked.endpoint AND ended_at IS NULL AND due_at <= now()
        ORDER BY due_at LIMIT (SELECT most FROM share) FOR UPDATE SKIP LOCKED
    ) AS waiting ORDER BY waiting.due_at, waiting.position LIMIT $4
), claimed AS (
    UPDATE webhook_deliveries AS taken SET claims = claims + 1, due_at = now() + $5 * interval '1 millisecond'
    FROM due WHERE taken.event = due.event AND taken.endpoint = due.endpoint
    RETURNING taken.*
)
SELECT reign.epoch,
    to_jsonb(outbox)::text, claimed.tries, claimed.claims,
    known.endpoint, known.failing_since, known.disabled_because, known.disabled_at, known.disabled_revision,
    count(*) OVER (PARTITION BY known.endpoint), known.given_up
FROM reign LEFT JOIN (
    claimed JOIN outbox ON outbox.id = claimed.event JOIN webhook_endpoints AS known ON known.endpoint = claimed.endpoint
) ON true ORDER BY claimed.position
