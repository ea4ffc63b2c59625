INSERT INTO webhook_endpoints AS known
    (endpoint, failing_since, disabled_because, disabled_at, disabled_revision, given_up)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (endpoint) DO UPDATE SET
    failing_since = excluded.failing_since,
    disabled_because = excluded.disabled_because,
    disabled_at = excluded.disabled_at,
    disabled_revision = excluded.disabled_revision,
    given_up = known.given_up + excluded.given_up
