//! Transfers, and sums over them.

use payments::{Phase, Posting, Side, Transfer, TransferId, Version};
use serde::{Deserialize, Serialize};

use super::{Malformed, book, book_name, money, movement, movement_fields};

/// A [`Transfer`].
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct StoredTransfer {
    payment: String,
    refund: Option<String>,
    version: u64,
    phase: String,
    debit: String,
    credit: String,
    amount: i64,
    currency: String,
}

/// The sum of all postings of one book that have currency, side and phase in common. It counts in a balance as they
/// do, so that the core need not see each.
#[derive(Debug, Deserialize)]
pub(crate) struct StoredSum {
    book: String,
    is_debit: bool,
    /// One payment of those in the sum.
    payment: String,
    phase: String,
    amount: i64,
    currency: String,
}

impl From<&Transfer> for StoredTransfer {
    fn from(transfer: &Transfer) -> Self {
        let (payment, refund) = movement_fields(transfer.id.movement);
        Self {
            payment,
            refund,
            version: transfer.id.version.0,
            phase: phase_name(transfer.id.phase).to_owned(),
            debit: book_name(transfer.debit),
            credit: book_name(transfer.credit),
            amount: transfer.money.amount.minor_units(),
            currency: transfer.money.currency.code().to_owned(),
        }
    }
}

impl TryFrom<StoredTransfer> for Transfer {
    type Error = Malformed;

    fn try_from(stored: StoredTransfer) -> Result<Self, Malformed> {
        let id = TransferId {
            movement: movement(&stored.payment, stored.refund.as_deref())?,
            version: Version(stored.version),
            phase: phase(&stored.phase)?,
        };
        let (debit, credit) = (book(&stored.debit)?, book(&stored.credit)?);
        Ok(Self { id, debit, credit, money: money(stored.amount, &stored.currency)? })
    }
}

impl TryFrom<StoredSum> for Posting {
    type Error = Malformed;

    fn try_from(stored: StoredSum) -> Result<Self, Malformed> {
        let transfer = TransferId {
            movement: movement(&stored.payment, None)?,
            version: Version(1),
            phase: phase(&stored.phase)?,
        };
        let side = if stored.is_debit { Side::Debit } else { Side::Credit };
        let money = money(stored.amount, &stored.currency)?;
        Ok(Self { transfer, book: book(&stored.book)?, side, money })
    }
}

const PHASES: [(Phase, &str); 4] = [
    (Phase::Pending, "pending"),
    (Phase::Posted, "posted"),
    (Phase::Voided, "voided"),
    (Phase::Corrected, "corrected"),
];

fn phase_name(phase: Phase) -> &'static str {
    PHASES.iter().find(|(known, _)| *known == phase).expect("every phase has a name").1
}

fn phase(name: &str) -> Result<Phase, Malformed> {
    let named = PHASES.iter().find(|(_, known)| *known == name);
    named.map(|(phase, _)| *phase).ok_or(Malformed::Field("phase"))
}
