//! The books of the ledger that is left are whole, and agree with its records
//! (`pay-double-entry-invariants`).

use payments::{audit_books, audit_records};

use crate::judge::case::Case;
use crate::judge::violation::Violation;

pub(super) fn judge(case: &Case<'_>, found: &mut Vec<Violation>) {
    let end = &case.history.end;
    let faults = audit_books(&end.postings).into_iter();
    let faults = faults.chain(audit_records(&end.payments, &end.postings));
    found.extend(faults.map(|fault| Violation::Books { fault, at_ms: end.at_ms }));
}
