//! The control store in one file: it answers whatever the core asks as a store in memory does, and of those who write
//! at once one does.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use fence::{
    Author, Begin, Command, ControlRecord, ControlStore, DurationMs, Epoch, Fence, FenceWait,
    Holder, HolderId, Lease, LeaseChange, Millis, NoAnswer, Order, RecordChange, RegionName, RunId,
    RunKind, Step, Stopped, Tenure, Timing, Verdict, WriteOutcome, fence_once, judge, renew_once,
    transition,
};
use proptest::prelude::*;
use proptest::test_runner::Config;
use stores::{EmbeddedStore, Syncing};
use tokio::task::JoinSet;

use super::open;

/// What a control store is, by the conditions of the core.
#[derive(Default)]
struct Memory(Mutex<(Option<ControlRecord>, BTreeMap<RegionName, Lease>)>);

impl ControlStore for Memory {
    async fn read_record(&self) -> Result<Option<ControlRecord>, NoAnswer> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).0.clone())
    }

    async fn read_lease(&self, region: &RegionName) -> Result<Option<Lease>, NoAnswer> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).1.get(region).cloned())
    }

    async fn write_record(&self, change: &RecordChange) -> WriteOutcome<ControlRecord> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !change.applies_to(inner.0.as_ref()) {
            return WriteOutcome::Refused(inner.0.clone());
        }
        inner.0 = Some(change.record().clone());
        WriteOutcome::Written
    }

    async fn write_lease(&self, change: &LeaseChange) -> WriteOutcome<Lease> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = inner.1.get(&change.lease().region).cloned();
        if !change.applies_to(stored.as_ref()) {
            return WriteOutcome::Refused(stored);
        }
        inner.1.insert(change.lease().region.clone(), change.lease().clone());
        WriteOutcome::Written
    }
}

/// One thing that somebody does.
#[derive(Clone, Debug)]
enum Deed {
    Renew { region: usize, holder: u8 },
    Initialize(usize),
    Begin { run: u8, kind: RunKind, seen: u64, source: usize },
    Fence { run: u8, epoch: u64 },
    Step { run: u8, epoch: u64, step: usize },
    Wait(u64),
    Reopen,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let kind = proptest::sample::select(vec![RunKind::Switchover, RunKind::Failover]);
    let deed = prop_oneof![
        3 => (0..2_usize, 0..3_u8).prop_map(|(region, holder)| Deed::Renew { region, holder }),
        1 => (0..2_usize).prop_map(Deed::Initialize),
        2 => (0..2_u8, kind, 1..4_u64, 0..2_usize)
            .prop_map(|(run, kind, seen, source)| Deed::Begin { run, kind, seen, source }),
        2 => (0..2_u8, 1..4_u64).prop_map(|(run, epoch)| Deed::Fence { run, epoch }),
        5 => (0..2_u8, 1..4_u64, 0..5_usize)
            .prop_map(|(run, epoch, step)| Deed::Step { run, epoch, step }),
        1 => (1..15_000_u64).prop_map(Deed::Wait),
        1 => Just(Deed::Reopen),
    ];
    proptest::collection::vec(deed, 1..60)
}

const REGIONS: [&str; 2] = ["us-east-1", "us-east-2"];

fn region(number: usize) -> RegionName {
    RegionName::new(REGIONS[number])
}

fn run_id(run: u8) -> RunId {
    RunId::new(format!("r{run}"))
}

fn ordered(command: Command) -> Order {
    Order { command, by: Author::new("ann"), reason: "to \"see\"".to_owned() }
}

/// Does each deed at the store in a file and at the one in memory, and compares what they answer and hold.
async fn compare(file: &Path, deeds: Vec<Deed>) {
    let memory = Memory::default();
    let mut store = open(file, Syncing::Never).expect("the file is new");
    let (mut now, mut stopped) = (Millis(0), None);
    for deed in deeds {
        match deed {
            Deed::Wait(span_ms) => now = now.plus(DurationMs(span_ms)),
            Deed::Reopen => {
                drop(store);
                store = open(file, Syncing::Never).expect("it was closed");
            }
            deed => {
                let in_file = perform(&store, &deed, now, &mut stopped.clone()).await;
                let in_memory = perform(&memory, &deed, now, &mut stopped).await;
                assert_eq!(in_file, in_memory, "{deed:?}");
            }
        }
        assert_eq!(store.read_record().await, memory.read_record().await);
        for number in 0..2 {
            let region = region(number);
            assert_eq!(store.read_lease(&region).await, memory.read_lease(&region).await);
        }
    }
}

async fn perform(
    store: &impl ControlStore,
    deed: &Deed,
    now: Millis,
    stopped: &mut Option<Stopped>,
) -> String {
    let timing = Timing::default();
    let command = match deed.clone() {
        Deed::Renew { region: number, holder } => {
            let id = HolderId::new(format!("p{holder}"));
            let holder = Holder { region: region(number), id, tenure: Tenure::Alone };
            return format!("{:?}", renew_once(store, &holder, &timing, now).await);
        }
        Deed::Fence { run, epoch } => {
            let epoch = Epoch::new(epoch);
            let fence = fence_once(store, &run_id(run), epoch, &timing, now).await;
            if let Ok(Fence::Revoked(FenceWait::Over(seen))) = &fence {
                *stopped = Some(seen.clone());
            }
            return format!("{fence:?}");
        }
        Deed::Initialize(number) => Command::Initialize { region: region(number) },
        Deed::Begin { run, kind, seen, source } => Command::Begin(Begin {
            run: run_id(run),
            kind,
            seen: Epoch::new(seen),
            source: region(source),
            target: region(1 - source),
        }),
        Deed::Step { run, epoch, step } => {
            let passes = stopped.clone().map(Step::PassPointOfNoReturn);
            let steps = [Step::Open, Step::Abort, Step::DirectTraffic, Step::Close];
            let Some(step) = steps.into_iter().map(Some).chain([passes]).nth(step).flatten() else {
                return "nobody has seen that the source stopped".to_owned();
            };
            Command::Step { run: run_id(run), epoch: Epoch::new(epoch), step }
        }
        Deed::Wait(_) | Deed::Reopen => unreachable!("no store is asked"),
    };
    format!("{:?}", transition(store, &ordered(command)).await)
}

proptest! {
    #![proptest_config(Config { cases: 32, failure_persistence: None, ..Config::default() })]

    #[test]
    fn it_is_a_control_store(deeds in deeds()) {
        let folder = tempfile::tempdir().expect("a folder is made");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let file = folder.path().join("store");
        runtime.expect("a runtime is made").block_on(compare(&file, deeds));
    }
}

const WRITERS: u8 = 8;
const ROUNDS: u64 = 20;

/// Eight runs begin on the same record, again and again: one does each time, and the others are told which.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn one_of_those_who_write_a_record_does() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("store"), Syncing::Never).unwrap();
    let first = ordered(Command::Initialize { region: region(0) });
    transition(&store, &first).await.unwrap();
    for round in 1..=ROUNDS {
        let record = store.read_record().await.unwrap();
        let mut tasks = JoinSet::new();
        for writer in 0..WRITERS {
            let change = begins(record.as_ref(), &format!("r{round}-{writer}"));
            let store = store.clone();
            tasks.spawn(async move { (change.clone(), store.write_record(&change).await) });
        }
        let outcomes = tasks.join_all().await;
        let written = outcomes.iter().filter(|(_, outcome)| *outcome == WriteOutcome::Written);
        let written: Vec<_> = written.map(|(change, _)| change.record().clone()).collect();
        let [winner] = &written[..] else { panic!("{outcomes:?}") };
        let refused = WriteOutcome::Refused(Some(winner.clone()));
        assert_eq!(outcomes.iter().filter(|(_, outcome)| *outcome == refused).count(), 7);
        assert_eq!(store.read_record().await.unwrap().as_ref(), Some(winner));
        let run = winner.run().expect("it has begun").id.clone();
        for step in [Step::Abort, Step::Close] {
            let order = Command::Step { run: run.clone(), epoch: winner.epoch(), step };
            transition(&store, &ordered(order)).await.unwrap();
        }
    }
}

fn begins(record: Option<&ControlRecord>, run: &str) -> RecordChange {
    let begin = Begin {
        run: RunId::new(run),
        kind: RunKind::Switchover,
        seen: record.expect("it is initialized").epoch(),
        source: region(0),
        target: region(1),
    };
    match judge(record, &ordered(Command::Begin(begin))) {
        Verdict::Write(change) => *change,
        verdict => panic!("{verdict:?}"),
    }
}

/// Counts the writes of a lease that took place.
struct Counting(EmbeddedStore, Mutex<Vec<Option<u64>>>);

impl ControlStore for Counting {
    async fn read_record(&self) -> Result<Option<ControlRecord>, NoAnswer> {
        self.0.read_record().await
    }

    async fn read_lease(&self, region: &RegionName) -> Result<Option<Lease>, NoAnswer> {
        self.0.read_lease(region).await
    }

    async fn write_record(&self, change: &RecordChange) -> WriteOutcome<ControlRecord> {
        self.0.write_record(change).await
    }

    async fn write_lease(&self, change: &LeaseChange) -> WriteOutcome<Lease> {
        let outcome = self.0.write_lease(change).await;
        if outcome == WriteOutcome::Written {
            self.1.lock().unwrap_or_else(PoisonError::into_inner).push(change.expected());
        }
        outcome
    }
}

/// Eight processes renew one lease: over each revision one write takes place, and none is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn one_write_takes_place_over_each_revision_of_a_lease() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("store"), Syncing::Never).unwrap();
    let first = ordered(Command::Initialize { region: region(0) });
    transition(&store, &first).await.unwrap();
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let counting = Counting(store.clone(), Mutex::default());
        tasks.spawn(async move {
            let id = HolderId::new(format!("p{writer}"));
            let holder = Holder { region: region(0), id, tenure: Tenure::Alone };
            for round in 0..ROUNDS {
                // So late that every renewal is a write.
                let now = Millis(round * 5_000);
                renew_once(&counting, &holder, &Timing::default(), now).await;
            }
            counting.1.into_inner().unwrap_or_else(PoisonError::into_inner)
        });
    }
    let mut written = tasks.join_all().await.concat();
    written.sort_unstable();
    let count = u64::try_from(written.len()).unwrap();
    let revisions = (0..count).map(|revision| Some(revision).filter(|revision| *revision > 0));
    assert_eq!(written, revisions.collect::<Vec<_>>());
    let lease = store.read_lease(&region(0)).await.unwrap().unwrap();
    assert_eq!(lease.revision, count);
    assert!(count >= ROUNDS, "{count} renewals were written");
}
