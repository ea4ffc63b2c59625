//! Runs from their beginning to their end, with what each action calls; resumed by another after every death; and with a
//! Region that is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use cloud::{OneRun, Reach, Ways, begin};
use emulator::{Fault, Rule};
use fence::{Author, ControlStore as _, NoAnswer, RunId};
use runbook::{
    ActionName, Appended, Control, Entry, Event, Journal, Plan, PlanKind, Precondition, Request,
    Runner, RunnerName, Service, Settings, Stopped, Takeover, drive,
};
use tokio::sync::Notify;

use crate::estate::{Estate, region};

pub(crate) fn request(kind: PlanKind, run: &str) -> Request {
    let settings = Settings { change: Some("CHG-1".to_owned()), ..Settings::default() };
    let (by, reason) = (Author::new("ann"), "a test".to_owned());
    Request { run: RunId::new(run), kind, by, reason, settings }
}

pub(crate) fn runner(name: &str) -> Runner {
    Runner { name: RunnerName(name.to_owned()), takeover: Takeover::AtOnce }
}

/// What each attempt of the run called: `action: Region service operation × times`, one line for each.
async fn calls(reach: &Reach, run: &RunId) -> BTreeMap<ActionName, BTreeMap<String, usize>> {
    let mut all = BTreeMap::new();
    for entry in reach.entries(run).await.expect("the table answers") {
        let Event::Began { action, .. } = entry.event else { continue };
        let kept = reach.table().calls(run, entry.position).await;
        let counted: &mut BTreeMap<String, usize> = all.entry(action).or_default();
        for call in kept.expect("the table answers").unwrap_or_default() {
            let text = format!("{} {} {}", call.region, call.service, call.operation);
            *counted.entry(text).or_default() += 1;
        }
    }
    all
}

/// How the SDK names a service of a plan, for those that are asked by the SDK.
fn named(service: Service) -> &'static str {
    match service {
        Service::ApiGateway => "API Gateway",
        Service::CloudWatch => "CloudWatch",
        Service::DynamoDb => "DynamoDB",
        Service::Lambda | Service::Ledger => "Lambda",
        Service::Rds => "RDS",
        Service::S3 => "S3",
        _ => "none",
    }
}

/// Each action calls only what is declared of it. What every action needs is not declared: the record, whether it is
/// superseded, and once whose account it is.
fn only_declared(plan: &Plan, called: &BTreeMap<ActionName, BTreeMap<String, usize>>) {
    for (name, called) in called {
        // An action may be on both ways, and calls another Region on the way back.
        let both = plan.actions.iter().chain(&plan.way_back).filter(|action| action.name == *name);
        let declared: BTreeSet<String> = both
            .flat_map(|action| &action.calls)
            .map(|call| {
                let api = if call.service == Service::Ledger { "Invoke" } else { call.api };
                format!("{} {} {api}", call.region, named(call.service))
            })
            .collect();
        let undeclared: Vec<&String> = called
            .keys()
            .filter(|call| !declared.contains(*call))
            .filter(|call| {
                !call.ends_with("DynamoDB GetItem") && !call.ends_with("DynamoDB PutItem")
            })
            .filter(|call| !call.ends_with("STS GetCallerIdentity"))
            .collect();
        assert!(undeclared.is_empty(), "`{name}` calls {undeclared:?}");
    }
}

fn told(called: &BTreeMap<ActionName, BTreeMap<String, usize>>) -> String {
    let mut lines = Vec::new();
    for (action, called) in called {
        let called = called.iter().filter(|(call, _)| !call.contains("DynamoDB"));
        let called: Vec<String> = called.map(|(call, times)| format!("{call} × {times}")).collect();
        lines.push(format!("{action}: {}\n", called.join(", ")));
    }
    lines.concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn there_and_back_again() {
    let estate = Estate::made().await;
    let reach = estate.reach(estate.ways());
    let request = request(PlanKind::Switchover, "there");
    let plan = begin(&reach, &request).await.expect("nothing is against it");
    let one = reach.run(&request.run);
    assert_eq!(drive(&one, &one, &runner("r1")).await, Stopped::Finished);
    let called = calls(&reach, &request.run).await;
    only_declared(&plan, &called);
    let told = told(&called);
    assert!(told.contains("us-east-1 RDS SwitchoverGlobalCluster × 1"), "{told}");
    assert!(told.contains("us-east-1 Lambda UpdateEventSourceMapping × 1"), "{told}");
    let record = estate.table().read_record().await.expect("it answers").expect("it is there");
    assert_eq!(record.active_region(), Some(&region("us-east-2")));
    assert_eq!(record.traffic_region(), &region("us-east-2"));
    let back = self::request(PlanKind::Failback, "back");
    let reach = estate.reach(Ways { here: region("us-east-1"), ..estate.ways() });
    begin(&reach, &back).await.expect("nothing is against it");
    let one = reach.run(&back.run);
    assert_eq!(drive(&one, &one, &runner("r2")).await, Stopped::Finished);
    let record = estate.table().read_record().await.expect("it answers").expect("it is there");
    assert_eq!(record.active_region(), Some(&region("us-east-1")));
    assert_eq!(record.epoch().number(), 3);
    let runs = reach.runs().await.expect("it answers");
    assert_eq!(runs, [RunId::new("there"), RunId::new("back")]);
}

/// A run whose driver dies after so many entries: before it writes the next.
struct Dying {
    one: OneRun,
    left: AtomicUsize,
    dies: Notify,
}

impl Journal for Dying {
    async fn read(&self) -> Result<Vec<Entry>, NoAnswer> {
        self.one.read().await
    }

    async fn append(&self, entry: &Entry) -> Appended {
        if self.left.load(Ordering::SeqCst) == 0 {
            self.dies.notify_one();
            std::future::pending::<()>().await;
        }
        self.left.fetch_sub(1, Ordering::SeqCst);
        self.one.append(entry).await
    }
}

/// Drives a run whose drivers die before every entry, every other with its effect done and nothing written of it, until it
/// is over, or until nothing is left but to wait for its source. People approve what waits for them. How many have died.
async fn outlives_its_drivers(reach: &Reach, run: &RunId) -> usize {
    let mut deaths = 0;
    loop {
        let left = if deaths % 2 == 0 { 2 } else { 3 };
        let dying = Dying { one: reach.run(run), left: left.into(), dies: Notify::new() };
        dying.one.stop_before(ActionName::AwaitSource);
        let name = runner(&format!("r{deaths}"));
        let stopped = tokio::select! {
            stopped = drive(&dying.one, &dying, &name) => stopped,
            () = dying.one.stopped() => return deaths,
            () = dying.dies.notified() => {
                deaths += 1;
                assert!(deaths < 200, "it goes on and on");
                continue;
            }
        };
        match stopped {
            Stopped::WaitsForApproval { action, .. } => approved(reach, run, action).await,
            stopped => {
                assert_eq!(stopped, Stopped::Finished);
                return deaths;
            }
        }
    }
}

async fn approved(reach: &Reach, run: &RunId, action: ActionName) {
    for by in ["ann", "ben"] {
        let approves = Control::Approve { action, lasts: fence::DurationMs(600_000) };
        reach.order(run, &approves, &Author::new(by)).await.expect("it is taken");
    }
}

/// How often the writer was told to move.
fn moved(estate: &Estate) -> usize {
    let moves = ["SwitchoverGlobalCluster", "FailoverGlobalCluster"];
    let counted = estate.way.counted();
    let moved = counted.iter().filter(|(called, _)| moves.contains(&&*called.operation));
    moved.map(|(_, times)| times).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn planned_changes_outlive_their_drivers() {
    let estate = Estate::made().await;
    let rows = [
        (PlanKind::Switchover, "there", "us-east-1", "us-east-2"),
        (PlanKind::Failback, "back", "us-east-2", "us-east-1"),
    ];
    for (number, (kind, run, from, to)) in (1..).zip(rows) {
        let reach = estate.reach(Ways { here: region(to), ..estate.ways() });
        let request = request(kind, run);
        let plan = begin(&reach, &request).await.expect("nothing is against it");
        assert_eq!(plan.source, region(from));
        let deaths = outlives_its_drivers(&reach, &request.run).await;
        assert!(deaths > plan.actions.len(), "{deaths} deaths");
        let record = estate.table().read_record().await.expect("it answers").expect("it is there");
        assert_eq!((record.active_region(), record.run()), (Some(&region(to)), None));
        assert_eq!(moved(&estate), number, "{run}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failover_outlives_its_drivers() {
    let estate = Estate::made().await;
    let reach = lost(&estate);
    let request = request(PlanKind::Failover, "lost");
    let plan = begin(&reach, &request).await.expect("nothing is against it");
    let deaths = outlives_its_drivers(&reach, &request.run).await;
    let until = plan.actions.iter().take_while(|action| action.name != ActionName::AwaitSource);
    let acted = until.filter(|action| action.approvers == 0).count();
    assert!(deaths > acted, "{deaths} deaths in {acted} actions");
    is_served_by_standby(&estate, &reach, &plan).await;
    assert_eq!(moved(&estate), 1);
}

/// Whoever is left when the home primary is lost.
fn lost(estate: &Estate) -> Reach {
    let mut ways = estate.ways();
    ways.services.insert(region("us-east-1"), "http://127.0.0.1:1".to_owned());
    estate.way.rules([Rule::all(Fault::Resets).region("us-east-1")]);
    estate.reach(ways)
}

/// Drives a failover with the home primary lost until only its return is left to be waited for.
pub(crate) async fn fails_over() -> (Estate, Reach, Plan) {
    let estate = Estate::made().await;
    let reach = lost(&estate);
    let request = request(PlanKind::Failover, "lost");
    let plan = begin(&reach, &request).await.expect("nothing is against it");
    let one = reach.run(&request.run);
    one.stop_before(ActionName::AwaitSource);
    let stopped = drive(&one, &one, &runner("r1")).await;
    let Stopped::WaitsForApproval { action, shown, .. } = stopped else { panic!("{stopped:?}") };
    assert_eq!((shown.lag_ms, shown.intents_missing), (Some(200), Some(2)));
    approved(&reach, &request.run, action).await;
    let name = runner("r1");
    tokio::select! {
        stopped = drive(&one, &one, &name) => panic!("{stopped:?}"),
        () = one.stopped() => {}
    }
    (estate, reach, plan)
}

async fn is_served_by_standby(estate: &Estate, reach: &Reach, plan: &Plan) {
    let record = estate.table().read_record().await.expect("it answers").expect("it is there");
    assert_eq!(record.active_region(), Some(&region("us-east-2")));
    assert_eq!(record.traffic_region(), &region("us-east-2"));
    let called = calls(reach, &plan.run).await;
    only_declared(plan, &called);
    for action in plan.actions.iter().filter(|action| action.is_required()) {
        let called = called.get(&action.name).into_iter().flatten();
        let lost: Vec<_> = called.filter(|(call, _)| call.starts_with("us-east-1")).collect();
        assert!(lost.is_empty(), "`{}` is required and calls {lost:?}", action.name);
    }
    // Beginning asks both Regions what they know; triage and stopping the source try it once.
    let lost = estate.way.called().into_iter().filter(|called| called.region == "us-east-1");
    let lost: BTreeMap<String, usize> = lost.fold(BTreeMap::new(), |mut counted, called| {
        *counted.entry(called.operation).or_default() += 1;
        counted
    });
    let all: usize = lost.values().sum();
    assert!(all < 40, "the lost Region was asked {all} times: {lost:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_refuses_is_left() {
    let (estate, reach, plan) = fails_over().await;
    is_served_by_standby(&estate, &reach, &plan).await;
    let called = calls(&reach, &plan.run).await;
    let told = told(&called);
    assert!(told.contains("us-east-2 RDS FailoverGlobalCluster × 1"), "{told}");
}

/// Fails over from a Region that answers all the while, until only its return is left to be waited for.
async fn leaves(reach: &Reach, run: &str) -> (OneRun, Plan) {
    let mut request = request(PlanKind::Failover, run);
    request.settings.despite.insert(Precondition::NoSwitchoverWouldDo);
    let plan = begin(reach, &request).await.expect("nothing is against it");
    let one = reach.run(&request.run);
    one.stop_before(ActionName::AwaitSource);
    let stopped = drive(&one, &one, &runner(run)).await;
    let Stopped::WaitsForApproval { action, .. } = stopped else { panic!("{stopped:?}") };
    for by in ["ann", "ben"] {
        let approves = Control::Approve { action, lasts: fence::DurationMs(600_000) };
        reach.order(&request.run, &approves, &Author::new(by)).await.expect("it is taken");
    }
    let name = runner(run);
    tokio::select! {
        stopped = drive(&one, &one, &name) => panic!("{stopped:?}"),
        () = one.stopped() => {}
    }
    (one, plan)
}

/// The Region that the second opens was shut by the first, which left it.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_failover_opens_what_the_first_has_shut() {
    let estate = Estate::made().await;
    let reach = estate.reach(estate.ways());
    leaves(&reach, "there").await;
    let back = estate.reach(Ways { here: region("us-east-1"), ..estate.ways() });
    let (_, plan) = leaves(&back, "back").await;
    assert_eq!(plan.earlier, Some(RunId::new("there")));
    let called = calls(&back, &plan.run).await;
    only_declared(&plan, &called);
    let told = told(&called);
    for change in ["Lambda PutFunctionConcurrency × 2", "API Gateway UpdateStage × 1"] {
        assert!(told.contains(&format!("us-east-1 {change}")), "{change}: {told}");
    }
    let record = estate.table().read_record().await.expect("it answers").expect("it is there");
    assert_eq!(record.active_region(), Some(&region("us-east-1")));
    assert_eq!(record.traffic_region(), &region("us-east-1"));
}
