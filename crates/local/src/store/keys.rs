//! Under which keys what is stored.

use fence::{RegionName, RunId};
use payments::ScopedKey;

/// The control record.
pub(super) const RECORD: &str = "record";
/// How the keys of intents begin.
pub(super) const INTENTS: &str = "intent#";
/// How the keys of journals' entries begin.
pub(super) const ENTRIES: &str = "entry#";
const LEASES: &str = "lease#";

/// What a key stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Record,
    Lease,
    Intent,
    Entry(RunId),
}

pub(super) fn lease(region: &RegionName) -> String {
    format!("{LEASES}{region}")
}

pub(super) fn intent(key: &ScopedKey) -> String {
    format!("{INTENTS}{key}")
}

/// How the keys of this run's entries begin. Those of another run may begin so too.
pub(super) fn entries(run: &RunId) -> String {
    format!("{ENTRIES}{run}#")
}

/// The keys of a run's entries are in the order of their positions.
pub(super) fn entry(run: &RunId, position: u64) -> String {
    format!("{}{position:020}", entries(run))
}

/// What is stored under this key; nothing if nothing is.
pub(super) fn kind(key: &str) -> Option<Kind> {
    if key == RECORD {
        Some(Kind::Record)
    } else if key.starts_with(LEASES) {
        Some(Kind::Lease)
    } else if key.starts_with(INTENTS) {
        Some(Kind::Intent)
    } else {
        let (run, _) = key.strip_prefix(ENTRIES)?.rsplit_once('#')?;
        Some(Kind::Entry(RunId::new(run)))
    }
}
