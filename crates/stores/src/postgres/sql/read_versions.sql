SELECT id, version FROM payments WHERE id = ANY ($1)
