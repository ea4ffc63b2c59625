//! What is read of the books: pages of payments, balances, and the audit that a promoted ledger passes.

use std::collections::BTreeMap;

use payments::{
    AccountBalance, AccountId, BookFault, Currency, Page, PageRequest, PaymentRecord, Posting,
    Transfer, account_balance, audit_books, audit_records, balance,
};

use super::PgLedger;
use super::ledger::read_record;
use super::transaction::{Transaction, get};
use crate::error::StoreError;
use crate::stored::{StoredSum, StoredTransfer};

/// How many payments are audited at a time, so that an audit of any ledger fits into memory.
const AUDITED_TOGETHER: i64 = 1_000;

impl PgLedger {
    /// A page of an account's payments, newest first.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn payments(
        &self,
        account: AccountId,
        page: PageRequest,
    ) -> Result<Page<PaymentRecord>, StoreError> {
        let after = page.starting_after().map(|id| id.to_string());
        let limit = i64::try_from(page.rows()).unwrap_or(i64::MAX);
        let read = Transaction::begin(&self.pool, self.limits, "BEGIN READ ONLY").await?;
        let sql = include_str!("sql/page.sql");
        let rows = read.query(sql, &[&account.to_string(), &after, &limit]).await?;
        read.rollback().await;
        let records: Result<Vec<_>, StoreError> =
            rows.iter().map(|row| read_record(get(row, 0)?)).collect();
        Ok(page.page(records?))
    }

    /// What the merchant of an account has, in each currency that the books know it in.
    ///
    /// # Errors
    ///
    /// Those of the store, and [`StoreError::Malformed`] when a sum does not fit.
    pub async fn account_balance(
        &self,
        account: AccountId,
    ) -> Result<BTreeMap<Currency, AccountBalance>, StoreError> {
        let read = Transaction::begin(&self.pool, self.limits, "BEGIN READ ONLY").await?;
        let rows = read.query(include_str!("sql/sums.sql"), &[&account.to_string()]).await?;
        read.rollback().await;
        let sums: Result<Vec<Posting>, StoreError> = rows
            .iter()
            .map(|row| Ok(serde_json::from_str::<StoredSum>(get(row, 0)?)?.try_into()?))
            .collect();
        let balances = balance(&sums?).map_err(|_| crate::stored::Malformed::Field("amount"))?;
        Ok(account_balance(&balances, account))
    }

    /// Everything wrong in the books, and between them and the payments' records; empty when they are whole. Reads
    /// the whole ledger, as it was at one moment, and holds nobody up.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn audit(&self) -> Result<Vec<BookFault>, StoreError> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let mut read = Transaction::begin(&self.pool, self.limits, begin).await?;
        let (mut faults, mut after) = (Vec::new(), String::new());
        loop {
            // Each step has the time of a transaction, the whole as many as it needs.
            read.go_on();
            let sql = include_str!("sql/audit_payments.sql");
            let rows = read.query(sql, &[&after, &AUDITED_TOGETHER]).await?;
            let Some(last) = rows.last() else { break };
            let last: String = get(last, 0)?;
            let records: Result<Vec<_>, StoreError> =
                rows.iter().map(|row| read_record(get(row, 1)?)).collect();
            let postings = postings(&read, &after, &last).await?;
            faults.extend(audit_books(&postings));
            faults.extend(audit_records(&records?, &postings));
            after = last;
        }
        read.rollback().await;
        Ok(faults)
    }
}

async fn postings(read: &Transaction, after: &str, last: &str) -> Result<Vec<Posting>, StoreError> {
    let rows = read.query(include_str!("sql/audit_transfers.sql"), &[&after, &last]).await?;
    let mut postings = Vec::with_capacity(rows.len() * 2);
    for row in &rows {
        let stored: StoredTransfer = serde_json::from_str(get(row, 0)?)?;
        postings.extend(Transfer::try_from(stored)?.postings());
    }
    Ok(postings)
}
