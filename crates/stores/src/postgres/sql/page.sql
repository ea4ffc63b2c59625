-- The page after the payment $2, or the first one: no id begins with a letter after `p`.
SELECT (to_jsonb(payments) || jsonb_build_object('refunds', coalesce(
    (SELECT jsonb_agg(to_jsonb(refunds)) FROM refunds WHERE refunds.payment = payments.id), '[]')))::text
FROM payments
WHERE account = $1 AND id < coalesce($2, 'q')
ORDER BY id DESC LIMIT $3
