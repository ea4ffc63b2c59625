-- The payment before the latest $1.
SELECT id FROM payments ORDER BY id DESC OFFSET $1 LIMIT 1
