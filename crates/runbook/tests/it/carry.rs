//! Whoever carries a run on in these tests: a runner, and people who approve.

use std::cell::Cell;
use std::pin::Pin;

use fence::{Author, DurationMs, RunId};
use runbook::{
    ActionName, Control, Facts, Known, NotTaken, Plan, PlanKind, Request, Runner, RunnerName,
    Stopped, Takeover, drive, order, plan, write_plan,
};

use crate::facts::{calm, lose, read, request};
use crate::lab::Lab;

/// How often something is polled until whoever polls is killed.
pub(crate) struct Life(Cell<u64>);

impl Life {
    pub(crate) const fn polls(polls: u64) -> Self {
        Self(Cell::new(polls))
    }

    pub(crate) const fn long() -> Self {
        Self::polls(1_000_000)
    }

    /// Runs a future; nothing when the life is over before it.
    pub(crate) fn run<T>(&self, lab: &Lab, future: impl Future<Output = T>) -> Option<T> {
        let task: Pin<Box<dyn Future<Output = T> + '_>> = Box::pin(future);
        let mut done = lab.clock.run(&mut [Some(task)], |_| {
            self.0.set(self.0.get().checked_sub(1)?);
            Some(0)
        })?;
        done.pop()
    }
}

/// A runner of this name, who knows that all others are gone.
pub(crate) fn runner(name: &str) -> Runner {
    Runner { name: RunnerName(name.to_owned()), takeover: Takeover::AtOnce }
}

pub(crate) fn plan_for(lab: &Lab, kind: PlanKind, run: &str) -> Plan {
    let (request, facts) = asked(lab, kind, run);
    plan(&request, &facts).unwrap_or_else(|unmet| panic!("{unmet:?}"))
}

fn asked(lab: &Lab, kind: PlanKind, run: &str) -> (Request, Facts) {
    let record = lab.record();
    let source = record.active_region().expect("a Region is active").clone();
    let mut facts = calm(source.as_str());
    facts.record = read(&record);
    if kind == PlanKind::Failover {
        lose(&mut facts, source.as_str());
    }
    // What a run of the past left behind is settled in these tests.
    facts.reconciled = Known::Yes;
    (Request { run: RunId::new(run), ..request(kind) }, facts)
}

/// A lab with the plan of a run written down.
pub(crate) fn planned(kind: PlanKind) -> Lab {
    let lab = Lab::new(if kind == PlanKind::Failback { "west" } else { "east" });
    let plan = plan_for(&lab, kind, "r9");
    put(&lab, &plan).expect("the journal is empty");
    lab
}

pub(crate) fn put(lab: &Lab, plan: &Plan) -> Result<(), NotTaken> {
    let (by, now) = (Author::new("ann"), lab.clock.now());
    Life::long().run(lab, write_plan(lab, plan, &by, "a test", now)).expect("it ends")
}

/// Orders something, and says what came of it.
pub(crate) fn tell(lab: &Lab, by: &str, control: &Control) -> Result<(), NotTaken> {
    let now = lab.clock.now();
    Life::long().run(lab, order(lab, control, &Author::new(by), now)).expect("it ends")
}

pub(crate) fn approve(action: ActionName) -> Control {
    Control::Approve { action, lasts: DurationMs(900_000) }
}

/// Carries the run on until somebody else must do something.
pub(crate) fn step(lab: &Lab, name: &str) -> Stopped {
    Life::long().run(lab, drive(lab, lab, &runner(name))).expect("it stops")
}

/// Carries the run on as far as it goes, with two people who approve; nothing when killed before.
pub(crate) fn carry(lab: &Lab, name: &str, life: &Life) -> Option<Stopped> {
    loop {
        match life.run(lab, drive(lab, lab, &runner(name)))? {
            Stopped::WaitsForApproval { action, .. } => {
                for by in ["bob", "cyd"] {
                    let (by, control) = (Author::new(by), approve(action));
                    let now = lab.clock.now();
                    match life.run(lab, order(lab, &control, &by, now))? {
                        // Who was killed between the two finds the first one's there.
                        Ok(()) | Err(NotTaken::ApprovedAlready { .. }) => {}
                        Err(not_taken) => panic!("it is due: {not_taken:?}"),
                    }
                }
            }
            stopped => return Some(stopped),
        }
    }
}

/// Nothing was ever wrong.
#[track_caller]
pub(crate) fn check_right(lab: &Lab) {
    let wrong = lab.inner().wrong.clone();
    assert!(wrong.is_empty(), "{wrong:#?}\n{}", lab.told());
}
