//! Rows of the books, in the format.

use payments::{Book, Phase, Posting, Side, TransferId, Version};
use serde::{Deserialize, Serialize};

use crate::export::Field;
use crate::export::money::{account, money};
use crate::export::word::{movement, read_movement};

/// A [`Posting`]; the book is `clearing` or a merchant's account.
#[derive(Serialize, Deserialize)]
pub(super) struct PostingShape {
    movement: String,
    version: u64,
    phase: PhaseWord,
    book: String,
    side: SideWord,
    minor_units: i64,
    currency: String,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PhaseWord {
    Pending,
    Posted,
    Voided,
    Corrected,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SideWord {
    Debit,
    Credit,
}

/// The name of our own book.
const CLEARING: &str = "clearing";

impl PostingShape {
    pub(super) fn of(posting: &Posting) -> Self {
        Self {
            movement: movement(posting.transfer.movement),
            version: posting.transfer.version.0,
            phase: match posting.transfer.phase {
                Phase::Pending => PhaseWord::Pending,
                Phase::Posted => PhaseWord::Posted,
                Phase::Voided => PhaseWord::Voided,
                Phase::Corrected => PhaseWord::Corrected,
            },
            book: match posting.book {
                Book::Clearing => CLEARING.to_owned(),
                Book::Merchant(account) => account.to_string(),
            },
            side: match posting.side {
                Side::Debit => SideWord::Debit,
                Side::Credit => SideWord::Credit,
            },
            minor_units: posting.money.amount.minor_units(),
            currency: posting.money.currency.to_string(),
        }
    }

    pub(super) fn read(self) -> Field<Posting> {
        let phase = match self.phase {
            PhaseWord::Pending => Phase::Pending,
            PhaseWord::Posted => Phase::Posted,
            PhaseWord::Voided => Phase::Voided,
            PhaseWord::Corrected => Phase::Corrected,
        };
        let (movement, version) = (read_movement(&self.movement)?, Version(self.version));
        Ok(Posting {
            transfer: TransferId { movement, version, phase },
            book: match self.book.as_str() {
                CLEARING => Book::Clearing,
                account => Book::Merchant(self::account(account)?),
            },
            side: match self.side {
                SideWord::Debit => Side::Debit,
                SideWord::Credit => Side::Credit,
            },
            money: money(self.minor_units, &self.currency)?,
        })
    }
}
