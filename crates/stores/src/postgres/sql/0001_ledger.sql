-- The ledger. Texts that are ids, names of states and of books are compared byte by byte, so that ids sort as the
-- core sorts them, whatever the locale of the server.

-- One row: the reign that writes are accepted under. Epoch 0 accepts none.
CREATE TABLE dr_epoch (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch bigint NOT NULL CHECK (epoch >= 0),
    region text NOT NULL,
    lsn pg_lsn,
    at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO dr_epoch (epoch, region) VALUES (0, '');

-- Every reign that there was.
CREATE TABLE dr_epoch_history (
    epoch bigint PRIMARY KEY,
    region text NOT NULL,
    lsn pg_lsn,
    at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE payments (
    id text COLLATE "C" PRIMARY KEY,
    intent_key text COLLATE "C" NOT NULL UNIQUE,
    account text COLLATE "C" NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    currency text COLLATE "C" NOT NULL,
    token text NOT NULL,
    description text,
    metadata jsonb NOT NULL,
    accepted bigint NOT NULL,
    version bigint NOT NULL,
    state text NOT NULL
);
-- Serves the pages of an account's payments, newest first.
CREATE INDEX payments_by_account ON payments (account, id);

CREATE TABLE refunds (
    id text COLLATE "C" PRIMARY KEY,
    payment text COLLATE "C" NOT NULL REFERENCES payments (id),
    intent_key text COLLATE "C" NOT NULL UNIQUE,
    amount bigint NOT NULL CHECK (amount > 0),
    accepted bigint NOT NULL,
    state text,
    refusal text,
    CHECK ((state IS NULL) <> (refusal IS NULL))
);
CREATE INDEX refunds_by_payment ON refunds (payment);

-- Double entry. One row has both halves, so that debits are credits in every row; what is wrong is put right by
-- another row. A movement has one transfer of a phase in a version of its payment's record.
CREATE TABLE transfers (
    movement text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    phase text NOT NULL CHECK (phase IN ('pending', 'posted', 'voided', 'corrected')),
    payment text COLLATE "C" NOT NULL REFERENCES payments (id),
    refund text COLLATE "C",
    debit text COLLATE "C" NOT NULL,
    credit text COLLATE "C" NOT NULL CHECK (credit <> debit),
    amount bigint NOT NULL CHECK (amount > 0),
    currency text COLLATE "C" NOT NULL,
    PRIMARY KEY (movement, version, phase)
);
CREATE INDEX transfers_by_payment ON transfers (payment);
-- Both serve balances: one book, from either side, without a look at the rows.
CREATE INDEX transfers_by_debit ON transfers (debit, currency, phase) INCLUDE (amount, payment);
CREATE INDEX transfers_by_credit ON transfers (credit, currency, phase) INCLUDE (amount, payment);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$;
CREATE TRIGGER transfers_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON transfers
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- How many events each account has had.
CREATE TABLE accounts (
    account text COLLATE "C" PRIMARY KEY,
    last_sequence bigint NOT NULL
);

CREATE TABLE outbox (
    id text COLLATE "C" PRIMARY KEY,
    position bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    account text COLLATE "C" NOT NULL,
    account_sequence bigint NOT NULL,
    payment text COLLATE "C" NOT NULL,
    refund text COLLATE "C",
    amount bigint NOT NULL,
    currency text COLLATE "C" NOT NULL,
    epoch bigint NOT NULL,
    -- Whoever claims a row raises `claims` and puts `due_at` off by the lease, so that a claim that has run out is
    -- known by its number.
    claims bigint NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    UNIQUE (account, account_sequence)
);
-- Small however long the history: only what is still to be told.
CREATE INDEX outbox_open ON outbox (position) WHERE published_at IS NULL;
