//! What is read of the ledger: pages of payments, balances, and whether the books are whole.
//!
//! Balances are sums that every transaction keeps, and pages go along an index, so that neither grows with what there
//! is; only the audit reads everything.

use std::collections::BTreeMap;

use payments::{
    AccountBalance, AccountId, Balance, Balances, Book, BookFault, Books, Currency, Looked, Page,
    PageRequest, PaymentId, PaymentRecord, Posting, Transaction, Transfer, Unavailable,
    account_balance, audit_books, audit_records, balance,
};
use redb::{ReadTransaction, ReadableTable as _, TableDefinition, WriteTransaction};

use super::file::make_table;
use super::{EmbeddedStore, ledger};
use crate::error::StoreError;
use crate::stored::{Malformed, book, book_name, currency};

/// Each payment, by account and then by id, which begins with its time.
const PAYMENTS: TableDefinition<'_, (&str, &str), ()> = TableDefinition::new("account_payments");
/// Pending debits and credits, then posted debits and credits, by book and currency.
const SUMS: TableDefinition<'_, (&str, &str), Sums> = TableDefinition::new("sums");
type Sums = (i128, i128, i128, i128);

/// Comes after every id and every code.
const LAST: &str = "~";

pub(super) fn make_tables(open: &WriteTransaction) -> Result<(), StoreError> {
    make_table(open, PAYMENTS)?;
    make_table(open, SUMS)
}

impl Books for EmbeddedStore {
    async fn payment(&self, payment: PaymentId) -> Looked<PaymentRecord> {
        match self.look(move |open| ledger::record(open, &payment.to_string())).await {
            Ok(Some(record)) => Looked::Found(record),
            Ok(None) => Looked::Absent,
            Err(_) => Looked::Unavailable,
        }
    }

    async fn payments(
        &self,
        account: AccountId,
        page: PageRequest,
    ) -> Result<Page<PaymentRecord>, Unavailable> {
        let rows = self.look(move |open| rows(open, account, page)).await;
        rows.map(|rows| page.page(rows)).map_err(|_| Unavailable)
    }

    async fn balance(
        &self,
        account: AccountId,
    ) -> Result<BTreeMap<Currency, AccountBalance>, Unavailable> {
        let sums = self.look(move |open| sums(open, Some(Book::Merchant(account)))).await;
        sums.map(|sums| account_balance(&sums, account)).map_err(|_| Unavailable)
    }
}

impl EmbeddedStore {
    /// Everything wrong in the books, and between them and the payments' records; empty when they are whole.
    ///
    /// # Errors
    ///
    /// Those of the store, and [`StoreError::Damaged`] when the balances are not those of the books.
    pub async fn audit(&self) -> Result<Vec<BookFault>, StoreError> {
        self.look_long(|open| {
            let postings: Vec<Posting> =
                ledger::transfers(open)?.iter().flat_map(Transfer::postings).collect();
            if added_up(&postings)? != sums(open, None)? {
                return Err(StoreError::Damaged("the balances are not those of the books".into()));
            }
            let mut faults = audit_books(&postings);
            faults.extend(audit_records(&ledger::records(open)?, &postings));
            Ok(faults)
        })
        .await
    }
}

/// The payments of a page, newest first, and one more if there is one.
fn rows(
    open: &ReadTransaction,
    account: AccountId,
    page: PageRequest,
) -> Result<Vec<PaymentRecord>, StoreError> {
    let account = account.to_string();
    let table = open.open_table(PAYMENTS)?;
    let before = page.starting_after().map_or(LAST.to_owned(), |after| after.to_string());
    let found = table.range((account.as_str(), "")..(account.as_str(), before.as_str()))?;
    let found = found.rev().take(page.rows()).map(|row| {
        let row = row?;
        let (_, payment) = row.0.value();
        let record = ledger::record(open, payment)?;
        record.ok_or_else(|| StoreError::Damaged("a payment has no record".into()))
    });
    found.collect()
}

/// Adds what a transaction moves to the sums, and a new payment to the index.
pub(super) fn post(open: &WriteTransaction, transaction: &Transaction) -> Result<(), StoreError> {
    let record = &transaction.record;
    if transaction.expects.is_none() {
        let (account, payment) = (record.order.account().to_string(), record.id.to_string());
        open.open_table(PAYMENTS)?.insert((account.as_str(), payment.as_str()), ())?;
    }
    let postings: Vec<_> = transaction.transfers.iter().flat_map(Transfer::postings).collect();
    let mut table = open.open_table(SUMS)?;
    for ((book, currency), more) in added_up(&postings)? {
        let name = book_name(book);
        let key = (name.as_str(), currency.code());
        let sum = table.get(key)?.map_or((0, 0, 0, 0), |row| row.value());
        let sum = plus(sum, &more).ok_or(Malformed::Field("amount"))?;
        table.insert(key, sum)?;
    }
    Ok(())
}

fn added_up(postings: &[Posting]) -> Result<Balances, StoreError> {
    Ok(balance(postings).map_err(|_| Malformed::Field("amount"))?)
}

/// Nothing when a sum does not fit.
fn plus(sum: Sums, more: &Balance) -> Option<Sums> {
    Some((
        sum.0.checked_add(more.pending_debits)?,
        sum.1.checked_add(more.pending_credits)?,
        sum.2.checked_add(more.posted_debits)?,
        sum.3.checked_add(more.posted_credits)?,
    ))
}

/// The sums of one book, or of all.
fn sums(open: &ReadTransaction, only: Option<Book>) -> Result<Balances, StoreError> {
    let table = open.open_table(SUMS)?;
    let rows = match only.map(book_name) {
        None => table.iter()?,
        Some(name) => table.range((name.as_str(), "")..=(name.as_str(), LAST))?,
    };
    let sums = rows.map(|row| {
        let (key, value) = row?;
        let (name, code) = key.value();
        let (pending_debits, pending_credits, posted_debits, posted_credits) = value.value();
        let balance = Balance { pending_debits, pending_credits, posted_debits, posted_credits };
        Ok(((book(name)?, currency(code)?), balance))
    });
    sums.collect()
}
