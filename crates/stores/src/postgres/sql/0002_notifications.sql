-- What was told of an event, and the callbacks that are still to be made.

-- When the event was published and its callbacks were planned; its row may stay open for longer than that.
ALTER TABLE outbox ADD COLUMN told_at timestamptz;

-- Endpoints that a callback was ever due to. Times are those of whoever called it, in milliseconds since 1970.
CREATE TABLE webhook_endpoints (
    endpoint text COLLATE "C" PRIMARY KEY,
    failing_since bigint,
    disabled_because text,
    disabled_at bigint,
    disabled_revision bigint,
    given_up bigint NOT NULL DEFAULT 0,
    CHECK (num_nulls(disabled_because, disabled_at, disabled_revision) IN (0, 3))
);

-- One row for each event and endpoint, kept when it has ended so that the same callback is not planned again.
CREATE TABLE webhook_deliveries (
    event text COLLATE "C" NOT NULL REFERENCES outbox (id),
    endpoint text COLLATE "C" NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    tries bigint NOT NULL DEFAULT 0,
    -- As in the outbox: names the lease, which lasts until the row is due again.
    claims bigint NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    ended_as text CHECK (ended_as IN ('delivered', 'given_up')),
    PRIMARY KEY (event, endpoint),
    CHECK ((ended_at IS NULL) = (ended_as IS NULL))
);
-- Small however long the history, and what is due is at its beginning: an endpoint that is down for days has many
-- callbacks that wait.
CREATE INDEX webhook_deliveries_open ON webhook_deliveries (endpoint, due_at) WHERE ended_at IS NULL;
