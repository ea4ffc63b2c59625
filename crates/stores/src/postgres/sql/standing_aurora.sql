-- Each cluster of the global one has a row; -1 instead of a lag is the primary's (Amazon Aurora User Guide,
-- "aurora_global_db_status"). There is one secondary, so that every other row is its. Without a global cluster, as after
-- a cluster was detached, there may be no rows, and only what takes writes is known.
WITH status AS (
    SELECT highest_lsn_written::bigint AS position, durability_lag_in_msec::bigint AS lag
    FROM aurora_global_db_status()
), ends AS (
    SELECT max(position) FILTER (WHERE lag = -1) AS writer, min(position) FILTER (WHERE lag >= 0) AS standby,
        max(lag) FILTER (WHERE lag >= 0) AS lag
    FROM status
)
SELECT
    NOT pg_is_in_recovery(),
    CASE WHEN pg_is_in_recovery() THEN standby ELSE writer END,
    CASE WHEN NOT pg_is_in_recovery() THEN writer - standby END,
    lag
FROM ends
