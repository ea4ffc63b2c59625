//! Journals of runs as runners and people write them, for tests to report on.

use fence::{Author, Epoch, Millis, RegionName, RunId};
use report::{
    Alarm, ApiCall, AttemptCalls, Deployed, Dns, FollowUp, Known, Movement, Objectives, Probe,
    Template,
};
use runbook::{
    ActionName, AlarmNote, DnsNote, Entry, Event, Evidence, Failure, Homes, KeptNote, Notes,
    Observed, Plan, PlanKind, Precondition, Refused, RunnerName, Tail, supposed,
};

/// When every run here is planned.
pub(crate) const PLANNED_AT: u64 = 1_763_800_000_000;

/// A journal in the making.
pub(crate) struct Book {
    pub(crate) entries: Vec<Entry>,
    at: u64,
}

pub(crate) fn by(name: &str) -> Author {
    Author::new(name)
}

fn runner(name: &str) -> RunnerName {
    RunnerName(name.to_owned())
}

/// A plan of this kind between the Regions of all tests.
pub(crate) fn plan(kind: PlanKind, run: &str) -> Plan {
    let homes = Homes {
        primary: RegionName::new("us-east-1"),
        standby: RegionName::new("us-east-2"),
        witness: RegionName::new("us-west-2"),
    };
    Plan {
        run: RunId::new(run),
        seen: Epoch::new(4),
        epoch: Epoch::new(5),
        change: None,
        ..supposed(kind, &homes)
    }
}

impl Book {
    /// The journal of a run that `ann` asks for.
    pub(crate) fn planned(plan: Plan, reason: &str) -> Self {
        let mut book = Self { entries: Vec::new(), at: PLANNED_AT };
        book.write(Event::Planned {
            plan: Box::new(plan),
            by: by("ann"),
            reason: reason.to_owned(),
        });
        book
    }

    pub(crate) fn wait(&mut self, ms: u64) -> &mut Self {
        self.at += ms;
        self
    }

    pub(crate) fn write(&mut self, event: Event) -> &mut Self {
        let position = self.entries.len() as u64;
        self.entries.push(Entry { position, at: Millis(self.at), event });
        self
    }

    pub(crate) fn took(&mut self, name: &str) -> &mut Self {
        self.write(Event::Took { runner: runner(name) })
    }

    pub(crate) fn began(&mut self, action: ActionName, attempt: u32) -> &mut Self {
        self.write(Event::Began { action, attempt, runner: runner("n1") })
    }

    pub(crate) fn ended(
        &mut self,
        action: ActionName,
        attempt: u32,
        result: Result<Observed, Failure>,
    ) -> &mut Self {
        self.write(Event::Ended { action, attempt, runner: runner("n1"), result })
    }

    /// An attempt that takes so long.
    pub(crate) fn tried(
        &mut self,
        action: ActionName,
        attempt: u32,
        ms: u64,
        result: Result<Observed, Failure>,
    ) -> &mut Self {
        self.began(action, attempt).wait(ms).ended(action, attempt, result)
    }

    /// An action that is done at once.
    pub(crate) fn done(&mut self, action: ActionName, ms: u64) -> &mut Self {
        self.tried(action, 1, ms, Ok(Observed::Done))
    }

    /// An action that tells something.
    pub(crate) fn saw(&mut self, action: ActionName, ms: u64, observed: Observed) -> &mut Self {
        self.tried(action, 1, ms, Ok(observed))
    }

    pub(crate) fn approved(
        &mut self,
        action: ActionName,
        name: &str,
        shown: &Evidence,
    ) -> &mut Self {
        let expires_at = Millis(self.at + 600_000);
        self.write(Event::Approved { action, by: by(name), expires_at, shown: shown.clone() })
    }
}

pub(crate) fn tail(movements: u64) -> Tail {
    Tail { position: Some(movements * 100), movements, faults: 0 }
}

fn evidence() -> Evidence {
    let lag_at = Some(Millis(PLANNED_AT - 95_000));
    Evidence { lag_ms: Some(900), lag_at, intents_missing: Some(2), ..Evidence::default() }
}

fn alarm(region: &str, name: &str, state: &str) -> AlarmNote {
    AlarmNote { region: region.to_owned(), name: name.to_owned(), state: state.to_owned() }
}

fn dns(at: u64, asked: &str, answer: &str) -> DnsNote {
    let name = "api.payment-dev.example.com".to_owned();
    DnsNote { at: Millis(at), asked: asked.to_owned(), name, answer: answer.to_owned() }
}

/// A Region that is silent, and one that is not.
fn triage() -> Notes {
    Notes {
        alarms: vec![alarm("us-east-2", "payment-dev-PeerDown", "ALARM")],
        dns: vec![dns(1_764_000_000_000, "ns-1.example.com", "192.0.2.1")],
        lacking: vec!["alarms of us-east-1: no answer in time".to_owned()],
        ..Notes::default()
    }
}

/// Until two people have approved of the loss.
fn failover_until_approved(plan: Plan) -> Book {
    let mut book = Book::planned(plan, "us-east-1 is gone");
    book.took("n1").saw(ActionName::Triage, 10_000, Observed::Noted(triage()));
    book.saw(ActionName::SnapshotEvidence, 400, Observed::Evidence(evidence())).wait(30_000);
    book.approved(ActionName::ApproveLoss, "bob", &evidence()).wait(15_000);
    book.approved(ActionName::ApproveLoss, "cyd", &evidence());
    book.saw(ActionName::ApproveLoss, 0, Observed::Approved(2));
    book
}

/// Until the target serves.
fn failover_until_served(plan: Plan) -> Book {
    let mut book = failover_until_approved(plan);
    book.done(ActionName::BeginRun, 20);
    book.tried(ActionName::StopSource, 1, 20_000, Err(Failure::TimedOut));
    book.done(ActionName::WaitForFence, 9_000).done(ActionName::PassPointOfNoReturn, 30);
    let busy = Failure::TryAgain("InvalidGlobalClusterStateFault".to_owned());
    book.tried(ActionName::PromoteDatabase, 1, 2_000, Err(busy)).wait(1_000);
    book.tried(ActionName::PromoteDatabase, 2, 40_000, Ok(Observed::Done));
    book.saw(ActionName::VerifyDatabase, 200, Observed::Database(tail(77)));
    book.saw(ActionName::RaiseEpoch, 30, Observed::Epoch(Epoch::new(5)));
    book.saw(ActionName::HoldMissing, 80, Observed::Movements(3));
    book.done(ActionName::Open, 20).done(ActionName::StartWorkers, 300);
    book.done(ActionName::TryPayment, 90).done(ActionName::DirectTraffic, 20);
    let dns = vec![dns(1_764_000_130_000, "ns-1.example.com", "192.0.2.2")];
    book.saw(
        ActionName::ConfirmTraffic,
        61_000,
        Observed::Noted(Notes { dns, ..Notes::default() }),
    );
    book
}

/// A failover that lost three payments and came to its end.
pub(crate) fn failover() -> Vec<Entry> {
    let mut book = failover_until_served(plan(PlanKind::Failover, "failover-1"));
    book.done(ActionName::UnmuteAlarms, 50);
    book.saw(ActionName::AskProcessor, 700, Observed::Movements(1));
    let alarms = vec![alarm("us-east-2", "payment-dev-Errors", "OK")];
    let noted = Notes { alarms, ..Notes::default() };
    book.saw(ActionName::Stabilize, 5_000, Observed::Noted(noted));
    let kept = vec![KeptNote {
        place: "s3://payment-data-dev-us-east-2-123456789012/runs/failover-1/report.json"
            .to_owned(),
        sha256: "c0de".repeat(16),
        locked_until: Some(Millis(1_800_000_000_000)),
    }];
    let noted = Notes { kept, ..Notes::default() };
    book.saw(ActionName::WriteReport, 60, Observed::Noted(noted)).wait(3_600_000);
    book.done(ActionName::AwaitSource, 100).done(ActionName::HoldSource, 100);
    book.saw(ActionName::RescueTail, 90_000, Observed::Movements(2));
    book.saw(ActionName::SettleMissing, 400, Observed::Movements(0));
    book.done(ActionName::Converge, 60_000).done(ActionName::RestoreProtection, 60_000);
    book.done(ActionName::Close, 20);
    book.entries
}

/// A failover that waits for a second person, of whom the first decided to do without a condition.
pub(crate) fn waiting() -> Vec<Entry> {
    let found = "the database of `us-east-1` and its service answer".to_owned();
    let plan = Plan {
        despite: [(Precondition::NoSwitchoverWouldDo, found)].into(),
        ..plan(PlanKind::Failover, "failover-2")
    };
    let mut book = Book::planned(plan, "a <b>strange</b> | fault\nof \u{1b}[31mthe Region");
    book.took("n1").tried(ActionName::Triage, 1, 10_000, Err(Failure::TimedOut));
    book.tried(ActionName::SnapshotEvidence, 1, 20_000, Err(Failure::TimedOut)).wait(1_000);
    book.tried(ActionName::SnapshotEvidence, 2, 20_000, Err(Failure::TimedOut));
    book.approved(ActionName::ApproveLoss, "bob", &Evidence::default());
    book.entries
}

/// A switchover that turned back because its source could not be drained.
pub(crate) fn turned_back() -> Vec<Entry> {
    let mut book = Book::planned(plan(PlanKind::Switchover, "switchover-1"), "patching");
    book.took("n1").done(ActionName::CheckPreconditions, 300).done(ActionName::BeginRun, 20);
    book.done(ActionName::MuteAlarms, 200);
    for attempt in 1..=3 {
        let denied = Failure::TryAgain("AccessDeniedException".to_owned());
        book.tried(ActionName::StopIntake, attempt, 900, Err(denied)).wait(2_000);
    }
    let reason = "`stop-intake` failed: not done yet: AccessDeniedException".to_owned();
    book.write(Event::Aborted { by: by("n1"), reason });
    book.done(ActionName::ConfirmWriter, 300).done(ActionName::Abort, 20);
    book.saw(ActionName::RaiseEpoch, 30, Observed::Epoch(Epoch::new(5)));
    book.done(ActionName::ReopenSource, 500).done(ActionName::SwapMonitoring, 200);
    book.done(ActionName::WriteReport, 60).done(ActionName::Close, 20);
    book.entries
}

/// A failover that served and was then closed by another.
pub(crate) fn superseded() -> Vec<Entry> {
    let mut book = failover_until_served(plan(PlanKind::Failover, "failover-3"));
    let over = "another run has begun since".to_owned();
    let over = Failure::Refused(Refused::Superseded, over);
    book.done(ActionName::UnmuteAlarms, 50);
    book.tried(ActionName::AskProcessor, 1, 10, Err(over));
    book.entries
}

/// A switchover that was paused, taken over and skipped in, and went on as a failover.
pub(crate) fn replanned() -> Vec<Entry> {
    let mut book = Book::planned(plan(PlanKind::Switchover, "switchover-2"), "patching");
    book.took("n1").done(ActionName::CheckPreconditions, 300).done(ActionName::BeginRun, 20);
    book.write(Event::Paused { by: by("ann") }).wait(60_000);
    book.write(Event::Resumed { by: by("ann") });
    let (action, reason) = (ActionName::MuteAlarms, "they are wanted".to_owned());
    book.write(Event::Skipped { action, by: by("dot"), reason });
    book.began(ActionName::StopIntake, 1).wait(70_000).took("n2");
    book.write(Event::Retried { action: ActionName::StopIntake, by: by("ann") });
    let plan = plan(PlanKind::Failover, "switchover-2");
    let reason = "now it is gone".to_owned();
    book.write(Event::Planned { plan: Box::new(plan), by: by("bob"), reason });
    book.entries
}

/// A switchover that came to its end, under a change.
pub(crate) fn switchover() -> Vec<Entry> {
    let change = Some("CHG-7".to_owned());
    let plan = Plan { change, ..plan(PlanKind::Switchover, "switchover-3") };
    let mut book = Book::planned(plan.clone(), "patching");
    book.took("n1");
    for action in &plan.actions {
        let observed = match action.name {
            ActionName::RecordTail => Observed::Tail(tail(77)),
            ActionName::VerifyDatabase => Observed::Database(tail(77)),
            ActionName::RaiseEpoch => Observed::Epoch(Epoch::new(5)),
            _ => Observed::Done,
        };
        book.saw(action.name, 500, observed);
    }
    book.entries
}

/// A run of which there is the plan and nothing else.
pub(crate) fn begun() -> Vec<Entry> {
    Book::planned(plan(PlanKind::Failover, "failover-4"), "us-east-1 is gone").entries
}

/// All of them, by their names.
pub(crate) fn all() -> Vec<(&'static str, Vec<Entry>)> {
    vec![
        ("failover", failover()),
        ("waiting", waiting()),
        ("turned-back", turned_back()),
        ("superseded", superseded()),
        ("replanned", replanned()),
        ("switchover", switchover()),
        ("begun", begun()),
    ]
}

fn movement(id: &str, minor_units: i64, at: u64, state: &str, told: Option<bool>) -> Movement {
    Movement {
        id: id.to_owned(),
        payment: id.starts_with("ref_").then(|| "pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD".to_owned()),
        minor_units,
        currency: "USD".to_owned(),
        accepted_epoch: 4,
        accepted_at: PLANNED_AT - at,
        state: state.to_owned(),
        was_acknowledged: told,
    }
}

/// All that can be known of the failover.
pub(crate) fn known() -> Known {
    let call = |at: u64, operation: &str, request_id: Option<&str>, status, ms| ApiCall {
        at: PLANNED_AT + at,
        region: "us-east-2".to_owned(),
        service: "RDS".to_owned(),
        operation: operation.to_owned(),
        request_id: request_id.map(str::to_owned),
        status,
        ms,
    };
    let attempt =
        |attempt, calls| AttemptCalls { action: "promote-database".to_owned(), attempt, calls };
    let probe = |at, answer: &str| Probe {
        at,
        asked: "an authoritative server".to_owned(),
        name: "payment-dev.example.com".to_owned(),
        answer: answer.to_owned(),
    };
    Known {
        fault_at: Some(PLANNED_AT - 45_000),
        home: Some("us-east-1".to_owned()),
        objectives: Some(Objectives { rto_ms: 300_000, rpo_ms: 1_000 }),
        calls: Some(vec![
            attempt(
                1,
                vec![call(84_450, "FailoverGlobalCluster", Some("5e1f-1"), Some(400), Some(120))],
            ),
            attempt(
                2,
                vec![
                    call(87_450, "FailoverGlobalCluster", Some("5e1f-2"), Some(200), Some(340)),
                    call(88_000, "DescribeGlobalClusters", None, None, None),
                ],
            ),
        ]),
        dns: Dns {
            before: Some(vec![probe(PLANNED_AT, "us-east-1")]),
            after: Some(vec![probe(PLANNED_AT + 200_000, "us-east-2")]),
        },
        alarms: Some(vec![
            Alarm {
                region: "us-east-2".to_owned(),
                name: "payment-dev-api-errors".to_owned(),
                state: "OK".to_owned(),
            },
            Alarm {
                region: "us-east-1".to_owned(),
                name: "payment-dev-canary".to_owned(),
                state: "INSUFFICIENT_DATA".to_owned(),
            },
        ]),
        movements: Some(vec![
            movement("ref_01K9V3T5Q8ZJX6W2M4N7R0ABCF", 500, 45_100, "quarantined", None),
            movement("pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD", 1_234, 45_600, "succeeded", Some(true)),
            movement("pay_01K9V3T5Q8ZJX6W2M4N7R0ABCE", 99, 45_050, "declined", Some(false)),
        ]),
        templates: Some(vec![Template {
            region: "us-east-2".to_owned(),
            stack: "payment-dev-database".to_owned(),
            sha256: "00".repeat(32),
            deployed: Some(Deployed {
                sha256: "11".repeat(32),
                is_same: true,
                changed_at: Some(1_763_000_000_000),
            }),
            not_deployed: None,
        }]),
        follow_ups: vec![FollowUp {
            what: "tell the merchants of the payment that was declined".to_owned(),
            owner: "eve".to_owned(),
        }],
        ..Known::default()
    }
}
