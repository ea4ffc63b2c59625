//! Which way a run goes, by the control record: from which Region to which, and under which epoch.

use fence::{ControlRecord, Epoch, PointOfNoReturn, Run, RunId, RunKind, State};

use crate::facts::{Facts, RecordSeen, SiteFacts};
use crate::plan::PlanKind;
use crate::request::Request;
use crate::unmet::{Precondition, Unmet};

/// Which way a run goes.
pub(crate) struct Way<'f> {
    pub(crate) source: &'f SiteFacts,
    pub(crate) target: &'f SiteFacts,
    /// The epoch of the record, or the first when it is not known.
    pub(crate) seen: Epoch,
    /// The run to be closed before.
    pub(crate) earlier: Option<RunId>,
    /// Whether a switchover on its way goes on as this failover.
    pub(crate) goes_on: bool,
}

/// The way of `request`, and what stands in it. There is always one, so that everything else can be
/// judged at the same time.
pub(crate) fn way<'f>(request: &Request, facts: &'f Facts) -> (Way<'f>, Vec<Unmet>) {
    let mut way = usual(request.kind, facts);
    let mut unmet = Vec::new();
    match &facts.record {
        RecordSeen::Read(record) => follow(record, request, facts, &mut way, &mut unmet),
        RecordSeen::Silent { cause } => unmet.push(silent(cause)),
        RecordSeen::Absent => unmet.push(absent(facts)),
    }
    (way, unmet)
}

/// The way that such a run goes if nothing is known.
fn usual(kind: PlanKind, facts: &Facts) -> Way<'_> {
    let (source, target) = match kind {
        PlanKind::Switchover | PlanKind::Failover => (&facts.primary, &facts.standby),
        PlanKind::Failback => (&facts.standby, &facts.primary),
    };
    Way { source, target, seen: Epoch::FIRST, earlier: None, goes_on: false }
}

fn follow<'f>(
    record: &ControlRecord,
    request: &Request,
    facts: &'f Facts,
    way: &mut Way<'f>,
    unmet: &mut Vec<Unmet>,
) {
    way.seen = record.epoch();
    // While a failover is on its way no Region is active: its source was.
    let active = record.active_region().or(record.run().map(|run| &run.source));
    let sites = [(&facts.primary, &facts.standby), (&facts.standby, &facts.primary)];
    match sites.into_iter().find(|(site, _)| Some(&site.region) == active) {
        Some((source, target)) => (way.source, way.target) = (source, target),
        None => unmet.push(stranger(record, facts)),
    }
    if let Some(wrong) = wrong_way(request.kind, facts, way.source) {
        unmet.push(wrong);
    }
    if let Some(run) = record.run() {
        match beside(run, record, request) {
            Beside::GoesOn => way.goes_on = true,
            Beside::Closes => way.earlier = Some(run.id.clone()),
            Beside::Waits(next) => unmet.push(run_open(run, record, next)),
        }
    }
    if record.epoch().next().is_none() {
        unmet.push(last_epoch(record.epoch()));
    }
}

/// What a new run does about the one that is open.
enum Beside {
    /// It is the same: a switchover whose source is lost goes on as a failover.
    GoesOn,
    /// It is served, or given up: it is closed first, because the source may be lost before a
    /// failover has restored everything.
    Closes,
    /// It comes first; what to type.
    Waits(String),
}

fn beside(run: &Run, record: &ControlRecord, request: &Request) -> Beside {
    let is_own = run.id == request.run;
    let resume = format!("type `tideover resume {}`", run.id);
    match (request.kind, record.state()) {
        (PlanKind::Failover, State::Active) if !is_own => Beside::Closes,
        (PlanKind::Failover, State::Draining) if is_own => Beside::GoesOn,
        (PlanKind::Failover, State::Draining) => Beside::Waits(format!(
            "{resume}, or when its source is lost `tideover failover --run {}`",
            run.id
        )),
        _ => Beside::Waits(resume),
    }
}

fn wrong_way(kind: PlanKind, facts: &Facts, source: &SiteFacts) -> Option<Unmet> {
    let (from, other) = match kind {
        PlanKind::Switchover => (&facts.primary, PlanKind::Failback),
        PlanKind::Failback => (&facts.standby, PlanKind::Switchover),
        PlanKind::Failover => return None,
    };
    (source.region != from.region).then(|| Unmet {
        what: Precondition::Way,
        found: format!("`{}` is the active Region", source.region),
        needed: format!("a {kind} leaves `{}`", from.region),
        next: format!("type `tideover {other}`"),
    })
}

fn silent(cause: &str) -> Unmet {
    Unmet {
        what: Precondition::Record,
        found: format!("the control store does not answer: {cause}"),
        needed: "the control record, which says who is active".to_owned(),
        next: "try again from another Region; two of its three Regions must answer".to_owned(),
    }
}

fn absent(facts: &Facts) -> Unmet {
    Unmet {
        what: Precondition::Record,
        found: "there is no control record yet".to_owned(),
        needed: "a record that says who is active".to_owned(),
        next: format!("type `tideover activate --by NAME`: it makes `{}` so", facts.primary.region),
    }
}

fn stranger(record: &ControlRecord, facts: &Facts) -> Unmet {
    let active = record.active_region().map_or("none", |region| region.as_str());
    Unmet {
        what: Precondition::Way,
        found: format!("the active Region of the record is `{active}`"),
        needed: format!("`{}` or `{}`", facts.primary.region, facts.standby.region),
        next: "compare the Regions in `tideover.toml` with those that were deployed".to_owned(),
    }
}

fn run_open(run: &Run, record: &ControlRecord, next: String) -> Unmet {
    let kind = match run.kind {
        RunKind::Switchover => "switchover",
        RunKind::Failover => "failover",
    };
    let point = match run.point_of_no_return {
        PointOfNoReturn::Ahead => "ahead",
        PointOfNoReturn::Passed => "passed",
    };
    let (id, state) = (&run.id, record.state());
    Unmet {
        what: Precondition::NoRunOpen,
        found: format!("{kind} `{id}` is open: {state}, its point of no return {point}"),
        needed: "one run at a time".to_owned(),
        next,
    }
}

fn last_epoch(epoch: Epoch) -> Unmet {
    Unmet {
        what: Precondition::Epoch,
        found: format!("the record is in epoch {epoch}, the last there is"),
        needed: "an epoch after it".to_owned(),
        next: "restore the control record: no system has had so many runs".to_owned(),
    }
}
