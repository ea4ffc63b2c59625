-- Those of the payments $1 and of the refunds $2 that the ledger has.
SELECT id, NULL::text FROM payments WHERE id = ANY ($1)
UNION ALL
SELECT payment, id FROM refunds WHERE id = ANY ($2)
