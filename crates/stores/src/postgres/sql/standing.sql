-- Positions are bytes of the log. A writer's lags are those of the standby that is furthest behind.
SELECT
    NOT pg_is_in_recovery(),
    ((CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END)
        - '0/0'::pg_lsn)::bigint,
    CASE WHEN NOT pg_is_in_recovery() THEN
        (SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)) FROM pg_stat_replication
            WHERE state = 'streaming')::bigint
    END,
    trunc(CASE WHEN pg_is_in_recovery() THEN
        extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000
    ELSE
        (SELECT max(extract(epoch FROM coalesce(replay_lag, interval '0'))) * 1000 FROM pg_stat_replication
            WHERE state = 'streaming')
    END)::bigint
