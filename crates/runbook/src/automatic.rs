//! Whether an alarm may start a failover: a pure judgement of what is seen by those who do not lean on each other.
//!
//! An alarm starts nothing but the plan of a failover, in which people accept the loss before anything is changed
//! (rules `arc-triggers-off-for-stateful` and `human-approval-before-loss`; a test holds the plan to it). So a start that
//! was wrong costs people a message, and one that did not come costs the time until somebody types it. Whatever is not
//! known stands against a start: people can always type it.

mod against;
mod asking;
mod guards;
mod kept;
mod looks;
mod sight;

use fence::{Author, Millis, RegionName, RunId};

pub use against::Against;
pub use asking::state_machine;
pub use guards::{Guards, Manner};
pub use kept::{Episode, Kept, Started, Switch, Told};
pub use looks::calls;
pub use sight::{Runs, Sight, View};

use crate::facts::RecordSeen;

/// What comes of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing stands against a failover, as this run.
    Start(RunId),
    /// The failover of this episode is planned: it is carried on, and no other is started.
    GoOn(RunId),
    /// All of this stands against it.
    Not(Vec<Against>),
}

/// What comes of the alarm in the Region that looks.
#[must_use]
pub fn judge(sight: &Sight, guards: &Guards) -> Verdict {
    let Some(episode) = sight.episode() else { return Verdict::Not(vec![no_episode(sight)]) };
    if sight.runs.as_ref().is_ok_and(|runs| runs.is_planned) {
        return Verdict::GoOn(episode.run());
    }
    let against = against(sight, &episode, guards);
    if against.is_empty() { Verdict::Start(episode.run()) } else { Verdict::Not(against) }
}

/// Who starts the run of an episode.
#[must_use]
pub fn author(alarm: &str) -> Author {
    Author::new(format!("alarm {alarm}"))
}

/// Without an alarm that rings there is nothing to judge.
fn no_episode(sight: &Sight) -> Against {
    match &sight.near {
        View::Silent { cause } => Against::AlarmUnknown { cause: cause.clone() },
        View::Quiet | View::Rings { .. } => Against::AlarmQuiet,
        View::Absent => Against::AlarmUnknown { cause: "there is no such alarm".to_owned() },
    }
}

/// Everything that stands against a start, what people decide first.
fn against(sight: &Sight, episode: &Episode, guards: &Guards) -> Vec<Against> {
    let mut against = Vec::new();
    against.extend(switched_off(sight));
    let source = source(sight).map_err(|not| against.push(not)).ok();
    against.extend(by_runs(sight, guards));
    against.extend(by_start(sight, episode, guards));
    if let Some(source) = source {
        against.extend(by_witness(sight));
        against.extend(by_lease(sight, &source, guards));
        let ready = sight.not_ready.iter();
        against.extend(ready.map(|why| Against::NotReady { why: why.clone() }));
    }
    against
}

fn switched_off(sight: &Sight) -> Option<Against> {
    match &sight.kept {
        Err(cause) => Some(Against::TableSilent { cause: cause.clone() }),
        Ok(kept) => {
            let off = kept.switch.as_ref().filter(|switch| !switch.is_on)?;
            Some(Against::SwitchedOff { by: off.by.clone(), reason: off.reason.clone() })
        }
    }
}

/// The Region that a failover would leave: the other one, while it is active and no run is open.
fn source(sight: &Sight) -> Result<RegionName, Against> {
    let record = match &sight.record {
        RecordSeen::Silent { cause } => {
            return Err(Against::TableSilent { cause: cause.clone() });
        }
        RecordSeen::Absent => return Err(Against::NothingActive),
        RecordSeen::Read(record) => record,
    };
    if let Some(run) = record.run() {
        return Err(Against::RunOpen { run: run.id.clone() });
    }
    match record.active_region() {
        None => Err(Against::NothingActive),
        Some(active) if *active == sight.here => Err(Against::ActiveHere),
        Some(active) => Ok(active.clone()),
    }
}

/// Runs that are not over, and those that have ended a short while ago.
fn by_runs(sight: &Sight, guards: &Guards) -> Option<Against> {
    let runs = match &sight.runs {
        Err(cause) => return Some(Against::TableSilent { cause: cause.clone() }),
        Ok(runs) => runs,
    };
    if let Some(run) = &runs.open {
        return Some(Against::RunOpen { run: run.clone() });
    }
    let (run, ended) = runs.last_ended.as_ref()?;
    let ago = sight.at.since(*ended);
    let pause = guards.pause_after_run;
    (ago < pause).then(|| Against::RunEndedLately { run: run.clone(), ago, pause })
}

/// A start of this episode is the same one, of which nothing came yet.
fn by_start(sight: &Sight, episode: &Episode, guards: &Guards) -> Option<Against> {
    let started = sight.kept.as_ref().ok()?.started.as_ref()?;
    if started.episode == *episode {
        return None;
    }
    let ago = sight.at.since(started.at);
    let pause = guards.pause_after_start;
    let run = started.run.clone();
    (ago < pause).then_some(Against::StartedLately { run, ago, pause })
}

/// The second point of view: a canary in the witness Region, which has nothing in common with the first but the
/// Internet.
fn by_witness(sight: &Sight) -> Option<Against> {
    match &sight.far {
        View::Rings { .. } => None,
        View::Quiet => Some(Against::WitnessSeesIt),
        View::Absent => {
            Some(Against::WitnessUnknown { cause: "there is no such alarm".to_owned() })
        }
        View::Silent { cause } => Some(Against::WitnessUnknown { cause: cause.clone() }),
    }
}

/// The third: whoever serves renews the lease. Canaries that fail for a reason of their own are outvoted by it.
fn by_lease(sight: &Sight, source: &RegionName, guards: &Guards) -> Option<Against> {
    match &sight.lease {
        Err(cause) => Some(Against::TableSilent { cause: cause.clone() }),
        Ok(lease) => {
            let until: Millis = lease.as_ref()?.expires_at()?;
            let held_lately = until.0.saturating_add(guards.silent.0) > sight.at.0;
            let source = source.clone();
            held_lately.then_some(Against::LeaseHeld { source, until, silent: guards.silent })
        }
    }
}
