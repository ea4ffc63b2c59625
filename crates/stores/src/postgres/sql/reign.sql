-- Held until the transaction ends: whoever raises the epoch waits for those who write under the old one.
SELECT epoch FROM dr_epoch FOR SHARE
