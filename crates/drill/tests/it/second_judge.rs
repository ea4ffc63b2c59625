//! A second judge of exported histories, which shares no code with the first: linearizability of
//! each idempotency key as a register that is written once, and of each account as a counter, by the
//! checker of `todc-utils` (Wing and Gong, with Lowe's memory of what was tried).
//!
//! It knows the JSON of `docs/history.md` and nothing else.

mod accounts;
mod agreement;
mod exported;
mod keys;
mod mutations;
mod tables;

use exported::Exported;

/// What the second judge found wrong: one line for each key and each account, in order.
pub(crate) fn faults(json: &str) -> Vec<String> {
    let exported = Exported::read(json);
    let mut faults = keys::faults(&exported);
    faults.extend(accounts::faults(&exported));
    faults
}
