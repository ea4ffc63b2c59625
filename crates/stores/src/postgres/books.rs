//! What is read of the books: pages of payments, balances, and the audit that a promoted ledger passes.

use std::collections::BTreeMap;

use payments::{
    AccountBalance, AccountId, BookFault, Books, Currency, Looked, Page, PageRequest, PaymentId,
    PaymentRecord, Posting, Transfer, Unavailable, account_balance, audit_books, audit_records,
    balance,
};
use tokio_postgres::Row;

use super::PgLedger;
use super::ledger::{Behind, read_record};
use super::transaction::{Parameters, Transaction, get, read};
use crate::error::StoreError;
use crate::stored::{Malformed, StoredSum, StoredTransfer};

/// How many payments are read at a time, so that an audit of any ledger fits into memory.
const READ_TOGETHER: i64 = 1_000;

impl Books for PgLedger {
    async fn payment(&self, payment: PaymentId) -> Looked<PaymentRecord> {
        match self.find(payment).await {
            Ok((Some(record), _)) => Looked::Found(record),
            Ok((None, Behind::No)) => Looked::Absent,
            Ok((None, Behind::Perhaps)) => Looked::NotHere,
            Err(_) => Looked::Unavailable,
        }
    }

    async fn payments(
        &self,
        account: AccountId,
        page: PageRequest,
    ) -> Result<Page<PaymentRecord>, Unavailable> {
        self.page(account, page).await.map_err(|_| Unavailable)
    }

    async fn balance(
        &self,
        account: AccountId,
    ) -> Result<BTreeMap<Currency, AccountBalance>, Unavailable> {
        self.sums(account).await.map_err(|_| Unavailable)
    }
}

impl PgLedger {
    async fn page(
        &self,
        account: AccountId,
        page: PageRequest,
    ) -> Result<Page<PaymentRecord>, StoreError> {
        let after = page.starting_after().map(|id| id.to_string());
        let limit = i64::try_from(page.rows()).unwrap_or(i64::MAX);
        let parameters: Parameters<'_> = &[&account.to_string(), &after, &limit];
        let sql = include_str!("sql/page.sql");
        let rows = read(&self.pool, self.limits, sql, parameters).await?;
        let records: Result<Vec<_>, StoreError> =
            rows.iter().map(|row| read_record(get(row, 0)?)).collect();
        Ok(page.page(records?))
    }

    async fn sums(
        &self,
        account: AccountId,
    ) -> Result<BTreeMap<Currency, AccountBalance>, StoreError> {
        let sql = include_str!("sql/sums.sql");
        let rows = read(&self.pool, self.limits, sql, &[&account.to_string()]).await?;
        let sums: Result<Vec<Posting>, StoreError> = rows
            .iter()
            .map(|row| Ok(serde_json::from_str::<StoredSum>(get(row, 0)?)?.try_into()?))
            .collect();
        let balances = balance(&sums?).map_err(|_| Malformed::Field("amount"))?;
        Ok(account_balance(&balances, account))
    }

    /// Everything wrong in the books, and between them and the payments' records; empty when they are whole. Reads
    /// the whole ledger, as it was at one moment, and holds nobody up.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn audit(&self) -> Result<Vec<BookFault>, StoreError> {
        let mut faults = Vec::new();
        self.walk(|records, postings| {
            faults.extend(audit_books(&postings));
            faults.extend(audit_records(&records, &postings));
        })
        .await?;
        Ok(faults)
    }

    /// Every payment's record in the order of their ids, and every posting in the books, as they were at one moment.
    /// For ledgers that fit into memory: what a drill compares, and what an old writer has that the new one has not.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn everything(&self) -> Result<(Vec<PaymentRecord>, Vec<Posting>), StoreError> {
        let (mut records, mut postings) = (Vec::new(), Vec::new());
        self.walk(|next, theirs| {
            records.extend(next);
            postings.extend(theirs);
        })
        .await?;
        Ok((records, postings))
    }

    /// Shows all payments with their postings, some at a time, as they were at one moment. Holds nobody up.
    ///
    /// # Errors
    ///
    /// Those of the store; what was shown before is then not all.
    pub async fn walk(
        &self,
        mut show: impl FnMut(Vec<PaymentRecord>, Vec<Posting>),
    ) -> Result<(), StoreError> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let mut open = Transaction::begin(&self.pool, self.limits, begin).await?;
        walk_from(&mut open, String::new(), &mut show).await?;
        open.rollback().await;
        Ok(())
    }
}

/// Shows the payments after this id; how many there were.
pub(super) async fn walk_from(
    open: &mut Transaction,
    mut after: String,
    mut show: impl FnMut(Vec<PaymentRecord>, Vec<Posting>),
) -> Result<u64, StoreError> {
    let mut shown = 0;
    loop {
        // Each step has the time of a transaction, the whole as many as it needs.
        open.go_on();
        let rows =
            open.query(include_str!("sql/audit_payments.sql"), &[&after, &READ_TOGETHER]).await?;
        let Some(last) = rows.last() else { return Ok(shown) };
        let last: String = get(last, 0)?;
        let records: Result<Vec<_>, StoreError> =
            rows.iter().map(|row| read_record(get(row, 1)?)).collect();
        let sql = include_str!("sql/audit_transfers.sql");
        let postings = read_postings(&open.query(sql, &[&after, &last]).await?)?;
        show(records?, postings);
        shown += rows.len() as u64;
        after = last;
    }
}

/// Both halves of each transfer.
pub(super) fn read_postings(rows: &[Row]) -> Result<Vec<Posting>, StoreError> {
    let mut postings = Vec::with_capacity(rows.len() * 2);
    for row in rows {
        let stored: StoredTransfer = serde_json::from_str(get(row, 0)?)?;
        postings.extend(Transfer::try_from(stored)?.postings());
    }
    Ok(postings)
}
