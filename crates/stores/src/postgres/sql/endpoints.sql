SELECT endpoint, failing_since, disabled_because, disabled_at, disabled_revision,
    (SELECT count(*) FROM webhook_deliveries AS waiting
     WHERE waiting.endpoint = known.endpoint AND waiting.ended_at IS NULL),
    given_up
FROM webhook_endpoints AS known
