-- Writes nothing when the payment is there: of those who race for an id, one writes.
INSERT INTO payments
    (id, intent_key, account, amount, currency, token, description, metadata, accepted, version, state)
SELECT id, intent_key, account, amount, currency, token, description, metadata, accepted, version, state
FROM jsonb_populate_record(NULL::payments, $1::text::jsonb)
ON CONFLICT (id) DO NOTHING
