//! A drill written down by hand: four payments, a lost Region, a failover that loses two rows.

use std::collections::BTreeMap;

use drill::{
    Answer, Card, ClientRequest, End, Expectation, History, Moment, Operator, RequestKind, RunStep,
    Scenario, Site, Verdict, What, Workload, judge,
};
use fence::{
    Author, ControlRecord, DurationMs, Epoch, Millis, PointOfNoReturn, RecordFields, RegionName,
    Run, RunId, RunKind, Timing,
};
use payments::{
    AccountId, MovementId, PaymentId, PaymentOrder, PaymentRecord, ProcessorKey, ScopedKey, State,
    Time, Version,
};
use runbook::{
    Action, ActionName, Condition, Entry, Event, Evidence, Failure, Observed, OnFailure, Plan,
    PlanKind, Refused, Retry, RunnerName, Side, Stage, Tail,
};

/// The run of the sample.
const RUN: &str = "failover-2";

/// The scenario of the sample; only its title matters.
pub(crate) fn scenario() -> Scenario {
    Scenario {
        name: "region-lost".to_owned(),
        title: "The active Region is lost".to_owned(),
        workload: Workload::default(),
        operator: Operator::default(),
        happenings: Vec::new(),
        expectation: Expectation::default(),
    }
}

/// What the judge says of a history, as if no rule were broken: the sample is for stories, and has
/// no books and no intents.
pub(crate) fn verdict(history: &History) -> Verdict {
    Verdict { violations: Vec::new(), ..judge(&scenario(), history) }
}

/// The payment of this number.
pub(crate) fn payment(number: u8) -> MovementId {
    MovementId::Payment(payment_id(number))
}

fn payment_id(number: u8) -> PaymentId {
    PaymentId::new(Time::from_ms(1_000 * u64::from(number)), [number; 10])
}

/// Moments in the making.
#[derive(Default)]
struct Script {
    moments: Vec<Moment>,
    entries: u64,
}

impl Script {
    fn at(&mut self, at_ms: u64, what: What) {
        self.moments.push(Moment { at_ms, what });
    }

    fn told(&mut self, at_ms: u64, (request, attempt): (u32, u32), from: Site, answer: Answer) {
        self.at(at_ms, What::Told { request, attempt, from, answer });
    }

    /// A payment that goes well.
    fn pays(&mut self, at_ms: u64, (request, attempt): (u32, u32), site: Site, row_epoch: u64) {
        let movement = payment(u8::try_from(request).expect("there are four requests"));
        self.at(at_ms, What::Sent { request, attempt, to: site });
        let epoch = row_epoch;
        let state = Some(State::Posted);
        let gate = Some(true);
        self.at(at_ms + 20, What::Committed { site, epoch, row_epoch, movement, state, gate });
        self.told(at_ms + 40, (request, attempt), site, Answer::Acknowledged(movement));
    }

    fn moves(&mut self, at_ms: u64, number: u8, from: Site) {
        let key = ProcessorKey::of(payment(number));
        self.at(at_ms, What::Moved { key, movement: payment(number), minor_units: 1_234, from });
    }

    fn record(&mut self, at_ms: u64, fields: RecordFields) {
        let record = ControlRecord::from_stored(fields).expect("the sample's records can be");
        self.at(at_ms, What::Record(Box::new(record)));
    }

    fn step(&mut self, at_ms: u64, step: RunStep) {
        self.at(at_ms, What::Run { run: RUN.to_owned(), step });
    }

    fn entry(&mut self, at_ms: u64, event: Event) {
        let entry = Entry { position: self.entries, at: Millis(at_ms + 1_700_000_000_000), event };
        self.entries += 1;
        self.step(at_ms, RunStep::Journaled(Box::new(entry)));
    }

    fn action(&mut self, from_ms: u64, until_ms: u64, action: ActionName, observed: Observed) {
        let runner = runner();
        self.entry(from_ms, Event::Began { action, attempt: 1, runner: runner.clone() });
        let result = Ok(observed);
        self.entry(until_ms, Event::Ended { action, attempt: 1, runner, result });
    }
}

fn runner() -> RunnerName {
    RunnerName("runner-1".to_owned())
}

fn region(site: Site) -> RegionName {
    RegionName::new(site.region())
}

/// The record before the run.
fn active(site: Site, epoch: u64) -> RecordFields {
    RecordFields {
        epoch: Epoch::new(epoch),
        nothing_lost_since: Epoch::FIRST,
        state: fence::State::Active,
        active_region: Some(region(site)),
        run: None,
        traffic_region: region(site),
        updated_by: Author::new("operator-1"),
        reason: "a drill".to_owned(),
    }
}

/// The record while the run is open.
fn within(state: fence::State, point_of_no_return: PointOfNoReturn) -> RecordFields {
    let is_open = state == fence::State::Active;
    RecordFields {
        epoch: Epoch::new(2),
        state,
        active_region: is_open.then(|| region(Site::Standby)),
        run: Some(Run {
            id: RunId::new(RUN),
            kind: RunKind::Failover,
            source: region(Site::Primary),
            target: region(Site::Standby),
            point_of_no_return,
        }),
        ..active(Site::Primary, 1)
    }
}

fn action(name: ActionName, stage: Stage) -> Action {
    Action {
        name,
        stage,
        side: Side::Target,
        region: region(Site::Standby),
        calls: Vec::new(),
        time_limit: DurationMs(60_000),
        retry: Retry { attempts_max: 3, interval: DurationMs(1_000) },
        on_failure: OnFailure::Stop,
        is_skippable: false,
        condition: Condition::Always,
        approvers: 0,
    }
}

fn plan() -> Plan {
    let actions = [
        (ActionName::SnapshotEvidence, Stage::Decide),
        (ActionName::ApproveLoss, Stage::Decide),
        (ActionName::BeginRun, Stage::Fence),
        (ActionName::StopSource, Stage::Fence),
        (ActionName::WaitForFence, Stage::Fence),
        (ActionName::PassPointOfNoReturn, Stage::Promote),
        (ActionName::PromoteDatabase, Stage::Promote),
        (ActionName::VerifyDatabase, Stage::Verify),
        (ActionName::HoldMissing, Stage::Verify),
        (ActionName::Open, Stage::Verify),
        (ActionName::DirectTraffic, Stage::Route),
        (ActionName::SettleMissing, Stage::Restore),
        (ActionName::Close, Stage::Restore),
    ];
    Plan {
        run: RunId::new(RUN),
        kind: PlanKind::Failover,
        source: region(Site::Primary),
        target: region(Site::Standby),
        witness: RegionName::new(drill::WITNESS_REGION),
        seen: Epoch::new(1),
        epoch: Epoch::new(2),
        actions: actions.map(|(name, stage)| action(name, stage)).into(),
        way_back: Vec::new(),
        earlier: None,
        change: None,
        despite: BTreeMap::new(),
        timing: Timing::default(),
    }
}

/// A client's request; request 0 is nobody's, so that payments and requests have the same numbers.
fn request(number: u32) -> ClientRequest {
    ClientRequest {
        client: number % 2,
        key: format!("order-{number}"),
        kind: RequestKind::Payment,
        account: 0,
        minor_units: 1_234,
        card: Card::Accepts,
    }
}

fn in_ledger(number: u8, state: State) -> PaymentRecord {
    let account = AccountId::new(Time::from_ms(0), [0; 10]);
    let money = request(number.into()).money();
    let token = "tok_visa_abcdefgh".to_owned();
    PaymentRecord {
        id: payment_id(number),
        key: ScopedKey::from_bytes([number; 32]),
        order: PaymentOrder::from_stored(account, money, token, None, BTreeMap::new())
            .expect("it pays something"),
        accepted: payments::Epoch::new(1),
        version: Version(1),
        state,
        refunds: BTreeMap::new(),
    }
}

/// The drill.
pub(crate) fn history() -> History {
    let mut script = Script::default();
    before_the_loss(&mut script);
    until_the_fence(&mut script);
    until_users_are_served(&mut script);
    after_that(&mut script);
    History {
        scenario: "region-lost".to_owned(),
        seed: 7,
        requests: (0..=4).map(request).collect(),
        moments: script.moments,
        end: End {
            at_ms: 90_000,
            is_at_rest: true,
            left: Vec::new(),
            record: None,
            payments: vec![
                in_ledger(1, State::Succeeded),
                in_ledger(2, State::Succeeded),
                in_ledger(3, State::Declined),
                in_ledger(4, State::Succeeded),
            ],
            postings: Vec::new(),
            intents: Vec::new(),
        },
    }
}

fn before_the_loss(script: &mut Script) {
    script.record(0, active(Site::Primary, 1));
    script.at(0, What::Dns { to: Site::Primary });
    script.at(5, What::Gate { site: Site::Primary, open: Some(1), reason: "" });
    script.pays(1_000, (1, 1), Site::Primary, 1);
    script.at(1_500, What::Lag { ms: 400 });
    script.moves(1_600, 1, Site::Primary);
    script.pays(2_000, (2, 1), Site::Primary, 1);
    script.pays(2_300, (3, 1), Site::Primary, 1);
    script.moves(2_500, 2, Site::Primary);
    script.at(2_600, What::Lag { ms: 900 });
    let line = "lose primary".to_owned();
    script.at(2_600, What::Happened { line, is_fault: true });
    let reason = "the Region is gone";
    script.at(2_600, What::Gate { site: Site::Primary, open: None, reason });
    script.at(2_700, What::Sent { request: 4, attempt: 1, to: Site::Primary });
    script.told(5_700, (4, 1), Site::Primary, Answer::Silence);
}

fn until_the_fence(script: &mut Script) {
    let by = || Author::new("operator-1");
    script.step(14_000, RunStep::Began);
    let reason = "us-east-1 does not answer".to_owned();
    script.entry(14_100, Event::Planned { plan: Box::new(plan()), by: by(), reason });
    script.entry(14_150, Event::Took { runner: runner() });
    let evidence = Evidence { lag_ms: Some(900), intents_missing: Some(2), ..Evidence::default() };
    let shown = evidence.clone();
    script.action(14_200, 14_300, ActionName::SnapshotEvidence, Observed::Evidence(evidence));
    let action = ActionName::ApproveLoss;
    script.entry(14_310, Event::Began { action, attempt: 1, runner: runner() });
    let expires_at = Millis(1_700_000_600_000);
    script.entry(20_000, Event::Approved { action, by: by(), expires_at, shown });
    let result = Ok(Observed::Approved(1));
    script.entry(20_010, Event::Ended { action, attempt: 1, runner: runner(), result });
    script.entry(20_100, began(ActionName::BeginRun));
    script.record(20_120, within(fence::State::Fenced, PointOfNoReturn::Ahead));
    script.entry(20_130, ended(ActionName::BeginRun, Ok(Observed::Done)));
    script.entry(20_140, began(ActionName::StopSource));
    script.entry(22_140, ended(ActionName::StopSource, Err(Failure::TimedOut)));
    script.action(22_200, 32_140, ActionName::WaitForFence, Observed::Done);
}

fn until_users_are_served(script: &mut Script) {
    script.entry(32_200, began(ActionName::PassPointOfNoReturn));
    script.record(32_220, within(fence::State::Fenced, PointOfNoReturn::Passed));
    script.entry(32_230, ended(ActionName::PassPointOfNoReturn, Ok(Observed::Done)));
    script.entry(32_240, began(ActionName::PromoteDatabase));
    script.at(44_000, What::Promoted { site: Site::Standby, lost: vec![payment(2), payment(3)] });
    script.entry(44_100, ended(ActionName::PromoteDatabase, Ok(Observed::Done)));
    let tail = Tail { position: Some(77), movements: 1, faults: 0 };
    script.action(44_200, 44_300, ActionName::VerifyDatabase, Observed::Database(tail));
    script.at(44_310, What::EpochRaised { site: Site::Standby, epoch: 2 });
    script.entry(44_320, began(ActionName::HoldMissing));
    for number in [2, 3] {
        script.at(44_350, What::Quarantine { movement: payment(number), held: true });
    }
    script.entry(44_400, ended(ActionName::HoldMissing, Ok(Observed::Movements(2))));
    script.entry(44_410, began(ActionName::Open));
    script.record(44_450, within(fence::State::Active, PointOfNoReturn::Passed));
    script.entry(44_460, ended(ActionName::Open, Ok(Observed::Done)));
    script.at(44_900, What::Gate { site: Site::Standby, open: Some(2), reason: "" });
    script.action(45_000, 45_040, ActionName::DirectTraffic, Observed::Done);
    script.at(45_500, What::Dns { to: Site::Standby });
    script.pays(46_000, (4, 2), Site::Standby, 2);
}

fn after_that(script: &mut Script) {
    script.moves(46_500, 4, Site::Standby);
    script.entry(60_000, began(ActionName::SettleMissing));
    for (number, state) in [(2, State::Succeeded), (3, State::Declined)] {
        let (site, movement) = (Site::Standby, payment(number));
        let (epoch, row_epoch, state) = (2, 2, Some(state));
        script.at(61_000, What::Committed { site, epoch, row_epoch, movement, state, gate: None });
        script.at(61_000, What::Quarantine { movement, held: false });
    }
    script.entry(61_100, ended(ActionName::SettleMissing, Ok(Observed::Movements(0))));
    let refused = Failure::Refused(Refused::Other, "the source is away".to_owned());
    script.entry(62_000, ended(ActionName::Close, Err(refused)));
    script.record(63_000, active(Site::Standby, 2));
    script.entry(63_010, ended(ActionName::Close, Ok(Observed::Done)));
}

fn began(action: ActionName) -> Event {
    Event::Began { action, attempt: 1, runner: runner() }
}

fn ended(action: ActionName, result: Result<Observed, Failure>) -> Event {
    Event::Ended { action, attempt: 1, runner: runner(), result }
}
