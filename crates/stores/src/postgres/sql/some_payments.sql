SELECT (to_jsonb(payments) || jsonb_build_object('refunds', coalesce(
    (SELECT jsonb_agg(to_jsonb(refunds)) FROM refunds WHERE refunds.payment = payments.id), '[]')))::text
FROM payments WHERE id = ANY ($1)
