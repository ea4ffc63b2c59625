-- The latest payment when the epoch $1 began, or the latest that there is while it has not begun.
SELECT CASE WHEN EXISTS (SELECT FROM dr_epoch_history WHERE epoch = $1)
    THEN (SELECT latest_payment FROM dr_epoch_history WHERE epoch = $1)
    ELSE latest_payment() END
