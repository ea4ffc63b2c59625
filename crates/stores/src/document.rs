//! Intents, control records and leases as JSON text with the number of its format, for every store that keeps texts.
//!
//! A newer program may add fields, which an older one passes over, and loses when it writes; or raise the format, which
//! an older one refuses before it looks at anything else. What fields there are is told in `stored`; where texts are
//! kept, and which conditions guard them, is the stores'.

use fence::{ControlRecord, Lease};
use payments::Intent;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::stored::{Malformed, StoredControl, StoredIntent, StoredLease, json};

/// The latest format that this program knows, and the one that it writes.
const FORMAT: u64 = 1;

/// The text of an intent.
#[must_use]
pub fn intent(intent: &Intent) -> String {
    write(&StoredIntent::from(intent))
}

/// The intent of a text.
///
/// # Errors
///
/// [`Malformed`] when this program did not write it, or a newer one did.
pub fn read_intent(text: &str) -> Result<Intent, Malformed> {
    read::<StoredIntent>(text.as_bytes())?.try_into()
}

/// The text of a control record.
#[must_use]
pub fn record(record: &ControlRecord) -> String {
    write(&StoredControl::from(record))
}

/// The control record of a text.
///
/// # Errors
///
/// [`Malformed`] when this program did not write it, or a newer one did, or no order leads to such a record.
pub fn read_record(text: &str) -> Result<ControlRecord, Malformed> {
    read::<StoredControl>(text.as_bytes())?.try_into()
}

/// The text of a lease.
#[must_use]
pub fn lease(lease: &Lease) -> String {
    write(&StoredLease::from(lease))
}

/// The lease of a text.
///
/// # Errors
///
/// [`Malformed`] when this program did not write it, or a newer one did.
pub fn read_lease(text: &str) -> Result<Lease, Malformed> {
    read::<StoredLease>(text.as_bytes())?.try_into()
}

#[derive(Serialize)]
struct Written<'v, T> {
    format: u64,
    #[serde(flatten)]
    value: &'v T,
}

/// What is looked at first, whatever else there is.
#[derive(Deserialize)]
struct Format {
    format: u64,
}

/// Writes a shape of this crate down, with its format.
pub(crate) fn write<T: Serialize>(value: &T) -> String {
    json(&Written { format: FORMAT, value })
}

/// Reads what [`write()`] wrote.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, Malformed> {
    match serde_json::from_slice::<Format>(text)?.format {
        FORMAT => Ok(serde_json::from_slice(text)?),
        0 => Err(Malformed::Field("format")),
        found => Err(Malformed::Newer { found, known: FORMAT }),
    }
}
