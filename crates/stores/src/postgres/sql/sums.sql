-- One row for each currency, side and phase of the account's book.
SELECT jsonb_build_object('book', $1::text, 'is_debit', is_debit, 'payment', payment,
    'phase', phase, 'amount', amount, 'currency', currency)::text
FROM (
    SELECT true AS is_debit, min(payment) AS payment, phase, sum(amount) AS amount, currency
    FROM transfers WHERE debit = $1 GROUP BY currency, phase
    UNION ALL
    SELECT false, min(payment), phase, sum(amount), currency
    FROM transfers WHERE credit = $1 GROUP BY currency, phase
) AS sums
