INSERT INTO refunds (id, payment, intent_key, amount, accepted, state, refusal)
SELECT id, $2, intent_key, amount, accepted, state, refusal
FROM jsonb_populate_recordset(NULL::refunds, $1::text::jsonb -> 'refunds')
-- A refund that is there only moves on, and is not written when it does not.
ON CONFLICT (id) DO UPDATE SET state = excluded.state, refusal = excluded.refusal
WHERE (refunds.state, refunds.refusal) IS DISTINCT FROM (excluded.state, excluded.refusal)
