//! The system in which everything is as it should be, for tests to spoil.

use fence::{
    Author, Begin, Command, ControlRecord, DurationMs, Epoch, Millis, Order, RegionName, RunId,
    RunKind, Step, Verdict, judge,
};
use runbook::{Facts, Known, Lag, PlanKind, RecordSeen, Request, Settings, SiteFacts};

pub(crate) const AT: Millis = Millis(1_000_000_000);

pub(crate) fn region(name: &str) -> RegionName {
    RegionName::new(name)
}

/// What somebody asks for who has prepared it.
pub(crate) fn request(kind: PlanKind) -> Request {
    let settings = Settings { change: Some("CHG-7".to_owned()), ..Settings::default() };
    Request {
        run: RunId::new("r9"),
        kind,
        by: Author::new("ann"),
        reason: "a test".to_owned(),
        settings,
    }
}

/// Everything is well, and this Region is active.
pub(crate) fn calm(active: &str) -> Facts {
    let mut facts = Facts::unknown(AT, region("east"), region("west"), region("north"));
    facts.record = read(&record(active, &[]));
    facts.primary = site("east", active);
    facts.standby = site("west", active);
    let lag = Lag { now: Some(DurationMs(80)), calm_since: Some(Millis(0)) };
    (facts.database_lag, facts.table_lag, facts.bucket_lag) = (lag, lag, lag);
    facts.versions_equal = Known::Yes;
    facts.alarms_quiet = Known::Yes;
    facts.parity = Known::Yes;
    facts.reconciled = Known::Yes;
    facts
}

fn site(name: &str, active: &str) -> SiteFacts {
    SiteFacts {
        region: region(name),
        has_database: Known::Yes,
        is_available: Known::Yes,
        is_writer: Known::from(name == active),
        database_service_answers: Known::Yes,
        canary_green: Known::Yes,
        certificates_valid: Known::Yes,
    }
}

/// This Region is lost with its control planes.
pub(crate) fn lose(facts: &mut Facts, name: &str) {
    let sites = [&mut facts.primary, &mut facts.standby];
    let lost = sites.into_iter().find(|site| site.region.as_str() == name).expect("a Region");
    *lost = SiteFacts { has_database: Known::No, ..SiteFacts::unknown(lost.region.clone()) };
}

pub(crate) fn read(record: &ControlRecord) -> RecordSeen {
    RecordSeen::Read(Box::new(record.clone()))
}

/// How a run of the record goes on.
#[derive(Clone, Copy)]
pub(crate) enum Move {
    Begin(RunKind),
    Pass,
    Do(&'static str),
}

/// The record after `active` was made active and run `r1` went so far.
pub(crate) fn record(active: &str, moves: &[Move]) -> ControlRecord {
    let mut record = ordered(None, Command::Initialize { region: region(active) });
    let source = region(active);
    let target = region(if active == "east" { "west" } else { "east" });
    for step in moves {
        let epoch = record.epoch();
        let run = RunId::new("r1");
        let command = match step {
            Move::Begin(kind) => Command::Begin(Begin {
                run,
                kind: *kind,
                seen: epoch,
                source: source.clone(),
                target: target.clone(),
            }),
            Move::Pass => {
                let step = Step::PassPointOfNoReturn(stopped(&source, epoch));
                Command::Step { run, epoch, step }
            }
            Move::Do(word) => Command::Step { run, epoch, step: step_of(word) },
        };
        record = ordered(Some(&record), command);
    }
    record
}

fn step_of(word: &str) -> Step {
    match word {
        "open" => Step::Open,
        "abort" => Step::Abort,
        "direct" => Step::DirectTraffic,
        other => panic!("nobody knows `{other}`"),
    }
}

fn stopped(region: &RegionName, epoch: Epoch) -> fence::Stopped {
    let holders = std::collections::BTreeMap::new();
    let lease = fence::Lease { region: region.clone(), epoch, holders, revision: 1 };
    match fence::fence_wait(&lease, epoch, &fence::Timing::default(), AT) {
        fence::FenceWait::Over(stopped) => stopped,
        fence::FenceWait::Wait(span) => panic!("nobody holds it, and yet {span}"),
    }
}

fn ordered(record: Option<&ControlRecord>, command: Command) -> ControlRecord {
    let order = Order { command, by: Author::new("ann"), reason: "a test".to_owned() };
    match judge(record, &order) {
        Verdict::Write(change) => change.record().clone(),
        other => panic!("{order:?}: {other:?}"),
    }
}
