//! What an order makes of the control record: the only way there is to change one.
//!
//! Checks come in the order of precedence of [`Refusal`], after the question whether it is done.

use planted::{Bug, is_planted};

use crate::name::{Epoch, RegionName, RunId};
use crate::order::{Begin, Command, Order, RecordChange, Refusal, Step, Verdict};
use crate::record::{ControlRecord, PointOfNoReturn, RecordFields, Run, RunKind, State};
use crate::wait::Stopped;

/// What stands in the way of a change: that it is done already, or a reason against it.
enum Halt {
    Already,
    Refused(Refusal),
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What `order` comes to while `record` is what is stored.
///
/// # Panics
/// When the change would be a record that contradicts itself, which only a bug here can cause.
#[must_use]
pub fn judge(record: Option<&ControlRecord>, order: &Order) -> Verdict {
    let changed = match (&order.command, record) {
        (Command::Initialize { region }, record) => initialize(record, region, order),
        (_, None) => Err(Refusal::NotInitialized.into()),
        (Command::Begin(how), Some(record)) => begin(record.fields(), how),
        (Command::Step { run, epoch, step }, Some(record)) => {
            continue_run(record.fields(), run, *epoch, step)
        }
    };
    match changed {
        Ok(fields) => write(record, fields, order),
        Err(Halt::Already) => Verdict::Already,
        Err(Halt::Refused(refusal)) => Verdict::Refused(refusal),
    }
}

fn write(record: Option<&ControlRecord>, fields: RecordFields, order: &Order) -> Verdict {
    let signed =
        RecordFields { updated_by: order.by.clone(), reason: order.reason.clone(), ..fields };
    let changed = ControlRecord::from_stored(signed).expect("an order keeps a record consistent");
    let epoch_before = record.map(ControlRecord::epoch);
    let is_kept = epoch_before <= Some(changed.epoch()) || is_planted(Bug::AbortUnderOldEpoch);
    assert!(is_kept, "an epoch never goes down");
    let loss_before = record.map(ControlRecord::nothing_lost_since);
    assert!(loss_before <= Some(changed.nothing_lost_since()), "a loss is never forgotten");
    let expected = record.map(ControlRecord::version);
    Verdict::Write(Box::new(RecordChange { expected, record: changed }))
}

fn initialize(
    record: Option<&ControlRecord>,
    region: &RegionName,
    order: &Order,
) -> Result<RecordFields, Halt> {
    let first = RecordFields {
        epoch: Epoch::FIRST,
        nothing_lost_since: Epoch::FIRST,
        state: State::Active,
        active_region: Some(region.clone()),
        run: None,
        traffic_region: region.clone(),
        updated_by: order.by.clone(),
        reason: order.reason.clone(),
    };
    match record {
        None => Ok(first),
        Some(record) if says_the_same(record.fields(), &first) => Err(Halt::Already),
        Some(record) => Err(Refusal::AlreadyInitialized { epoch: record.epoch() }.into()),
    }
}

/// Whether two records differ only in who wrote them, and why.
fn says_the_same(fields: &RecordFields, other: &RecordFields) -> bool {
    let RecordFields { updated_by, reason, .. } = fields;
    *fields
        == RecordFields { updated_by: updated_by.clone(), reason: reason.clone(), ..other.clone() }
}

fn begin(fields: &RecordFields, how: &Begin) -> Result<RecordFields, Halt> {
    let epoch = how.seen.next().ok_or(Refusal::EpochsExhausted)?;
    let own = own_run(fields, &how.run)?;
    if fields.epoch == epoch && own.is_some_and(|run| is_begun(run, how)) {
        return Err(Halt::Already);
    }
    check_epoch(fields, how.seen)?;
    let point_of_no_return = match (own, fields.state, how.kind) {
        (None, State::Active, _) => PointOfNoReturn::Ahead,
        // The source is lost while it drains: the run goes on as a failover. What the switchover
        // may have promoted stays promoted.
        (Some(run), State::Draining, RunKind::Failover) => run.point_of_no_return,
        (_, state, _) => return Err(Refusal::WrongState { state }.into()),
    };
    check_way(fields, how)?;
    let (state, active_region) = match how.kind {
        RunKind::Switchover => (State::Draining, Some(how.source.clone())),
        RunKind::Failover => (State::Fenced, None),
    };
    let run = Some(run_of(how, point_of_no_return));
    Ok(RecordFields { epoch, state, active_region, run, ..fields.clone() })
}

fn check_way(fields: &RecordFields, how: &Begin) -> Result<(), Halt> {
    if how.source == how.target {
        return Err(Refusal::SourceIsTarget.into());
    }
    if fields.active_region.as_ref() != Some(&how.source) {
        let active_region = fields.active_region.clone();
        return Err(Refusal::NotActive { active_region }.into());
    }
    match &fields.run {
        Some(run) if run.target != how.target => {
            Err(Refusal::OtherTarget { target: run.target.clone() }.into())
        }
        _ => Ok(()),
    }
}

fn run_of(how: &Begin, point_of_no_return: PointOfNoReturn) -> Run {
    Run {
        id: how.run.clone(),
        kind: how.kind,
        source: how.source.clone(),
        target: how.target.clone(),
        point_of_no_return,
    }
}

/// Whether this run began like this, whatever has become of it since.
fn is_begun(run: &Run, how: &Begin) -> bool {
    *run == run_of(how, run.point_of_no_return)
}

fn continue_run(
    fields: &RecordFields,
    id: &RunId,
    epoch: Epoch,
    step: &Step,
) -> Result<RecordFields, Halt> {
    let own = own_run(fields, id)?;
    check_epoch(fields, epoch)?;
    match (own, step) {
        (Some(run), Step::PassPointOfNoReturn(stopped)) => pass(fields, run, stopped),
        (Some(run), Step::Open) => open(fields, run),
        (Some(run), Step::Abort) => abort(fields, run),
        (Some(run), Step::TakeBack) => take_back(fields, run),
        (Some(_), Step::DirectTraffic) => direct_traffic(fields),
        (Some(_), Step::Close) => close(fields),
        (None, Step::Close) => Err(Halt::Already),
        (None, _) => Err(Refusal::RunNotOpen.into()),
    }
}

/// The open run when it is this one.
fn own_run<'f>(fields: &'f RecordFields, id: &RunId) -> Result<Option<&'f Run>, Halt> {
    match &fields.run {
        Some(run) if run.id != *id => Err(Refusal::OtherRunOpen { run: run.id.clone() }.into()),
        own => Ok(own.as_ref()),
    }
}

fn check_epoch(fields: &RecordFields, ordered: Epoch) -> Result<(), Halt> {
    let recorded = fields.epoch;
    if ordered == recorded { Ok(()) } else { Err(Refusal::StaleEpoch { ordered, recorded }.into()) }
}

fn pass(fields: &RecordFields, run: &Run, stopped: &Stopped) -> Result<RecordFields, Halt> {
    if run.point_of_no_return == PointOfNoReturn::Passed {
        return Err(Halt::Already);
    }
    // Active and not passed: it was aborted.
    check_on_its_way(fields)?;
    if stopped.region() != &run.source || stopped.epoch() != fields.epoch {
        return Err(Refusal::SourceNotStopped.into());
    }
    let run = Run { point_of_no_return: PointOfNoReturn::Passed, ..run.clone() };
    Ok(RecordFields { run: Some(run), ..fields.clone() })
}

fn open(fields: &RecordFields, run: &Run) -> Result<RecordFields, Halt> {
    let passed = run.point_of_no_return == PointOfNoReturn::Passed;
    match fields.state {
        State::Active if passed => Err(Halt::Already),
        State::Active => Err(Refusal::WrongState { state: State::Active }.into()),
        State::Draining | State::Fenced if passed => Ok(opened(run, fields)),
        State::Draining | State::Fenced => Err(Refusal::PointOfNoReturnAhead.into()),
    }
}

/// The target has what had reached it: all of the source's ledger in a switchover, which drained it
/// first. What a failover lost is known to nobody here.
fn opened(run: &Run, fields: &RecordFields) -> RecordFields {
    let nothing_lost_since = match run.kind {
        RunKind::Switchover => fields.nothing_lost_since,
        RunKind::Failover if is_planted(Bug::LossNotNoted) => fields.nothing_lost_since,
        RunKind::Failover => fields.epoch,
    };
    RecordFields { nothing_lost_since, ..active_in(&run.target, fields) }
}

/// Nothing is lost with it, not even in a failover: the source's ledger has all that it had.
fn abort(fields: &RecordFields, run: &Run) -> Result<RecordFields, Halt> {
    match (run.point_of_no_return, fields.state) {
        (PointOfNoReturn::Passed, _) if !is_planted(Bug::AbortPastNoReturn) => {
            Err(Refusal::PointOfNoReturnPassed.into())
        }
        (_, State::Active) => Err(Halt::Already),
        (_, State::Draining | State::Fenced) => Ok(reopened(run, fields)),
    }
}

/// Like an abort, past the point of no return: the target was never opened, and whoever orders it
/// has seen that its database was not promoted either.
fn take_back(fields: &RecordFields, run: &Run) -> Result<RecordFields, Halt> {
    match (run.point_of_no_return, fields.state) {
        (PointOfNoReturn::Passed, State::Draining) => Ok(reopened(run, fields)),
        (PointOfNoReturn::Passed, State::Active | State::Fenced) => {
            Err(Refusal::PointOfNoReturnPassed.into())
        }
        (PointOfNoReturn::Ahead, State::Active) => Err(Halt::Already),
        (PointOfNoReturn::Ahead, State::Fenced) => {
            Err(Refusal::WrongState { state: State::Fenced }.into())
        }
        (PointOfNoReturn::Ahead, State::Draining) => Err(Refusal::PointOfNoReturnAhead.into()),
    }
}

/// The source as it was, but for the epoch: the one that the run reserved is used up.
fn reopened(run: &Run, fields: &RecordFields) -> RecordFields {
    let given_back = u64::from(is_planted(Bug::AbortUnderOldEpoch));
    let epoch = Epoch::new(fields.epoch.number() - given_back);
    let run = Run { point_of_no_return: PointOfNoReturn::Ahead, ..run.clone() };
    RecordFields { epoch, run: Some(run.clone()), ..active_in(&run.source, fields) }
}

fn active_in(region: &RegionName, fields: &RecordFields) -> RecordFields {
    let active_region = Some(region.clone());
    RecordFields { state: State::Active, active_region, ..fields.clone() }
}

fn direct_traffic(fields: &RecordFields) -> Result<RecordFields, Halt> {
    match (&fields.active_region, fields.state) {
        (Some(active), State::Active) if *active == fields.traffic_region => Err(Halt::Already),
        (Some(active), State::Active) => {
            Ok(RecordFields { traffic_region: active.clone(), ..fields.clone() })
        }
        (_, state) => Err(Refusal::WrongState { state }.into()),
    }
}

fn close(fields: &RecordFields) -> Result<RecordFields, Halt> {
    if fields.state != State::Active {
        return Err(Refusal::WrongState { state: fields.state }.into());
    }
    if fields.active_region.as_ref() != Some(&fields.traffic_region) {
        let traffic_region = fields.traffic_region.clone();
        return Err(Refusal::TrafficElsewhere { traffic_region }.into());
    }
    Ok(RecordFields { run: None, ..fields.clone() })
}

fn check_on_its_way(fields: &RecordFields) -> Result<(), Halt> {
    match fields.state {
        State::Draining | State::Fenced => Ok(()),
        state @ State::Active => Err(Refusal::WrongState { state }.into()),
    }
}
