//! Orders in any order, each given twice; and waits of any length, waited out.

use std::collections::BTreeMap;

use fence::{
    Author, Begin, Command, ControlRecord, DurationMs, Epoch, FenceWait, HolderId, Lease, Millis,
    Order, RegionName, RunId, RunKind, Step, Stopped, Timing, Verdict, fence_wait, judge,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::Config;

fn region() -> impl Strategy<Value = RegionName> {
    select(&["east", "west"][..]).prop_map(RegionName::new)
}

fn run() -> impl Strategy<Value = RunId> {
    select(&["r1", "r2"][..]).prop_map(RunId::new)
}

fn epoch() -> impl Strategy<Value = Epoch> {
    (0..5_u64).prop_map(Epoch::new)
}

/// What a fence brings for a Region that nobody holds a lease in.
fn stopped(region: RegionName, epoch: Epoch) -> Stopped {
    let lease = Lease { region, epoch, holders: BTreeMap::new(), revision: 1 };
    match fence_wait(&lease, epoch, &Timing::default(), Millis(0)) {
        FenceWait::Over(stopped) => stopped,
        FenceWait::Wait(span) => panic!("nobody holds it, and yet {span}"),
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (region(), epoch())
            .prop_map(|(region, epoch)| Step::PassPointOfNoReturn(stopped(region, epoch))),
        select(&[Step::Open, Step::Abort, Step::TakeBack, Step::DirectTraffic, Step::Close][..]),
    ]
}

fn begin() -> impl Strategy<Value = Begin> {
    let kind = select(&[RunKind::Switchover, RunKind::Failover][..]);
    (run(), kind, epoch(), region(), region()).prop_map(|(run, kind, seen, source, target)| Begin {
        run,
        kind,
        seen,
        source,
        target,
    })
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        1 => region().prop_map(|region| Command::Initialize { region }),
        10 => begin().prop_map(Command::Begin),
        20 => (run(), epoch(), step())
            .prop_map(|(run, epoch, step)| Command::Step { run, epoch, step }),
    ]
}

/// Gives an order; what is stored then.
fn given(record: Option<&ControlRecord>, order: &Order) -> Option<ControlRecord> {
    match judge(record, order) {
        Verdict::Write(change) => {
            assert!(change.applies_to(record));
            Some(change.record().clone())
        }
        Verdict::Already | Verdict::Refused(_) => record.cloned(),
    }
}

proptest! {
    #![proptest_config(Config { cases: 300, failure_persistence: None, ..Config::default() })]

    #[test]
    fn given_twice_is_done_once(commands in vec(command(), 0..200)) {
        let mut record = None;
        for command in commands {
            let order = Order { command, by: Author::new("ann"), reason: String::new() };
            let after = given(record.as_ref(), &order);
            if after != record {
                prop_assert_eq!(judge(after.as_ref(), &order), Verdict::Already);
            }
            let read = after.as_ref().map(|record| record.fields().clone());
            let read = read.map(ControlRecord::from_stored).transpose();
            prop_assert_eq!(read.as_ref(), Ok(&after));
            record = after;
        }
    }

    #[test]
    fn waited_out_is_over(
        holders in btree_map("[a-z]".prop_map(HolderId::new), (0..50_000_u64).prop_map(Millis), 0..5),
        now in 0..50_000_u64,
        lease_epoch in 0..3_u64,
    ) {
        let epoch = Epoch::new(lease_epoch);
        let lease = Lease { region: RegionName::new("east"), epoch, holders, revision: 1 };
        let wait = |now| fence_wait(&lease, epoch, &Timing::default(), now);
        if let FenceWait::Wait(DurationMs(span)) = wait(Millis(now)) {
            prop_assert_eq!(wait(Millis(now + span - 1)), FenceWait::Wait(DurationMs(1)));
            prop_assert!(matches!(wait(Millis(now + span)), FenceWait::Over(_)));
        }
        let next = epoch.next().expect("it is small");
        let other = fence_wait(&lease, next, &Timing::default(), Millis(now));
        prop_assert_eq!(other, FenceWait::Wait(DurationMs(12_000)));
    }
}
