-- The next payments in the order of their ids.
SELECT id, (to_jsonb(payments) || jsonb_build_object('refunds', coalesce(
    (SELECT jsonb_agg(to_jsonb(refunds)) FROM refunds WHERE refunds.payment = payments.id), '[]')))::text
FROM payments WHERE id > $1 ORDER BY id LIMIT $2
