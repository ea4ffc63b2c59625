//! A control store in memory whose network can be slow, silent or late.
//!
//! Each operation is two polls long before it answers: the question is under way, then it takes
//! effect and the answer is under way. A test that polls by hand can put anything in between.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard};
use std::task::{Context, Poll};

use fence::{
    ControlRecord, ControlStore, Epoch, Lease, LeaseChange, NoAnswer, RecordChange, RecordFields,
    RegionName, RunKind, State, WriteOutcome,
};

/// What the network does to one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Net {
    /// Delivers question and answer.
    Works,
    /// Loses the question.
    LosesQuestion,
    /// Loses the answer.
    LosesAnswer,
    /// Delivers the question after the asker gave up: a write waits for [`MemoryStore::land`].
    DeliversLate,
}

/// What is wrong with the conditional write of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Fault {
    #[default]
    None,
    /// It compares epoch and run only.
    ComparesEpochAndRun,
    /// It writes that nothing was lost, whatever the change says.
    ForgetsLoss,
    /// It writes that a switchover that opens its target may have lost something.
    TellsLossAfterSwitchover,
    /// It writes that a run that is aborted may have lost something.
    TellsLossAfterAbort,
}

impl Fault {
    /// What is written instead of this record.
    fn spoil(self, record: &ControlRecord) -> ControlRecord {
        let fields = record.fields();
        let run = fields.run.as_ref().filter(|_| fields.state == State::Active);
        let tells = match (self, run) {
            (Self::ForgetsLoss, _) => Some(Epoch::FIRST),
            (Self::TellsLossAfterSwitchover, Some(run)) => (run.kind == RunKind::Switchover
                && fields.active_region.as_ref() == Some(&run.target))
            .then_some(fields.epoch),
            (Self::TellsLossAfterAbort, Some(run)) => {
                (fields.active_region.as_ref() == Some(&run.source)).then_some(fields.epoch)
            }
            _ => None,
        };
        let nothing_lost_since = tells.unwrap_or(fields.nothing_lost_since);
        ControlRecord::from_stored(RecordFields { nothing_lost_since, ..fields.clone() })
            .expect("it is an epoch that there was")
    }
}

#[derive(Debug, Default)]
struct Inner {
    record: Option<ControlRecord>,
    leases: BTreeMap<RegionName, Lease>,
    nets: VecDeque<Net>,
    late: Vec<Write>,
    records: Vec<ControlRecord>,
    fault: Fault,
}

#[derive(Debug)]
enum Write {
    Record(RecordChange),
    Lease(LeaseChange),
}

/// The store.
#[derive(Debug, Default)]
pub(crate) struct MemoryStore(Mutex<Inner>);

impl MemoryStore {
    pub(crate) fn with(fault: Fault) -> Self {
        Self(Mutex::new(Inner { fault, ..Inner::default() }))
    }

    /// What the network does to the next operation that takes effect, and to those after it.
    pub(crate) fn expect(&self, nets: impl IntoIterator<Item = Net>) {
        self.inner().nets.extend(nets);
    }

    /// Forgets what the network was to do.
    pub(crate) fn calm(&self) {
        self.inner().nets.clear();
    }

    /// Delivers what is late; answers how much it was.
    pub(crate) fn land(&self) -> usize {
        let mut inner = self.inner();
        let late = std::mem::take(&mut inner.late);
        let count = late.len();
        for write in late {
            match write {
                Write::Record(change) => drop(inner.write_record(&change)),
                Write::Lease(change) => drop(inner.write_lease(&change)),
            }
        }
        count
    }

    /// The lease stored.
    pub(crate) fn lease(&self, region: &RegionName) -> Option<Lease> {
        self.inner().leases.get(region).cloned()
    }

    /// Every record that was ever stored, in order, without the first so many.
    pub(crate) fn records_after(&self, count: usize) -> Vec<ControlRecord> {
        self.inner().records[count..].to_vec()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("no test panics while it holds the lock")
    }

    fn read<T>(&self, what: impl FnOnce(&Inner) -> T) -> Result<T, NoAnswer> {
        let mut inner = self.inner();
        match inner.nets.pop_front().unwrap_or(Net::Works) {
            Net::Works => Ok(what(&inner)),
            _ => Err(NoAnswer { cause: "timed out".to_owned() }),
        }
    }

    fn write<T>(
        &self,
        write: Write,
        apply: impl FnOnce(&mut Inner) -> WriteOutcome<T>,
    ) -> WriteOutcome<T> {
        let mut inner = self.inner();
        match inner.nets.pop_front().unwrap_or(Net::Works) {
            Net::Works => return apply(&mut inner),
            Net::LosesQuestion => {}
            Net::LosesAnswer => drop(apply(&mut inner)),
            Net::DeliversLate => inner.late.push(write),
        }
        WriteOutcome::Unknown
    }
}

impl Inner {
    fn write_record(&mut self, change: &RecordChange) -> WriteOutcome<ControlRecord> {
        let applies = match (self.fault, change.expected(), &self.record) {
            (Fault::ComparesEpochAndRun, Some(expected), Some(stored)) => {
                let stored = stored.version();
                expected.epoch == stored.epoch && expected.run_id == stored.run_id
            }
            _ => change.applies_to(self.record.as_ref()),
        };
        if !applies {
            return WriteOutcome::Refused(self.record.clone());
        }
        let record = self.fault.spoil(change.record());
        self.record = Some(record.clone());
        self.records.push(record);
        WriteOutcome::Written
    }

    fn write_lease(&mut self, change: &LeaseChange) -> WriteOutcome<Lease> {
        let stored = self.leases.get(&change.lease().region);
        if !change.applies_to(stored) {
            return WriteOutcome::Refused(stored.cloned());
        }
        self.leases.insert(change.lease().region.clone(), change.lease().clone());
        WriteOutcome::Written
    }
}

impl ControlStore for MemoryStore {
    async fn read_record(&self) -> Result<Option<ControlRecord>, NoAnswer> {
        turn().await;
        let record = self.read(|inner| inner.record.clone());
        turn().await;
        record
    }

    async fn read_lease(&self, region: &RegionName) -> Result<Option<Lease>, NoAnswer> {
        turn().await;
        let lease = self.read(|inner| inner.leases.get(region).cloned());
        turn().await;
        lease
    }

    async fn write_record(&self, change: &RecordChange) -> WriteOutcome<ControlRecord> {
        turn().await;
        let write = Write::Record(change.clone());
        let outcome = self.write(write, |inner| inner.write_record(change));
        turn().await;
        outcome
    }

    async fn write_lease(&self, change: &LeaseChange) -> WriteOutcome<Lease> {
        turn().await;
        let write = Write::Lease(change.clone());
        let outcome = self.write(write, |inner| inner.write_lease(change));
        turn().await;
        outcome
    }
}

/// Gives up the turn once.
fn turn() -> Turn {
    Turn { taken: false }
}

struct Turn {
    taken: bool,
}

impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.taken, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}
