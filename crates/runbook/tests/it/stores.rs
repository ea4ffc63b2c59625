//! The lab's journal and control store. Every question is two turns long, so that a runner can be
//! dropped before its effect and after it.

use fence::{
    ControlRecord, ControlStore, DurationMs, Lease, LeaseChange, NoAnswer, RecordChange,
    RegionName, WriteOutcome,
};
use runbook::{Appended, Entry, Journal};

use crate::lab::{Lab, Trouble};
use crate::system::Inner;

impl Journal for Lab {
    async fn read(&self) -> Result<Vec<Entry>, NoAnswer> {
        self.clock.turn().await;
        let trouble = self.inner().journal.pop_front().flatten();
        let entries = match trouble {
            None => Ok(self.inner().entries.clone()),
            Some(_) => Err(silence()),
        };
        self.clock.turn().await;
        entries
    }

    async fn append(&self, entry: &Entry) -> Appended {
        self.clock.turn().await;
        let appended = {
            let mut inner = self.inner();
            let trouble = inner.journal.pop_front().flatten();
            let is_next = u64::try_from(inner.entries.len()) == Ok(entry.position);
            if is_next && matches!(trouble, None | Some(Trouble::After(_))) {
                inner.check_entry(entry);
                inner.meet_trouble(&entry.event);
                inner.entries.push(entry.clone());
            }
            match (trouble, is_next) {
                (Some(_), _) => Appended::Unknown,
                (None, true) => Appended::Written,
                (None, false) => Appended::Taken,
            }
        };
        self.clock.turn().await;
        appended
    }
}

fn silence() -> NoAnswer {
    NoAnswer { cause: "timed out".to_owned() }
}

impl ControlStore for Lab {
    async fn read_record(&self) -> Result<Option<ControlRecord>, NoAnswer> {
        self.ask(|inner| inner.record.clone()).await
    }

    async fn read_lease(&self, region: &RegionName) -> Result<Option<Lease>, NoAnswer> {
        self.ask(|inner| inner.leases.get(region).cloned()).await
    }

    async fn write_record(&self, change: &RecordChange) -> WriteOutcome<ControlRecord> {
        self.change(|inner| {
            if !change.applies_to(inner.record.as_ref()) {
                return WriteOutcome::Refused(inner.record.clone());
            }
            inner.check_record(change.record());
            inner.record = Some(change.record().clone());
            WriteOutcome::Written
        })
        .await
    }

    async fn write_lease(&self, change: &LeaseChange) -> WriteOutcome<Lease> {
        self.change(|inner| {
            let stored = inner.leases.get(&change.lease().region);
            if !change.applies_to(stored) {
                return WriteOutcome::Refused(stored.cloned());
            }
            inner.leases.insert(change.lease().region.clone(), change.lease().clone());
            WriteOutcome::Written
        })
        .await
    }
}

impl Lab {
    /// A question to the control store. When the answer to a write is lost, the first reads work.
    async fn ask<T>(&self, what: impl FnOnce(&Inner) -> T) -> Result<T, NoAnswer> {
        self.clock.turn().await;
        let trouble = self.inner().store.front().cloned();
        let answer = match trouble {
            Some(Trouble::Before(_)) => Err(silence()),
            Some(Trouble::Hangs) => {
                self.clock.sleep(DurationMs(u64::MAX / 2)).await;
                Err(silence())
            }
            Some(Trouble::After(_) | Trouble::ClockJumps(_)) | None => Ok(what(&self.inner())),
        };
        self.clock.turn().await;
        answer
    }

    async fn change<T>(&self, what: impl FnOnce(&mut Inner) -> WriteOutcome<T>) -> WriteOutcome<T> {
        self.clock.turn().await;
        let outcome = {
            let mut inner = self.inner();
            let outcome = what(&mut inner);
            match inner.store.front().cloned() {
                // From now on nobody answers any more.
                Some(trouble @ Trouble::After(_)) => {
                    let Trouble::After(failure) = trouble else { unreachable!("it is") };
                    inner.store = std::iter::repeat_n(Trouble::Before(failure), 50).collect();
                    WriteOutcome::Unknown
                }
                _ => outcome,
            }
        };
        self.clock.turn().await;
        outcome
    }
}
