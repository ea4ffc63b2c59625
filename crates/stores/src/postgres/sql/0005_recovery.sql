-- What recovery asks of a ledger, so that it is answered without a walk through everything that ever was. By triggers, so
-- that programs of any version keep it. Writers wait while what there is already is looked through, once.

-- How many payments and refunds there are: the sum of all rows. One row for many writers would make them wait for each
-- other, so each adds to the row of its own connection.
CREATE TABLE movement_counts (
    place bigint PRIMARY KEY,
    movements bigint NOT NULL
) WITH (fillfactor = 50);

CREATE FUNCTION count_movements() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    more bigint := (SELECT count(*) FROM added);
BEGIN
    IF more > 0 THEN
        INSERT INTO movement_counts AS counted (place, movements) VALUES (pg_backend_pid() % 256, more)
        ON CONFLICT (place) DO UPDATE SET movements = counted.movements + excluded.movements;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER payments_are_counted AFTER INSERT ON payments
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_movements();
CREATE TRIGGER refunds_are_counted AFTER INSERT ON refunds
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_movements();
INSERT INTO movement_counts SELECT -1, (SELECT count(*) FROM payments) + (SELECT count(*) FROM refunds);

-- What failovers have held, and under which epoch; kept when it was settled. Without an epoch: held before this was noted.
CREATE TABLE held (
    movement text COLLATE "C" PRIMARY KEY,
    payment text COLLATE "C" NOT NULL,
    refund text COLLATE "C",
    epoch bigint
);
CREATE INDEX held_by_epoch ON held (epoch, movement);

CREATE FUNCTION note_held() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- Only a refund has a payment that it is of.
    payment text := to_jsonb(NEW) ->> 'payment';
BEGIN
    INSERT INTO held (movement, payment, refund, epoch)
    SELECT NEW.id, coalesce(payment, NEW.id), CASE WHEN payment IS NOT NULL THEN NEW.id END, epoch
    FROM dr_epoch WHERE only_row
    ON CONFLICT (movement) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER held_payments_are_noted AFTER INSERT OR UPDATE OF state ON payments
    FOR EACH ROW WHEN (NEW.state = 'quarantined') EXECUTE FUNCTION note_held();
CREATE TRIGGER held_refunds_are_noted AFTER INSERT OR UPDATE OF state ON refunds
    FOR EACH ROW WHEN (NEW.state = 'quarantined') EXECUTE FUNCTION note_held();
INSERT INTO held SELECT id, id, NULL, NULL FROM payments WHERE state = 'quarantined';
INSERT INTO held SELECT id, payment, id, NULL FROM refunds WHERE state = 'quarantined';

-- The latest payment that there was when an epoch began, but for those that a failover has held: whatever was committed
-- before it is there too.
ALTER TABLE dr_epoch_history ADD COLUMN latest_payment text;

CREATE FUNCTION latest_payment() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT id FROM payments WHERE NOT EXISTS (SELECT FROM held WHERE movement = payments.id) ORDER BY id DESC LIMIT 1
$$;
CREATE FUNCTION note_latest_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.latest_payment := latest_payment();
    RETURN NEW;
END $$;
CREATE TRIGGER latest_payment_is_noted BEFORE INSERT ON dr_epoch_history
    FOR EACH ROW EXECUTE FUNCTION note_latest_payment();
