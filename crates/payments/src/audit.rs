//! Whether books are whole: the gate that a promoted ledger passes before it takes money
//! (`pay-double-entry-invariants`). A replica cut off in the middle, or a hand in the tables, shows
//! here.

use std::collections::{BTreeMap, BTreeSet};

use crate::book::{Book, Phase, Posting, Side, TransferId};
use crate::currency::Currency;
use crate::id::{MovementId, PaymentId};
use crate::money::Money;
use crate::record::PaymentRecord;
use crate::state::State;

/// Something that cannot be in whole books.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BookFault {
    /// The debits of a transfer are not its credits in this currency; sums in minor units.
    Unbalanced {
        /// The transfer.
        transfer: TransferId,
        /// The currency.
        currency: Currency,
        /// The sum of its debits.
        debits: i128,
        /// The sum of its credits.
        credits: i128,
    },
    /// Money was reserved more than once.
    ReservedTwice(MovementId),
    /// Money was posted or voided that had not been reserved.
    NeverReserved(MovementId),
    /// Money was posted and voided, or either twice.
    DecidedTwice(MovementId),
    /// Money was reserved, posted, voided or corrected in different amounts.
    Uneven(MovementId),
    /// The books say one thing of the movement, the payment's record another.
    Contradicted(MovementId),
    /// The refunds made or under way are more than the payment.
    RefundedTooMuch(PaymentId),
}

/// Everything wrong with these postings; empty when the books are whole.
#[must_use]
pub fn audit_books(postings: &[Posting]) -> Vec<BookFault> {
    let mut faults = unbalanced(postings);
    for (movement, phases) in by_movement(postings) {
        faults.extend(phases.faults(movement));
    }
    faults.sort();
    faults
}

/// Everything wrong between the payments' records and the postings; empty when they agree. Takes
/// all records and all postings of a ledger, or those of the same payments.
#[must_use]
pub fn audit_records<'r>(
    records: impl IntoIterator<Item = &'r PaymentRecord>,
    postings: &[Posting],
) -> Vec<BookFault> {
    let mut written = by_movement(postings);
    let mut faults = Vec::new();
    for record in records {
        if record.captured() < record.taken() {
            faults.push(BookFault::RefundedTooMuch(record.id));
        }
        for (movement, state) in record.movements() {
            let phases = written.remove(&movement).unwrap_or_default();
            let (own, money) = (Book::Merchant(record.order.account()), record.money(movement));
            if !phases.agree(state) || !phases.are_of(own, money) {
                faults.push(BookFault::Contradicted(movement));
            }
        }
    }
    faults.extend(written.into_keys().map(BookFault::Contradicted));
    faults.sort();
    faults
}

/// What the books hold of one movement: the money of each transfer, by phase, and the books it is
/// in.
#[derive(Default)]
struct Phases {
    money: BTreeMap<Phase, BTreeMap<TransferId, Money>>,
    books: BTreeSet<Book>,
}

fn by_movement(postings: &[Posting]) -> BTreeMap<MovementId, Phases> {
    let mut found: BTreeMap<MovementId, Phases> = BTreeMap::new();
    for Posting { transfer, money, book, .. } in postings {
        let phases = found.entry(transfer.movement).or_default();
        phases.books.insert(*book);
        phases.money.entry(transfer.phase).or_default().insert(*transfer, *money);
    }
    found
}

impl Phases {
    fn count(&self, phase: Phase) -> usize {
        self.money.get(&phase).map_or(0, BTreeMap::len)
    }

    fn faults(&self, movement: MovementId) -> Vec<BookFault> {
        let [reserved, posted, voided] =
            [Phase::Pending, Phase::Posted, Phase::Voided].map(|phase| self.count(phase));
        let amounts: BTreeSet<&Money> = self.money.values().flat_map(BTreeMap::values).collect();
        let rules = [
            (reserved > 1, BookFault::ReservedTwice(movement)),
            (reserved < 1, BookFault::NeverReserved(movement)),
            (posted + voided > 1, BookFault::DecidedTwice(movement)),
            (amounts.len() > 1, BookFault::Uneven(movement)),
        ];
        rules.into_iter().filter(|(broken, _)| *broken).map(|(_, fault)| fault).collect()
    }

    /// Whether they are between the processor and this merchant, and of this money.
    fn are_of(&self, merchant: Book, money: Option<Money>) -> bool {
        let mut all = self.money.values().flat_map(BTreeMap::values);
        let between = [Book::Clearing, merchant];
        all.all(|found| Some(*found) == money)
            && self.books.iter().all(|book| between.contains(book))
    }

    /// Whether these are the transfers of a movement in this state.
    fn agree(&self, state: Option<State>) -> bool {
        let [reserved, posted, voided, corrected] =
            [Phase::Pending, Phase::Posted, Phase::Voided, Phase::Corrected]
                .map(|phase| self.count(phase));
        // Each correction turns the last word round.
        let has_moved = (posted + corrected) % 2 == 1;
        match state {
            None | Some(State::Accepted | State::Quarantined) => self.money.is_empty(),
            Some(State::Posted | State::Processing | State::Unknown) => {
                (reserved, posted, voided, corrected) == (1, 0, 0, 0)
            }
            Some(State::Succeeded) => reserved == 1 && posted + voided == 1 && has_moved,
            Some(State::Declined) => reserved == 1 && posted + voided == 1 && !has_moved,
        }
    }
}

/// Transfers whose debits and credits differ in a currency.
fn unbalanced(postings: &[Posting]) -> Vec<BookFault> {
    let mut sums: BTreeMap<(TransferId, Currency), (i128, i128)> = BTreeMap::new();
    for posting in postings {
        let (debits, credits) = sums.entry((posting.transfer, posting.money.currency)).or_default();
        let sum = if posting.side == Side::Debit { debits } else { credits };
        // 128 bits hold the largest posting as often as there can be postings in memory.
        *sum += i128::from(posting.money.amount.minor_units());
    }
    let uneven = sums.into_iter().filter(|(_, (debits, credits))| debits != credits);
    uneven
        .map(|((transfer, currency), (debits, credits))| BookFault::Unbalanced {
            transfer,
            currency,
            debits,
            credits,
        })
        .collect()
}
