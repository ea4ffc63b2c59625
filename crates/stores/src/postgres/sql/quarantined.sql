-- What is held now, with the names of the intents, some after one movement. What was ever held is looked at, which is what
-- failovers lost, not what there is.
SELECT movement, payment, refund, intent_key FROM held CROSS JOIN LATERAL (
    SELECT intent_key, state FROM payments WHERE id = held.payment AND held.refund IS NULL
    UNION ALL
    SELECT intent_key, state FROM refunds WHERE id = held.refund
) AS standing
WHERE standing.state = 'quarantined' AND movement > $1 ORDER BY movement LIMIT $2
