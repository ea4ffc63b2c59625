-- One statement, so that payment and refunds are of one moment. A standby may be behind, and is told from the writer.
SELECT
    pg_is_in_recovery(),
    (SELECT (to_jsonb(payments) || jsonb_build_object('refunds', coalesce(
        (SELECT jsonb_agg(to_jsonb(refunds)) FROM refunds WHERE refunds.payment = payments.id), '[]')))::text
     FROM payments WHERE id = $1)
