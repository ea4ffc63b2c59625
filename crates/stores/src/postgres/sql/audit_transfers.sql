-- The transfers of the payments from after one id up to another.
SELECT to_jsonb(transfers)::text FROM transfers WHERE payment > $1 AND payment <= $2
