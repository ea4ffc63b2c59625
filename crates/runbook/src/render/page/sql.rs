//! What is asked of the ledger by hand.

use crate::action::ActionName;

/// The commands that ask the ledger for an action.
pub(super) fn typed(action: ActionName) -> &'static str {
    match action {
        ActionName::SnapshotEvidence => EVIDENCE,
        ActionName::DrainOutbox => OUTBOX,
        ActionName::RecordTail => TAIL,
        ActionName::VerifyDatabase => VERIFIED,
        ActionName::RaiseEpoch => RAISE,
        ActionName::HoldMissing => MISSING,
        ActionName::AskProcessor | ActionName::SettleMissing => QUARANTINE,
        _ => WRITER,
    }
}

const WRITER: &str = r#"
ledger {region} 'SELECT pg_is_in_recovery()'
ledger {region} 'SELECT epoch, region FROM dr_epoch'
"#;

const EVIDENCE: &str = r#"
ledger {region} 'SELECT count(*) AS payments, max(accepted) AS latest_ms FROM payments'
ledger {region} 'SELECT count(*) AS refunds FROM refunds'
"#;

const OUTBOX: &str = r#"
ledger {region} 'SELECT count(*) FROM outbox WHERE published_at IS NULL'
"#;

const TAIL: &str = r#"
ledger {region} 'SELECT log_position()'
ledger {region} 'SELECT (SELECT count(*) FROM payments) AS payments, (SELECT count(*) FROM refunds) AS refunds'
ledger {region} 'SELECT phase, currency, count(*), sum(amount) FROM transfers GROUP BY phase, currency ORDER BY 1, 2'
"#;

const VERIFIED: &str = r#"
ledger {region} 'SELECT pg_is_in_recovery(), log_position()'
ledger {region} 'SELECT (SELECT count(*) FROM payments) AS payments, (SELECT count(*) FROM refunds) AS refunds'
ledger {region} 'SELECT phase, currency, count(*), sum(amount) FROM transfers GROUP BY phase, currency ORDER BY 1, 2'
"#;

/// The statement of the store, which is `crates/stores/src/postgres/sql/raise_epoch.sql`.
const RAISE: &str = r#"
ledger {region} "WITH raised AS (
  UPDATE dr_epoch SET epoch = $EPOCH, region = '{region}', lsn = log_position(), at = now()
  WHERE epoch < $EPOCH RETURNING epoch, region, lsn, at)
  INSERT INTO dr_epoch_history (epoch, region, lsn, at) SELECT epoch, region, lsn, at FROM raised"
ledger {region} 'SELECT epoch, region FROM dr_epoch'
"#;

/// The keys that were accepted before the run and that the ledger has not.
const MISSING: &str = r#"
ledger {region} 'COPY (SELECT intent_key FROM payments UNION SELECT intent_key FROM refunds) TO STDOUT' |
  LC_ALL=C sort > ledger.txt
jq -r --argjson epoch "$EPOCH" '.[] | fromjson | select(.epoch < $epoch and .state != "refused") | .key' \
  intents.json | LC_ALL=C sort > intents.txt
LC_ALL=C comm -23 intents.txt ledger.txt
"#;

const QUARANTINE: &str = r#"
ledger {region} "SELECT id, state FROM payments WHERE state = 'quarantined'"
"#;
