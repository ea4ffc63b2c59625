//! What a page has people type is what the run itself would do.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use fence::{
    Author, Begin, Command as Wanted, ControlRecord, DurationMs, Epoch, FenceWait, Lease, Millis,
    Order, RegionName, RunId, Step, Timing, Verdict, fence_wait, judge,
};
use runbook::{ActionName, Plan, PlanKind, supposed};
use serde_json::{Value, json};
use stores::document;

use super::{KINDS, homes};
use crate::place::Place;

fn page(place: &Place, kind: PlanKind) -> String {
    place.tideover(&format!("{kind} --dry-run --output markdown")).stdout()
}

fn plan(kind: PlanKind) -> Plan {
    supposed(kind, &homes("us-east-1", "us-east-2", "us-west-2"))
}

/// The code of a page, block by block.
fn blocks(page: &str) -> impl Iterator<Item = &str> {
    page.split("```bash\n").skip(1).map(|rest| rest.split("```").next().expect("a block ends"))
}

#[test]
fn commands_are_bash() {
    let place = Place::with("");
    for kind in KINDS {
        for block in blocks(&page(&place, kind)) {
            let mut bash = Command::new("bash");
            bash.arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped());
            let mut bash = bash.spawn().expect("bash can be started");
            let mut stdin = bash.stdin.take().expect("it is piped");
            stdin.write_all(block.as_bytes()).expect("bash reads");
            drop(stdin);
            let output = bash.wait_with_output().expect("it was started");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{said} in\n{block}");
        }
    }
}

/// What a page calls things is what the templates call them.
#[test]
fn names_are_those_of_the_templates() {
    let place = Place::with("account = \"123456789012\"\n");
    place.tideover("synth").stdout();
    let templates = place.files("cdk.out");
    let all: String = templates.values().map(|bytes| String::from_utf8_lossy(bytes)).collect();
    for name in [
        "\"payment-dev-control\"",
        "\"payment-global-dev\"",
        "\"payment-dev-us-east-1\"",
        "\"payment-dev-us-east-2\"",
        "\"SessionTable-dev\"",
        "payment-data-dev-us-east-2-${AWS::AccountId}",
        "\"payment-api-dev\"",
        "\"payment-validation-dev\"",
        "\"payment-dev/ledger\"",
        "\"alias/payment-dev-ledger\"",
        "\"api-us-east-2.payment-dev.example.com\"",
        "\"api.payment-dev.example.com\"",
        "\"to-the-other-region\"",
        ":payment-dev-outbox-wake-up",
        "\"payment-dev-ReplicationLag\"",
    ] {
        assert!(all.contains(name), "no template has {name}");
    }
    let page = page(&place, PlanKind::Failover);
    for pattern in [
        "CONTROL_TABLE=$NAME-$SUFFIX-control\n",
        "GLOBAL_CLUSTER=$NAME-global-$SUFFIX\n",
        "cluster() { echo \"$NAME-$SUFFIX-$1\"; }",
        "TableName=SessionTable-$SUFFIX",
        "bucket() { echo \"$NAME-data-$SUFFIX-$1-$ACCOUNT\"; }",
        "name=='$NAME-api-$SUFFIX'",
        "\"${function%=*}-$SUFFIX\"",
        "--secret-id \"$NAME-$SUFFIX/ledger\"",
        "alias/$NAME-$SUFFIX-ledger",
        "url() { echo \"https://$RECORD-$1.$ZONE\"; }",
        "\"$RECORD.$ZONE\"",
        "RuleId=to-the-other-region",
        "contains(EventSourceArn, ':$NAME-$SUFFIX-')",
        "--alarm-name-prefix \"$NAME-$SUFFIX-\"",
    ] {
        assert!(page.contains(pattern), "the page has no {pattern}");
    }
}

/// A run over the record, once by the orders of `fence` and once as the page has it.
struct Walk {
    plan: Plan,
    page: String,
    ordered: ControlRecord,
    typed: Value,
}

impl Walk {
    fn new(place: &Place, kind: PlanKind) -> Self {
        let plan = plan(kind);
        let first = Wanted::Initialize { region: plan.source.clone() };
        let ordered = changed(None, first);
        let typed = parsed(&ordered);
        Self { page: page(place, kind), plan, ordered, typed }
    }

    /// Gives the order of an action both ways, and compares.
    #[track_caller]
    fn step(&mut self, way: &str, name: ActionName) {
        let wanted = self.wanted(name);
        self.ordered = changed(Some(&self.ordered), wanted);
        let (condition, change) = self.typed_order(way, name);
        assert!(self.holds(&condition), "{name}: {condition} of {}", self.typed);
        self.change(&change);
        let once = self.typed.clone();
        if self.holds(&condition) {
            self.change(&change);
        }
        assert_eq!(self.typed, once, "{name}: doing it twice is doing it once");
        assert_eq!(self.typed, parsed(&self.ordered), "{name}");
        let read = document::read_record(&self.typed.to_string()).expect("programs read it");
        assert_eq!(read, self.ordered, "{name}");
    }

    /// Condition and change, as the page has them.
    fn typed_order(&self, way: &str, name: ActionName) -> (String, String) {
        let part = self.page.split("\n## The way back\n").nth(usize::from(way == "back"));
        let part = part.expect("a page has both ways");
        let (_, section) = part.split_once(&format!(". {name}\n")).expect("it has a section");
        let (_, order) = section.split_once("change_record \\\n").expect("it changes the record");
        let mut quoted = order.split('\'').skip(1).step_by(2).map(str::to_owned);
        let condition = quoted.next().expect("a condition comes first");
        (condition, quoted.next().expect("and then a change"))
    }

    fn wanted(&self, name: ActionName) -> Wanted {
        let Plan { run, kind, source, target, seen, epoch, .. } = self.plan.clone();
        let step = match name {
            ActionName::BeginRun => {
                let kind = kind.in_record();
                return Wanted::Begin(Begin { run, kind, seen, source, target });
            }
            ActionName::PassPointOfNoReturn => Step::PassPointOfNoReturn(stopped(&source, epoch)),
            ActionName::Open => Step::Open,
            ActionName::DirectTraffic => Step::DirectTraffic,
            ActionName::Close => Step::Close,
            ActionName::Abort if self.typed["run"]["point_of_no_return"] == "passed" => {
                Step::TakeBack
            }
            ActionName::Abort => Step::Abort,
            other => panic!("{other} gives no order"),
        };
        Wanted::Step { run, epoch, step }
    }

    /// Whether a condition holds, of comparisons that are joined by `and`.
    fn holds(&self, condition: &str) -> bool {
        condition.split(" and ").all(|comparison| {
            let words: Vec<&str> = comparison.split(' ').collect();
            let [path, operator, value] = words[..] else { panic!("not known: {comparison}") };
            let (left, right) = (self.value(path), self.value(value));
            match operator {
                "==" => left == right,
                "!=" => left != right,
                other => panic!("not known: {other}"),
            }
        })
    }

    fn change(&mut self, change: &str) {
        change.split('|').for_each(|assignment| self.assign(assignment.trim()));
    }

    fn assign(&mut self, assignment: &str) {
        let (path, value) = assignment.split_once(" = ").expect("it assigns");
        let value = match value.strip_prefix('{') {
            Some(_) => {
                let run = format!("\"{}\"", self.plan.run);
                serde_json::from_str(&value.replace("$run", &run)).expect("it is JSON")
            }
            None => self.value(value),
        };
        let pointer = path.replace('.', "/");
        *self.typed.pointer_mut(&pointer).expect("there is such a field") = value;
    }

    fn value(&self, word: &str) -> Value {
        match word {
            "$run" => json!(self.plan.run.as_str()),
            "$seen" => json!(self.plan.seen.number()),
            "$epoch" => json!(self.plan.epoch.number()),
            path if path.starts_with('.') => {
                self.typed.pointer(&path.replace('.', "/")).cloned().unwrap_or_default()
            }
            literal => serde_json::from_str(literal).expect("it is JSON"),
        }
    }
}

/// The record without its signature, which is the operator's.
fn parsed(record: &ControlRecord) -> Value {
    let mut value: Value =
        serde_json::from_str(&document::record(record)).expect("documents are JSON");
    value["updated_by"] = json!("ann");
    value["reason"] = json!("a test");
    value
}

fn changed(record: Option<&ControlRecord>, command: Wanted) -> ControlRecord {
    let order = Order { command, by: Author::new("ann"), reason: "a test".to_owned() };
    match judge(record, &order) {
        Verdict::Write(change) => change.record().clone(),
        other => panic!("{order:?}: {other:?}"),
    }
}

fn stopped(region: &RegionName, epoch: Epoch) -> fence::Stopped {
    let holders = std::collections::BTreeMap::new();
    let lease = Lease { region: region.clone(), epoch, holders, revision: 1 };
    match fence_wait(&lease, epoch, &Timing::default(), Millis(0)) {
        FenceWait::Over(stopped) => stopped,
        FenceWait::Wait(span) => panic!("nobody holds it, and yet {span}"),
    }
}

#[test]
fn records_forward() {
    let place = Place::with("");
    for kind in KINDS {
        let mut walk = Walk::new(&place, kind);
        for name in [
            ActionName::BeginRun,
            ActionName::PassPointOfNoReturn,
            ActionName::Open,
            ActionName::DirectTraffic,
            ActionName::Close,
        ] {
            walk.step("forward", name);
        }
    }
}

#[test]
fn records_back() {
    let place = Place::with("");
    for kind in KINDS {
        let mut walk = Walk::new(&place, kind);
        walk.step("forward", ActionName::BeginRun);
        walk.step("back", ActionName::Abort);
        walk.step("back", ActionName::Close);
    }
}

/// Past the point of no return only a switchover is taken back.
#[test]
fn records_taken_back() {
    let place = Place::with("");
    for kind in [PlanKind::Switchover, PlanKind::Failback] {
        let mut walk = Walk::new(&place, kind);
        walk.step("forward", ActionName::BeginRun);
        walk.step("forward", ActionName::PassPointOfNoReturn);
        walk.step("back", ActionName::Abort);
        walk.step("back", ActionName::Close);
    }
    let mut walk = Walk::new(&place, PlanKind::Failover);
    walk.step("forward", ActionName::BeginRun);
    walk.step("forward", ActionName::PassPointOfNoReturn);
    assert!(!walk.holds(".run.point_of_no_return == \"ahead\""));
}

/// Every order that a plan gives has been compared above.
#[test]
fn no_order_is_left_out() {
    let place = Place::with("");
    let names: BTreeSet<&str> = KINDS
        .iter()
        .flat_map(|kind| {
            let page = page(&place, *kind);
            let sections: Vec<String> = page.split("\n### ").skip(1).map(str::to_owned).collect();
            sections
        })
        .filter(|section| section.contains("change_record "))
        .filter_map(|section| {
            let name = section.lines().next()?.split(". ").nth(1)?.to_owned();
            ActionName::ALL.iter().find(|one| one.as_str() == name).map(|one| one.as_str())
        })
        .collect();
    let compared =
        ["abort", "begin-run", "close", "direct-traffic", "open", "pass-point-of-no-return"];
    assert_eq!(names, BTreeSet::from(compared));
}

/// The wait that a page names is as long as a lease and the clock bound.
#[test]
fn the_fence_is_waited_for() {
    let place = Place::with("");
    let Timing { lease_length, clock_bound, .. } = Timing::default();
    let DurationMs(longest) = lease_length.plus(clock_bound);
    for kind in KINDS {
        let Plan { source, .. } = plan(kind);
        let page = page(&place, kind);
        assert!(page.contains(&format!("raise_lease {source}\n")));
        assert!(page.contains(&format!("sleep {}\n", longest / 1_000)));
    }
    assert_eq!(plan(PlanKind::Failover).run, RunId::new("dry-run"));
}
