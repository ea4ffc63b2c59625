INSERT INTO transfers (movement, version, phase, payment, refund, debit, credit, amount, currency)
SELECT coalesce(refund, payment), version, phase, payment, refund, debit, credit, amount, currency
FROM jsonb_populate_recordset(NULL::transfers, $1::text::jsonb)
