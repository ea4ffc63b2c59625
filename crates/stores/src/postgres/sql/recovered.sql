-- What this ledger lacked when epoch $1 began, a page after the id $2: accepted under an earlier epoch, and either held, or
-- first told of under epoch $1. Whatever the Region that was left had written down, and what was promoted has, was told
-- of under its own epoch.
WITH told AS (
    SELECT payment, refund FROM outbox WHERE epoch = $1 AND kind IN ('payment.posted', 'refund.posted')
)
SELECT id, payment, refund, amount, currency, accepted, state FROM (
    SELECT id, id AS payment, NULL::text AS refund, amount, currency, accepted, state
    FROM payments WHERE state = 'quarantined' OR id IN (SELECT payment FROM told WHERE refund IS NULL)
    UNION ALL
    SELECT refunds.id, payment, refunds.id, refunds.amount, currency, refunds.accepted, refunds.state
    FROM refunds JOIN payments ON payments.id = payment
    WHERE refunds.state = 'quarantined' OR refunds.id IN (SELECT refund FROM told WHERE refund IS NOT NULL)
) AS movements
WHERE accepted < $1 AND id > $2 ORDER BY id LIMIT $3
