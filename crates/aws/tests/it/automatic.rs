//! What is remembered about failovers that alarms start.

use std::collections::BTreeSet;

use aws::NotKept;
use fence::{Author, Millis, RegionName, RunId};
use runbook::automatic::{Episode, Kept, Started, Switch};

use crate::double::{Double, Fault};
use crate::samples::{HASTY, PATIENT, table};

fn episode() -> Episode {
    Episode { region: RegionName::new("us-east-2"), since: Millis(1_000_000) }
}

fn off() -> Switch {
    let (by, reason) = (Author::new("ann"), "a change of networks".to_owned());
    Switch { is_on: false, by, reason, at: Millis(1) }
}

#[tokio::test]
async fn all_of_it_is_read_as_it_was_written() {
    let double = Double::start().await;
    let table = table(&double, PATIENT);
    let nothing = Kept::default();
    assert_eq!(table.automatic().await, Ok(nothing.clone()));
    let started = Started { run: RunId::new("one"), at: Millis(2), episode: episode() };
    let told = BTreeSet::from(["started".to_owned()]);
    let switched = nothing.with_switch(off());
    let all = switched.with_started(started).with_told(&episode(), told);
    for kept in [switched.clone(), switched.with_switch(off()), all] {
        assert_eq!(table.keep_automatic(&kept).await, Ok(()), "{kept:?}");
        assert_eq!(table.automatic().await, Ok(kept));
    }
}

/// Of two who have decided by the same, one is told to look again.
#[tokio::test]
async fn the_second_of_two_is_overtaken() {
    let double = Double::start().await;
    let table = table(&double, PATIENT);
    let start = |run: &str| {
        let run = RunId::new(run);
        Kept::default().with_started(Started { run, at: Millis(2), episode: episode() })
    };
    assert_eq!(table.keep_automatic(&start("one")).await, Ok(()));
    assert_eq!(table.keep_automatic(&start("two")).await, Err(NotKept::Overtaken));
    let stale = Kept { revision: 7, ..start("three") };
    assert_eq!(table.keep_automatic(&stale).await, Err(NotKept::Overtaken));
    assert_eq!(table.automatic().await, Ok(start("one")));
}

#[tokio::test]
async fn an_answer_that_is_lost_is_found() {
    for fault in [Fault::LosesAnswer, Fault::LosesQuestion, Fault::HangsWithAnswer] {
        let double = Double::start().await;
        let table = table(&double, HASTY);
        let kept = Kept::default().with_switch(off());
        double.local.next(&[fault]);
        assert_eq!(table.keep_automatic(&kept).await, Ok(()), "{fault:?}");
        assert_eq!(table.automatic().await, Ok(kept), "{fault:?}");
    }
}
