//! From nothing to two Regions and back, as an operator types it, over what `tideover deploy` made of the default file: the
//! packaged functions run, PostgreSQL replicates from Region to Region, names follow the health checks, cards are charged.
//!
//! Made up are, besides AWS: an hour of a lag of the database, and that a snapshot has data in it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use emulator::Fault;
use expect_test::{ExpectFile, expect_file};
use serde_json::Value;

use super::system::{ACCOUNT, PRIMARY, STANDBY, System};
use crate::place::Outcome;

impl System {
    /// Both Regions are as the templates say, with this one active, and the other one could take over.
    #[track_caller]
    pub(super) fn is_ready(&self, active: &str) {
        let Outcome { stdout: status, stderr, .. } = self.typed("status", 0);
        let on = format!("on: AWS account {ACCOUNT}, {PRIMARY} and {STANDBY}, `payment-dev`\n");
        assert_eq!(stderr, on);
        assert!(status.contains(&format!("ACTIVE, traffic to {active}, no run open")), "{status}");
        assert!(status.contains("drift          none"), "{status}");
    }

    /// Takes a payment in one Region, which the other refuses, and sees it through: the card is charged, the receipt is
    /// stored, everybody is told.
    #[track_caller]
    pub(super) fn takes_payments(&self, here: &str, there: &str, key: &str) {
        let (status, paid) = self.pay(here, key);
        assert_eq!(status, 201, "{paid}");
        let (status, refused) = self.pay(there, key);
        assert_eq!((status, &refused["code"]), (503, &"region_switching".into()), "{refused}");
        let id = text(&paid, "id");
        // What was told before a Region was lost is told again meanwhile.
        let open =
            format!("SELECT count(*) FROM outbox WHERE payment = '{id}' AND published_at IS NULL");
        until("everybody is told", || self.databases.ask(here, &open) == "0");
        assert!(self.is_charged(id));
    }

    /// Whether the processor has moved the money of a payment.
    fn is_charged(&self, id: &str) -> bool {
        self.moved().iter().any(|key| key.contains(id))
    }

    /// A switchover is killed in the middle, and somebody else goes on with it.
    fn switches_over(&self) {
        let mut killed = self.tideover("switchover --by ann --reason patching").start();
        self.way.wait_for(|called| called.operation == "SwitchoverGlobalCluster");
        killed.kill().expect("it runs");
        killed.wait().expect("it ran");
        let underway = self.typed("status", 8).stdout;
        assert!(underway.contains("is open"), "{underway}");
        self.typed("resume --by ben --take-over", 0);
        self.is_ready(STANDBY);
    }

    /// A failback that may begin; the run.
    fn fails_back(&self, more: &str) -> String {
        let back = format!("failback --by ann --reason home --change CHG-1 {more}");
        let run = planned(&self.typed(&back, 0));
        self.is_ready(PRIMARY);
        run
    }

    /// Takes a payment that no other Region has heard of, and is lost with its Region; its id.
    fn is_lost_with_a_payment(&mut self, key: &str) -> String {
        self.databases.hold_back(STANDBY);
        let (status, paid) = self.pay(PRIMARY, key);
        assert_eq!(status, 201, "{paid}");
        let id = text(&paid, "id");
        until("the card is charged", || self.is_charged(id));
        self.lose(PRIMARY, Fault::Resets);
        self.typed("status", 0);
        id.to_owned()
    }

    /// A failover of the lost home primary, which two people approve; the run, once its target serves.
    fn fails_over(&self) -> String {
        let run = planned(&self.typed("failover --by ann --reason gone", 6));
        self.typed("approve --by ann --yes", 0);
        // Another name is not another person.
        let again = self.typed("approve --yes --by eve", 7).stderr;
        assert!(again.contains(&format!("as arn:aws:iam::{ACCOUNT}:user/ann")), "{again}");
        let enough = self.typed("approve --by ben --yes", 0).stderr;
        assert!(enough.contains("approved by 2 of 2: ann, ben"), "{enough}");
        let served = self.typed(&format!("resume {run} --by ann"), 0).stderr;
        assert!(served.contains("payments are taken by the Region that was opened"), "{served}");
        let report = self.report(&run);
        nothing_required_of(&report, PRIMARY);
        let principals: Vec<&str> = report["approvals"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| text(one, "principal"))
            .collect();
        assert_eq!(
            principals,
            ["ann", "ben"].map(|name| format!("arn:aws:iam::{ACCOUNT}:user/{name}"))
        );
        run
    }

    /// The evidence of a run.
    pub(super) fn report(&self, run: &str) -> Value {
        self.typed(&format!("report {run} --out {run}"), 0);
        self.json(&format!("{run}/report.json"))
    }

    /// Nobody was charged twice, and the ledger of the home primary has so many payments.
    pub(super) fn adds_up(&self, payments: usize) {
        let moved = self.moved();
        assert_eq!(moved.iter().collect::<BTreeSet<_>>().len(), moved.len(), "{moved:?}");
        let paid = self.databases.ask(PRIMARY, "SELECT count(*) FROM payments");
        assert_eq!(paid, payments.to_string());
    }
}

/// Waits until it is so.
#[track_caller]
pub(super) fn until(what: &str, is_it: impl Fn() -> bool) {
    until_of(300, what, is_it);
}

/// The same, looking so many times.
#[track_caller]
pub(super) fn until_of(looks: u32, what: &str, is_it: impl Fn() -> bool) {
    for _ in 0..looks {
        if is_it() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("it does not come to this: {what}");
}

/// The name of the run that was planned.
pub(super) fn planned(outcome: &Outcome) -> String {
    let line = outcome.stderr.lines().find_map(|line| line.strip_prefix("run "));
    let run = line.and_then(|line| line.strip_suffix(" is planned"));
    run.unwrap_or_else(|| panic!("no run is planned: {outcome}")).to_owned()
}

/// The steps of a report that are part of the plan.
fn steps(report: &Value) -> impl Iterator<Item = &Value> {
    report["steps"].as_array().into_iter().flatten()
}

fn calls(step: &Value) -> impl Iterator<Item = &Value> {
    let attempts = step["attempts"].as_array().into_iter().flatten();
    attempts.flat_map(|attempt| attempt["calls"].as_array().into_iter().flatten())
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// What a call begins with that may come again, because something is not so yet, or somebody else wrote first.
const LOOKS: [&str; 5] = ["Describe", "Get", "Invoke", "List", "PutItem"];

/// The calls of each action: how often what changes something outside, and what is looked at and noted, however often.
fn counted(report: &Value) -> String {
    let told = steps(report).map(|step| (text(step, "action"), counted_of(step)));
    told.filter(|(_, calls)| !calls.is_empty())
        .map(|(action, calls)| format!("{action}\n{calls}"))
        .collect()
}

fn counted_of(step: &Value) -> String {
    let (mut changes, mut looks) = (BTreeMap::<String, usize>::new(), BTreeSet::new());
    for call in calls(step) {
        let operation = text(call, "operation");
        let named = format!("{} {} {operation}", text(call, "region"), text(call, "service"));
        if LOOKS.iter().any(|word| operation.starts_with(word)) {
            looks.insert(named);
        } else {
            *changes.entry(named).or_default() += 1;
        }
    }
    let changes = changes.iter().map(|(call, times)| format!("  {times} × {call}\n"));
    changes.chain(looks.iter().map(|call| format!("      {call}\n"))).collect()
}

/// Compares the calls of a run with those that were looked at.
fn calls_are(report: &Value, expected: &ExpectFile) {
    expected.assert_eq(&counted(report));
}

/// Every call has the id that AWS gave it, and nothing that is required called the Region that was lost.
fn nothing_required_of(report: &Value, lost: &str) {
    for step in steps(report) {
        for call in calls(step) {
            let has_answer = call["status"].is_number();
            assert_eq!(call["request_id"].is_string(), has_answer, "{call}");
            let is_about_lost = text(call, "region") == lost;
            assert!(!(is_about_lost && step["is_required"] == true), "{}: {call}", step["action"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_nothing_to_two_regions_and_back() {
    let mut system = System::deployed().await;
    system.typed("activate --by ann", 0);
    system.is_ready(PRIMARY);
    system.takes_payments(PRIMARY, STANDBY, "order-1");
    system.switches_over();
    let off = system.typed("automatic off --by ann --reason moving", 0).stdout;
    assert!(off.contains("switch  off: ann says so, because: moving\n"), "{off}");
    assert_eq!(system.typed("automatic", 0).stdout, off);
    let on = system.typed("automatic on --by ben --reason moved", 0).stdout;
    assert!(on.contains("switch  on: ben says so, because: moved\n"), "{on}");
    system.takes_payments(STANDBY, PRIMARY, "order-2");
    let run = system.fails_back("");
    calls_are(&system.report(&run), &expect_file!["calls/failback.txt"]);

    let lost = system.is_lost_with_a_payment("order-3");
    let run = system.fails_over();
    let movements = &system.report(&run)["reconciliation"]["movements"];
    assert_eq!((text(&movements[0], "id"), movements[1].is_null()), (lost.as_str(), true));
    let (status, told) = system.pay(STANDBY, "order-3");
    assert_eq!((status, text(&told, "id")), (201, lost.as_str()), "{told}");
    system.find(PRIMARY);
    system.typed(&format!("resume {run} --by ben"), 0);
    system.is_ready(STANDBY);
    calls_are(&system.report(&run), &expect_file!["calls/failover.txt"]);

    let too_soon = system.typed("failback --by ann --reason home --change CHG-2", 7);
    assert!(too_soon.stderr.contains("--despite not-same-day"), "{too_soon}");
    system.fails_back("--despite not-same-day");
    system.takes_payments(PRIMARY, STANDBY, "order-4");
    let runs = system.typed("runs", 0).stdout.lines().count();
    // Each run tries a payment besides.
    system.adds_up(4 + runs);
    assert!(system.destroyed().starts_with("32 stacks taken away\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_is_silent_is_left() {
    let mut system = System::deployed().await;
    system.typed("activate --by ann", 0);
    system.takes_payments(PRIMARY, STANDBY, "order-1");
    system.lose(PRIMARY, Fault::Hangs);
    system.fails_over();
    let (status, paid) = system.pay(STANDBY, "order-2");
    assert_eq!(status, 201, "{paid}");
}
