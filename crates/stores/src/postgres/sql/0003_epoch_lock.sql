-- Whoever writes keeps the epoch as it is until its transaction ends, and whoever changes the epoch waits for them. By a
-- lock that is given in turn: a lock of the row is shared by those who come later with those who have it, past whoever
-- waits to change it, who under constant traffic waits for good. It also writes nothing.
-- Both functions name the same lock: the letters of `dr_epoch`.

CREATE FUNCTION held_epoch() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7237952440420492136);
    -- A statement of its own, because the one that asks sees what there was before it was given the lock.
    RETURN (SELECT epoch FROM dr_epoch WHERE only_row);
END $$;

CREATE FUNCTION wait_for_those_who_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7237952440420492136);
    RETURN NULL;
END $$;
CREATE TRIGGER epoch_changes_between_writes BEFORE INSERT OR UPDATE OR DELETE ON dr_epoch
    FOR EACH STATEMENT EXECUTE FUNCTION wait_for_those_who_write();
