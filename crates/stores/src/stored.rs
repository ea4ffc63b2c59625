//! How values of the core are written down, and read back with every doubt a fault: shapes that are this crate's own.
//!
//! The names of the fields are those of the columns in PostgreSQL. A field that a newer version adds is passed over by
//! an older one, and has a default for rows that lack it.

mod book;
mod control;
mod event;
mod intent;
mod record;
mod row;
mod transaction;

use fence::Contradiction;
use payments::{Amount, Book, Currency, Epoch, Money, MovementId, PaymentId, RefundId, ScopedKey};

pub(crate) use self::book::{StoredSum, StoredTransfer};
pub(crate) use self::control::{StoredControl, StoredLease};
pub(crate) use self::event::StoredEvent;
pub(crate) use self::intent::StoredIntent;
pub(crate) use self::record::StoredRecord;
pub(crate) use self::row::{StoredDelivery, StoredEndpoint, StoredRow};
pub(crate) use self::transaction::StoredTransaction;

/// What is stored cannot be what this program wrote. Says where, never what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// This field holds what was never written there.
    #[error("what is stored as `{0}` makes no sense")]
    Field(&'static str),
    /// No order leads to this control record.
    #[error("the stored control record contradicts itself")]
    Record(#[source] Contradiction),
    /// A newer program wrote it, and changed what fields mean.
    #[error("it is stored in format {found}, this program knows those up to {known}")]
    Newer {
        /// The format found.
        found: u64,
        /// The latest that this program knows.
        known: u64,
    },
}

impl From<serde_json::Error> for Malformed {
    fn from(_: serde_json::Error) -> Self {
        Self::Field("JSON")
    }
}

/// Writes a shape of this module down.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("texts, numbers and maps with text keys are JSON")
}

/// What is found, or the name of the field that makes no sense.
fn found<T>(value: Option<T>, field: &'static str) -> Result<T, Malformed> {
    value.ok_or(Malformed::Field(field))
}

pub(crate) fn money(amount: i64, currency: &str) -> Result<Money, Malformed> {
    let amount = found(Amount::new(amount), "amount")?;
    Ok(Money::new(amount, self::currency(currency)?))
}

pub(crate) fn currency(code: &str) -> Result<Currency, Malformed> {
    found(Currency::find(code), "currency")
}

pub(crate) fn payment(text: &str) -> Result<PaymentId, Malformed> {
    found(PaymentId::parse(text), "payment")
}

pub(crate) fn movement(payment_id: &str, refund: Option<&str>) -> Result<MovementId, Malformed> {
    let payment = payment(payment_id)?;
    Ok(match refund {
        None => MovementId::Payment(payment),
        Some(refund) => MovementId::Refund(payment, found(RefundId::parse(refund), "refund")?),
    })
}

/// The payment and the refund of a movement, as two fields.
fn movement_fields(movement: MovementId) -> (String, Option<String>) {
    let refund = match movement {
        MovementId::Payment(_) => None,
        MovementId::Refund(_, refund) => Some(refund.to_string()),
    };
    (movement.payment().to_string(), refund)
}

const CLEARING: &str = "clearing";

pub(crate) fn book_name(book: Book) -> String {
    match book {
        Book::Clearing => CLEARING.to_owned(),
        Book::Merchant(account) => account.to_string(),
    }
}

pub(crate) fn book(name: &str) -> Result<Book, Malformed> {
    match name {
        CLEARING => Ok(Book::Clearing),
        account => found(payments::AccountId::parse(account), "book").map(Book::Merchant),
    }
}

pub(crate) fn key(letters: &str) -> Result<ScopedKey, Malformed> {
    digest(letters).map(ScopedKey::from_bytes)
}

/// The digest written as 64 letters from `a` to `p`, as the core writes digests.
fn digest(letters: &str) -> Result<[u8; 32], Malformed> {
    let mut bytes = [0; 32];
    if letters.len() != 64 || !letters.bytes().all(|letter| (b'a'..=b'p').contains(&letter)) {
        return Err(Malformed::Field("digest"));
    }
    for (byte, pair) in bytes.iter_mut().zip(letters.as_bytes().chunks(2)) {
        *byte = (pair[0] - b'a') << 4 | (pair[1] - b'a');
    }
    Ok(bytes)
}

fn epoch(number: u64) -> Epoch {
    Epoch::new(number)
}
