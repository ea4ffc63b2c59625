-- Carries out those of the transactions $1, each of another payment, whose epoch is the ledger's and whose payment has
-- the version that they expect. One statement and its own transaction: all of what it writes is committed, or nothing.
-- Answers the ledger's epoch, and which were carried out.
WITH reign AS MATERIALIZED (
    -- Held until the end: whoever raises the epoch waits for those who write under the old one.
    SELECT held_epoch() AS epoch
), given AS (
    SELECT place, item #>> '{record,id}' AS id, (item ->> 'expects')::bigint AS expects,
        item -> 'record' AS record, item -> 'transfers' AS transfers, item -> 'events' AS events
    FROM jsonb_array_elements($1::text::jsonb) WITH ORDINALITY AS items (item, place), reign
    WHERE (item ->> 'epoch')::bigint = reign.epoch
), inserted AS (
    INSERT INTO payments
        (id, intent_key, account, amount, currency, token, description, metadata, accepted, version, state)
    SELECT new.id, intent_key, account, amount, currency, token, description, metadata, accepted, version, state
    FROM given, jsonb_populate_record(NULL::payments, record) AS new
    -- In the same order by everybody, so that of those who race for the same payments none waits for one who waits.
    WHERE expects IS NULL ORDER BY new.id
    ON CONFLICT (id) DO NOTHING RETURNING id
), updated AS (
    -- Only the state moves: what was ordered stays what was ordered.
    UPDATE payments SET version = new.version, state = new.state
    FROM given, jsonb_to_record(record) AS new (version bigint, state text)
    WHERE payments.id = given.id AND payments.version = expects
    RETURNING payments.id
), written AS MATERIALIZED (
    SELECT * FROM given WHERE id = ANY (ARRAY(SELECT id FROM inserted UNION ALL SELECT id FROM updated))
), refunded AS (
    INSERT INTO refunds (id, payment, intent_key, amount, accepted, state, refusal)
    SELECT new.id, written.id, new.intent_key, new.amount, new.accepted, new.state, new.refusal
    FROM written, jsonb_populate_recordset(NULL::refunds, record -> 'refunds') AS new
    -- A refund that is there only moves on, and is not written when it does not.
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, refusal = excluded.refusal
    WHERE (refunds.state, refunds.refusal) IS DISTINCT FROM (excluded.state, excluded.refusal)
), transferred AS (
    INSERT INTO transfers (movement, version, phase, payment, refund, debit, credit, amount, currency)
    SELECT coalesce(new.refund, new.payment), new.version, new.phase, new.payment, new.refund, new.debit, new.credit,
        new.amount, new.currency
    FROM written, jsonb_populate_recordset(NULL::transfers, transfers) AS new
), told AS MATERIALIZED (
    SELECT event, row_number() OVER (PARTITION BY event ->> 'account' ORDER BY written.place, listed.place) AS number,
        event ->> 'account' AS account
    FROM written, jsonb_array_elements(events) WITH ORDINALITY AS listed (event, place)
), counted AS (
    -- Numbers the events of an account without gaps. The account's row is locked from here to the end, which is next.
    INSERT INTO accounts (account, last_sequence) SELECT account, count(*) FROM told GROUP BY account ORDER BY account
    ON CONFLICT (account) DO UPDATE SET last_sequence = accounts.last_sequence + excluded.last_sequence
    RETURNING account, last_sequence
), numbered AS (
    SELECT event, number, last_sequence - max(number) OVER (PARTITION BY account) + number AS sequence
    FROM told JOIN counted USING (account)
), listed AS (
    INSERT INTO outbox (id, kind, account, account_sequence, payment, refund, amount, currency, epoch)
    SELECT new.id, new.kind, new.account, sequence, new.payment, new.refund, new.amount, new.currency, new.epoch
    FROM numbered, jsonb_populate_record(NULL::outbox, event) AS new ORDER BY number
)
SELECT epoch, ARRAY(SELECT id FROM written) FROM reign
