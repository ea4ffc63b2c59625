-- Only the state moves: what was ordered stays what was ordered. Writes nothing when the version is another.
UPDATE payments SET version = new.version, state = new.state
FROM jsonb_to_record($1::text::jsonb) AS new (id text, version bigint, state text)
WHERE payments.id = new.id AND payments.version = $2
