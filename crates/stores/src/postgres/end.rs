//! The end of a ledger: how much it has, and whether its latest books are whole. What is read does not grow with what there
//! is.

use payments::{BookFault, PaymentRecord, Posting, audit_books, audit_records};

use super::PgLedger;
use super::books::{read_postings, walk_from};
use super::ledger::read_record;
use super::transaction::{Transaction, get};
use crate::error::StoreError;

/// How many of the latest payments are audited, and how many of the events that wait to be told are followed to theirs: more
/// than are taken in the time that a standby may be behind.
const LATEST_MAX: i64 = 2_000;

/// Whether the tables are those of a version that counts as it writes.
const COUNTS: &str = "SELECT to_regclass('movement_counts') IS NOT NULL";
const COUNTED: &str = "SELECT sum(movements)::bigint FROM movement_counts";
const COUNT: &str = "SELECT (SELECT count(*) FROM payments) + (SELECT count(*) FROM refunds)";

/// What the end of a ledger says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct End {
    /// How many payments and refunds there are in the whole ledger, refused refunds too.
    pub movements: u64,
    /// How many payments were audited: all of a small ledger; of any other the latest, and those that still have something
    /// to be told.
    pub audited: u64,
    /// Everything wrong in the books of those, and between them and their records.
    pub faults: Vec<BookFault>,
}

impl PgLedger {
    /// The end of the ledger, as it was at one moment. Holds nobody up.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn end(&self) -> Result<End, StoreError> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let mut open = Transaction::begin(&self.pool, self.limits, begin).await?;
        let movements = count(&open).await?;
        let mut faults = Vec::new();
        let mut audit = |records: Vec<PaymentRecord>, postings: Vec<Posting>| {
            faults.extend(audit_books(&postings));
            faults.extend(audit_records(&records, &postings));
        };
        let rows = open.query(include_str!("sql/end_begins.sql"), &[&LATEST_MAX]).await?;
        let before: String = rows.first().map_or(Ok(String::new()), |row| get(row, 0))?;
        let latest = walk_from(&mut open, before.clone(), &mut audit).await?;
        let waiting = waiting(&mut open, &before, &mut audit).await?;
        open.rollback().await;
        Ok(End { movements, audited: latest + waiting, faults })
    }
}

/// Shows the payments up to this id that still have something to be told; how many there were.
async fn waiting(
    open: &mut Transaction,
    before: &str,
    mut show: impl FnMut(Vec<PaymentRecord>, Vec<Posting>),
) -> Result<u64, StoreError> {
    open.go_on();
    let rows = open.query(include_str!("sql/end_waiting.sql"), &[&before, &LATEST_MAX]).await?;
    let ids: Vec<String> = rows.iter().map(|row| get(row, 0)).collect::<Result<_, _>>()?;
    let rows = open.query(include_str!("sql/some_payments.sql"), &[&ids]).await?;
    let records: Result<Vec<_>, StoreError> =
        rows.iter().map(|row| read_record(get(row, 0)?)).collect();
    let rows = open.query(include_str!("sql/some_transfers.sql"), &[&ids]).await?;
    show(records?, read_postings(&rows)?);
    Ok(ids.len() as u64)
}

async fn count(open: &Transaction) -> Result<u64, StoreError> {
    let rows = open.query(COUNTS, &[]).await?;
    let counts = rows.first().map_or(Ok(false), |row| get(row, 0))?;
    let rows = open.query(if counts { COUNTED } else { COUNT }, &[]).await?;
    let row = rows.first().ok_or_else(|| StoreError::unavailable("no row was answered"))?;
    Ok(get::<i64>(row, 0)?.unsigned_abs())
}
