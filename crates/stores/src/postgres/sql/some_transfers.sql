SELECT to_jsonb(transfers)::text FROM transfers WHERE payment = ANY ($1)
