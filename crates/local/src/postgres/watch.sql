-- What a ledger has committed, for the judge of a drill: written in the transactions themselves, so that it is there
-- exactly when they are, on every server that has them.

CREATE TABLE watched_commits (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction bigint NOT NULL,
    at_us bigint NOT NULL,
    row_epoch bigint NOT NULL,
    payment text COLLATE "C" NOT NULL,
    refund text COLLATE "C",
    state text
);

-- The epoch that a transaction carries is in its events, and nowhere else. One that has none tells none.
CREATE TABLE watched_events (
    transaction bigint NOT NULL,
    payment text COLLATE "C" NOT NULL,
    epoch bigint NOT NULL,
    PRIMARY KEY (transaction, payment, epoch)
);

CREATE FUNCTION watch(payment text, refund text, state text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO watched_commits (transaction, at_us, row_epoch, payment, refund, state)
    SELECT pg_current_xact_id()::text::bigint, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, epoch,
        $1, $2, $3
    FROM dr_epoch WHERE only_row
$$;

CREATE FUNCTION watch_payment() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM watch(NEW.id, NULL, NEW.state); RETURN NULL; END $$;
CREATE FUNCTION watch_refund() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM watch(NEW.payment, NEW.id, NEW.state); RETURN NULL; END $$;
CREATE FUNCTION watch_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO watched_events VALUES (pg_current_xact_id()::text::bigint, NEW.payment, NEW.epoch)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER payments_are_watched AFTER INSERT ON payments
    FOR EACH ROW EXECUTE FUNCTION watch_payment();
-- A payment is written as well when only a refund of it moves.
CREATE TRIGGER payments_that_move_are_watched AFTER UPDATE ON payments
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION watch_payment();
CREATE TRIGGER refunds_are_watched AFTER INSERT OR UPDATE ON refunds
    FOR EACH ROW EXECUTE FUNCTION watch_refund();
CREATE TRIGGER events_are_watched AFTER INSERT ON outbox
    FOR EACH ROW EXECUTE FUNCTION watch_event();
