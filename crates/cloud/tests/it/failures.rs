//! What goes wrong on the way: credentials, throttling, answers that are lost. And how everything stands.

use cloud::{Active, NotActivated, NotBegun, Ways, activate, begin, status};
use emulator::{Fault, Rule};
use fence::{Author, Epoch};
use runbook::{ActionName, Event, PlanKind, Stopped, drive};

use crate::estate::{ACCOUNT, Estate, identity, region};
use crate::runs::{request, runner};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_in_another_account() {
    let estate = Estate::made().await;
    let ways = Ways { identity: identity("210987654321"), ..estate.ways() };
    let not_begun = begin(&estate.reach(ways), &request(PlanKind::Switchover, "wrong")).await;
    let Err(NotBegun::Account(other)) = not_begun else { panic!("{not_begun:?}") };
    let wanted = "these are credentials of account 210987654321, and the system is in 123456789012";
    assert_eq!(other.to_string(), wanted);
    let asked: Vec<String> =
        estate.way.called().into_iter().map(|called| called.operation).collect();
    assert_eq!(asked, ["GetCallerIdentity"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_begins_once() {
    let estate = Estate::made().await;
    let reach = estate.reach(estate.ways());
    let again = || activate(&reach, Author::new("ann"));
    let first = Active { region: region("us-east-1"), epoch: Epoch::FIRST };
    assert_eq!(again().await.expect("it is so already"), first);
    let request = request(PlanKind::Switchover, "moved");
    begin(&reach, &request).await.expect("nothing is against it");
    let one = reach.run(&request.run);
    assert_eq!(drive(&one, &one, &runner("r1")).await, Stopped::Finished);
    let moved = Active { region: region("us-east-2"), epoch: Epoch::new(2) };
    assert_eq!(again().await.expect("it is so already"), moved);
    let ways = Ways { identity: identity("210987654321"), ..estate.ways() };
    let other = activate(&estate.reach(ways), Author::new("eve")).await;
    assert!(matches!(other, Err(NotActivated::Account(_))), "{other:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_run_out_stop_a_run_and_lose_nothing() {
    let estate = Estate::made().await;
    let reach = estate.reach(estate.ways());
    let request = request(PlanKind::Switchover, "expired");
    begin(&reach, &request).await.expect("nothing is against it");
    estate.way.rules([Rule::all(Fault::EXPIRED)]);
    let one = reach.run(&request.run);
    let stopped = drive(&one, &one, &runner("r1")).await;
    let Stopped::JournalSilent { cause } = stopped else { panic!("{stopped:?}") };
    assert!(cause.contains("ExpiredToken"), "{cause}");
    estate.way.rules([]);
    let one = reach.run(&request.run);
    assert_eq!(drive(&one, &one, &runner("r2")).await, Stopped::Finished);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_throttled_is_asked_again_and_what_lost_its_answer_is_not_done_twice() {
    let estate = Estate::made().await;
    let reach = estate.reach(estate.ways());
    let request = request(PlanKind::Switchover, "busy");
    begin(&reach, &request).await.expect("nothing is against it");
    estate.way.rules([
        Rule::all(Fault::LosesAnswer).operation("SwitchoverGlobalCluster").times(1),
        Rule::all(Fault::THROTTLES).operation("DescribeGlobalClusters").times(1),
        Rule::all(Fault::FAILS).service("lambda").times(1),
    ]);
    let one = reach.run(&request.run);
    assert_eq!(drive(&one, &one, &runner("r1")).await, Stopped::Finished);
    let called = estate.way.called();
    let switched = called.iter().filter(|called| called.operation == "SwitchoverGlobalCluster");
    assert_eq!(switched.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn status_says_whether_a_failover_could_be_done() {
    let estate = Estate::made().await;
    let reach = estate.reach(estate.ways());
    let seen = status(&reach).await.expect("the account is known");
    assert_eq!(seen.account, ACCOUNT);
    assert!(seen.readiness.is_ready(), "{:#?}", seen.readiness);
    assert_eq!(seen.drift, Vec::<String>::new());
    estate.way.rules([Rule::all(Fault::Resets).region("us-east-2").service("rds")]);
    let seen = status(&reach).await.expect("the account is known");
    let unmet = seen.readiness.requirements.iter().filter(|requirement| !requirement.is_met);
    let unmet: Vec<&str> = unmet.map(|requirement| requirement.what).collect();
    assert_eq!(unmet, ["database service of the target", "storage of the target follows"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_stopped_has_nothing_in_hand() {
    let estate = Estate::made().await;
    let reach = estate.reach(estate.ways());
    let request = request(PlanKind::Switchover, "stopped");
    begin(&reach, &request).await.expect("nothing is against it");
    let (one, name) = (reach.run(&request.run), runner("r1"));
    one.stop_before(ActionName::MuteAlarms);
    tokio::select! {
        stopped = drive(&one, &one, &name) => panic!("{stopped:?}"),
        () = one.stopped() => {}
    }
    let entries = reach.entries(&request.run).await.expect("it answers");
    let last = entries.last().map(|entry| &entry.event);
    let begun =
        matches!(last, Some(Event::Ended { action: ActionName::BeginRun, result: Ok(_), .. }));
    assert!(begun, "{last:?}");
    let one = reach.run(&request.run);
    assert_eq!(drive(&one, &one, &runner("r2")).await, Stopped::Finished);
}
