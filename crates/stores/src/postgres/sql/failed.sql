-- Only for the claim that failed: a later one has its own lease.
UPDATE outbox SET due_at = now() + $3 * interval '1 millisecond'
WHERE id = $1 AND claims = $2 AND published_at IS NULL
