-- The payments up to $1 with the latest $2 of the events that wait to be told.
SELECT DISTINCT payment FROM (
    SELECT payment FROM outbox WHERE published_at IS NULL ORDER BY position DESC LIMIT $2
) AS waiting WHERE payment <= $1
