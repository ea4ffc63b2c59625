-- What was held under the epoch $1, and where it stands now: a page after the id $2.
SELECT movement, held.payment, refund, amount, currency, accepted, state FROM held CROSS JOIN LATERAL (
    SELECT amount, currency, accepted, state FROM payments WHERE id = held.payment AND held.refund IS NULL
    UNION ALL
    SELECT refunds.amount, currency, refunds.accepted, refunds.state
    FROM refunds JOIN payments ON payments.id = refunds.payment WHERE refunds.id = held.refund
) AS standing
WHERE epoch = $1 AND movement > $2 ORDER BY movement LIMIT $3
