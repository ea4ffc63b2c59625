SELECT (to_jsonb(payments) || jsonb_build_object('refunds', coalesce(
    (SELECT jsonb_agg(to_jsonb(refunds)) FROM refunds WHERE refunds.payment = payments.id), '[]')))::text
FROM payments
WHERE account = $1 AND ($2::text IS NULL OR id < $2)
ORDER BY id DESC LIMIT $3
