SELECT version FROM payments WHERE id = $1
