//! The books of the ledger that is left are whole, and agree with its records
//! (`pay-double-entry-invariants`).

use std::fmt::{self, Formatter};

use payments::{BookFault, audit_books, audit_records};

use crate::judge::case::Case;
use crate::judge::violation::Violation;

pub(super) fn judge(case: &Case<'_>, found: &mut Vec<Violation>) {
    let end = &case.history.end;
    let faults = audit_books(&end.postings).into_iter();
    let faults = faults.chain(audit_records(&end.payments, &end.postings));
    found.extend(faults.map(|fault| Violation::Books { fault, at_ms: end.at_ms }));
}

/// What is wrong with the books, in words.
pub(super) fn write_fault(f: &mut Formatter<'_>, fault: &BookFault) -> fmt::Result {
    f.write_str("the books are not whole: ")?;
    match fault {
        BookFault::Unbalanced { transfer, currency, debits, credits } => write!(
            f,
            "a transfer of {} debits {debits} and credits {credits} minor units of {currency}",
            transfer.movement
        ),
        BookFault::ReservedTwice(movement) => {
            write!(f, "the money of {movement} is reserved more than once")
        }
        BookFault::NeverReserved(movement) => {
            write!(f, "the money of {movement} is posted or voided and was not reserved")
        }
        BookFault::DecidedTwice(movement) => {
            write!(f, "the money of {movement} is posted and voided, or either twice")
        }
        BookFault::Uneven(movement) => {
            write!(f, "the transfers of {movement} have different amounts")
        }
        BookFault::Contradicted(movement) => {
            write!(f, "they say something else of {movement} than its record does")
        }
        BookFault::RefundedTooMuch(payment) => {
            write!(f, "the refunds of {payment} are more than the payment")
        }
    }
}
