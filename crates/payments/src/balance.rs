//! Balances: what postings add up to.

use std::collections::BTreeMap;

use crate::book::{Book, Phase, Posting, Side};
use crate::currency::Currency;
use crate::id::AccountId;

/// Sums of one book in one currency, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Debits reserved and neither posted nor voided.
    pub pending_debits: i128,
    /// Credits reserved and neither posted nor voided.
    pub pending_credits: i128,
    /// Debits that moved money.
    pub posted_debits: i128,
    /// Credits that moved money.
    pub posted_credits: i128,
}

/// The balance of each book in each currency.
pub type Balances = BTreeMap<(Book, Currency), Balance>;

/// The sums do not fit into 128 bits: the postings are not those of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

/// What a merchant sees of an account in one currency, in minor units; below zero, the merchant
/// owes us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountBalance {
    /// Payments that succeeded, less refunds made or under way.
    pub available: i128,
    /// Payments under way.
    pub pending: i128,
}

/// Adds the postings up, in any order.
///
/// # Errors
///
/// [`Overflow`] when a sum does not fit.
pub fn balance<'p>(postings: impl IntoIterator<Item = &'p Posting>) -> Result<Balances, Overflow> {
    let mut balances = Balances::new();
    for posting in postings {
        let balance = balances.entry((posting.book, posting.money.currency)).or_default();
        balance.add(posting).ok_or(Overflow)?;
    }
    Ok(balances)
}

impl Balance {
    /// Nothing when a sum does not fit.
    fn add(&mut self, posting: &Posting) -> Option<()> {
        let (pending, posted) = match posting.side {
            Side::Debit => (&mut self.pending_debits, &mut self.posted_debits),
            Side::Credit => (&mut self.pending_credits, &mut self.posted_credits),
        };
        let amount = i128::from(posting.money.amount.minor_units());
        let (reserved, moved) = match posting.transfer.phase {
            Phase::Pending => (amount, 0),
            Phase::Posted => (-amount, amount),
            Phase::Voided => (-amount, 0),
            Phase::Corrected => (0, amount),
        };
        *pending = pending.checked_add(reserved)?;
        *posted = posted.checked_add(moved)?;
        Some(())
    }
}

/// What the merchant of `account` has, in each currency that the books know it in.
#[must_use]
pub fn account_balance(
    balances: &Balances,
    account: AccountId,
) -> BTreeMap<Currency, AccountBalance> {
    let own = balances.iter().filter(|((book, _), _)| *book == Book::Merchant(account));
    own.map(|((_, currency), balance)| (*currency, balance.seen_by_merchant())).collect()
}

impl Balance {
    /// Money that is leaving counts as gone at once, money that is coming not before it has come.
    fn seen_by_merchant(&self) -> AccountBalance {
        AccountBalance {
            available: self.posted_credits - self.posted_debits - self.pending_debits,
            pending: self.pending_credits,
        }
    }
}
