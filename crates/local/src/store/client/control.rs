//! The port of the control store.

use fence::{
    ControlRecord, ControlStore, Lease, LeaseChange, NoAnswer, RecordChange, RegionName,
    WriteOutcome,
};
use stores::document;

use super::super::ask::Condition;
use super::super::keys;
use super::StoreClient;
use super::settle::Settled;

/// How often a record is written over one of the same version that is not the one that was read.
const OVER_MAX: usize = 3;

impl ControlStore for StoreClient {
    async fn read_record(&self) -> Result<Option<ControlRecord>, NoAnswer> {
        let text = self.text(keys::RECORD.to_owned()).await.map_err(|cause| NoAnswer { cause })?;
        text.map(|text| document::read_record(&text)).transpose().map_err(malformed)
    }

    async fn read_lease(&self, region: &RegionName) -> Result<Option<Lease>, NoAnswer> {
        let text = self.text(keys::lease(region)).await.map_err(|cause| NoAnswer { cause })?;
        text.map(|text| document::read_lease(&text)).transpose().map_err(malformed)
    }

    /// The condition of a record is more than an endpoint can compare: it is compared here, with what
    /// is stored, and written over that.
    async fn write_record(&self, change: &RecordChange) -> WriteOutcome<ControlRecord> {
        for _ in 0..OVER_MAX {
            let Ok(stored) = self.text(keys::RECORD.to_owned()).await else { break };
            let record = stored.as_deref().map(document::read_record).transpose();
            let Ok(record) = record else { break };
            if !change.applies_to(record.as_ref()) {
                return refused(change, record);
            }
            let condition = stored.map_or(Condition::Absent, Condition::Text);
            let text = document::record(change.record());
            let read = |text: &str| document::read_record(text).ok();
            // Another that is stored may be a later one, to which this has led.
            match self.put(keys::RECORD.to_owned(), condition, text, read, |_| false).await {
                Settled::Written => return WriteOutcome::Written,
                Settled::Refused(_) => {}
                Settled::NotDone | Settled::Unknown => break,
            }
        }
        WriteOutcome::Unknown
    }

    async fn write_lease(&self, change: &LeaseChange) -> WriteOutcome<Lease> {
        let ours = change.lease();
        let condition = change.expected().map_or(Condition::Absent, Condition::Revision);
        let (key, text) = (keys::lease(&ours.region), document::lease(ours));
        let read = |text: &str| document::read_lease(text).ok();
        // Each revision is written once.
        let excludes = |stored: &Lease| stored.revision <= ours.revision;
        match self.put(key, condition, text, read, excludes).await {
            Settled::Written => WriteOutcome::Written,
            Settled::Refused(stored) => WriteOutcome::Refused(stored),
            // Callers of this port read again after every doubt: there is no need to tell one from
            // another.
            Settled::NotDone | Settled::Unknown => WriteOutcome::Unknown,
        }
    }
}

/// Nothing was sent: if what is stored is what was to be written, another driver of the same run has
/// written it.
fn refused(change: &RecordChange, stored: Option<ControlRecord>) -> WriteOutcome<ControlRecord> {
    if stored.as_ref() == Some(change.record()) {
        return WriteOutcome::Written;
    }
    WriteOutcome::Refused(stored)
}

fn malformed(error: stores::Malformed) -> NoAnswer {
    NoAnswer { cause: error.to_string() }
}
