SELECT endpoint, failing_since, disabled_because, disabled_at, disabled_revision, 0::bigint, given_up
FROM webhook_endpoints WHERE endpoint = $1
