-- Numbers the events of an account without gaps. The account's row is locked from here to the commit, which comes
-- next.
WITH counted AS (
    INSERT INTO accounts (account, last_sequence) VALUES ($2, jsonb_array_length($1::text::jsonb))
    ON CONFLICT (account) DO UPDATE SET last_sequence = accounts.last_sequence + excluded.last_sequence
    RETURNING last_sequence - jsonb_array_length($1::text::jsonb) AS before
), numbered AS (
    SELECT event, place FROM jsonb_array_elements($1::text::jsonb) WITH ORDINALITY AS events (event, place)
)
INSERT INTO outbox (id, kind, account, account_sequence, payment, refund, amount, currency, epoch)
SELECT new.id, new.kind, new.account, counted.before + place, new.payment, new.refund, new.amount, new.currency, new.epoch
FROM counted, numbered, jsonb_populate_record(NULL::outbox, event) AS new
ORDER BY place
