-- Where the log stands, for whoever later looks into what a region lost; nothing where the server does not say, as
-- Aurora without logical replication does not. The epoch is raised all the same.

CREATE FUNCTION log_position() RETURNS pg_lsn LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN pg_current_wal_insert_lsn();
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;
