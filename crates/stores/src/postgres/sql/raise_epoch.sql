-- Waits for every transaction that holds the old epoch, and makes those that come later wait and compare with the new
-- one.
WITH raised AS (
    UPDATE dr_epoch SET epoch = $1, region = $2, lsn = log_position(), at = now()
    WHERE epoch < $1 RETURNING epoch, region, lsn, at
)
INSERT INTO dr_epoch_history (epoch, region, lsn, at) SELECT epoch, region, lsn, at FROM raised
