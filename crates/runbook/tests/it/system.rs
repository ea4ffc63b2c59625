//! What there is in a lab, and what may become of it: whatever must never be is noted in `wrong`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use fence::{ControlRecord, Epoch, Lease, Millis, PointOfNoReturn, RegionName, State};
use runbook::{
    Action, ActionName, Entry, Event, Evidence, Failure, Observed, Plan, Refused, RunnerName, Tail,
};

use crate::lab::Trouble;

/// Everything there is.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) record: Option<ControlRecord>,
    pub(crate) leases: BTreeMap<RegionName, Lease>,
    pub(crate) entries: Vec<Entry>,
    /// The Region whose database is the writer.
    pub(crate) writer: RegionName,
    /// The epoch row of each Region's ledger.
    pub(crate) epochs: BTreeMap<RegionName, Epoch>,
    /// How many movements are in quarantine.
    pub(crate) quarantine: u64,
    /// How often the writer moved.
    pub(crate) moves: u32,
    /// Where workers run.
    pub(crate) workers: BTreeSet<RegionName>,
    pub(crate) troubles: BTreeMap<ActionName, VecDeque<Trouble>>,
    /// What is told of an action, whatever it did.
    pub(crate) lies: BTreeMap<ActionName, Observed>,
    /// What happens to the next questions to the control store.
    pub(crate) store: VecDeque<Trouble>,
    /// What happens to the next questions to the journal.
    pub(crate) journal: VecDeque<Option<Trouble>>,
    /// What must never be.
    pub(crate) wrong: Vec<String>,
    /// How far the clock of whoever drives is seen to be off.
    pub(crate) clock_ahead_ms: i64,
}

impl Inner {
    fn must(&mut self, is_so: bool, what: &str, name: ActionName) {
        if !is_so {
            self.wrong.push(format!("{name}: {what}"));
        }
    }

    fn active(&self) -> Option<&RegionName> {
        let record = self.record.as_ref()?;
        record.active_region().filter(|_| record.state() == State::Active)
    }

    fn is_passed(&self) -> bool {
        let run = self.record.as_ref().and_then(ControlRecord::run);
        run.is_some_and(|run| run.point_of_no_return == PointOfNoReturn::Passed)
    }

    /// The writer moves to the target, if it is not there.
    fn promote(&mut self, plan: &Plan, name: ActionName, now: Millis) {
        if self.writer == plan.target {
            return;
        }
        let gate_closes = self.leases.get(&plan.source).and_then(Lease::expires_at);
        let is_stopped = gate_closes.is_none_or(|until| until < now);
        let is_fenced = self.is_passed() && self.active().is_none() && is_stopped;
        self.must(is_fenced, "a gate of the source may be open", name);
        if name == ActionName::SwitchDatabase {
            self.epochs.insert(plan.target.clone(), self.epochs[&plan.source]);
        }
        self.writer = plan.target.clone();
        self.moves += 1;
    }

    pub(crate) fn perform(
        &mut self,
        plan: &Plan,
        action: &Action,
        now: Millis,
    ) -> Result<Observed, Failure> {
        use ActionName as A;
        let name = action.name;
        let tail = Tail { position: Some(70), movements: 7, faults: 0 };
        let (is_source, is_target) =
            (self.active() == Some(&plan.source), self.active() == Some(&plan.target));
        match name {
            A::SnapshotEvidence => {
                let evidence =
                    Evidence { lag_ms: Some(900), intents_missing: Some(2), ..Evidence::default() };
                return Ok(Observed::Evidence(evidence));
            }
            A::StopIntake | A::StopSource => {
                self.must(!is_source, "the source is active", name);
                self.workers.remove(&plan.source);
            }
            A::HoldSource => self.must(!is_source, "the source is active", name),
            A::RecordTail => return Ok(Observed::Tail(tail)),
            A::SwitchDatabase | A::PromoteDatabase | A::DetachDatabase => {
                self.promote(plan, name, now);
            }
            A::VerifyDatabase if self.writer == plan.target => return Ok(Observed::Database(tail)),
            A::ConfirmWriter if self.writer == plan.source => {}
            A::VerifyDatabase | A::ConfirmWriter => {
                return Err(Failure::Refused(Refused::Database, "not the writer".to_owned()));
            }
            A::RaiseEpoch => {
                self.must(self.writer == action.region, "not the writer", name);
                let row = self.epochs.get_mut(&action.region).expect("a Region");
                *row = plan.epoch.max(*row);
                return Ok(Observed::Epoch(*row));
            }
            A::HoldMissing => {
                self.quarantine = if is_target { self.quarantine } else { 2 };
                return Ok(Observed::Movements(self.quarantine));
            }
            A::AskProcessor | A::SettleMissing => {
                self.quarantine = 0;
                return Ok(Observed::Movements(0));
            }
            A::StartWorkers => {
                self.must(is_target, "the target is not active", name);
                self.workers.insert(plan.target.clone());
            }
            A::ReopenSource => {
                self.must(is_source, "the source is not active", name);
                self.workers.insert(plan.source.clone());
            }
            A::TryPayment => self.must(is_target, "the target is not active", name),
            _ => {}
        }
        Ok(Observed::Done)
    }

    /// What the record may say only when the ledgers agree.
    pub(crate) fn check_record(&mut self, record: &ControlRecord) {
        let opens = record.state() == State::Active && self.active().is_none();
        if let (true, Some(active), Some(run)) = (opens, record.active_region(), record.run()) {
            let is_forward = *active == run.target;
            let name = if is_forward { ActionName::Open } else { ActionName::Abort };
            let is_raised = !is_forward || self.epochs[active] == record.epoch();
            let is_writer = self.writer == *active;
            self.must(is_writer && is_raised, "the ledger is not ready", name);
        }
    }

    /// What may follow in a journal.
    pub(crate) fn check_entry(&mut self, entry: &Entry) {
        let last = |wanted: fn(&Event) -> Option<RunnerName>| {
            self.entries.iter().rev().find_map(|entry| wanted(&entry.event))
        };
        let took = last(|event| match event {
            Event::Took { runner } => Some(runner.clone()),
            _ => None,
        });
        let (runner, name) = match &entry.event {
            Event::Began { runner, action, .. } => (runner, *action),
            Event::Ended { runner, action, attempt, .. } => {
                let is_begun = self.entries.iter().any(|entry| {
                    matches!(&entry.event, Event::Began { action: name, attempt: number, .. }
                        if (name, number) == (action, attempt))
                });
                self.must(is_begun, "it ended and never began", *action);
                (runner, *action)
            }
            _ => return,
        };
        self.must(took.as_ref() == Some(runner), "its runner does not have the run", name);
    }

    /// What is to happen to this attempt.
    pub(crate) fn meet_trouble(&mut self, event: &Event) {
        let Event::Began { action, .. } = event else { return };
        self.store.clear();
        let is_on_record = matches!(
            action,
            ActionName::BeginRun
                | ActionName::CloseEarlier
                | ActionName::WaitForFence
                | ActionName::PassPointOfNoReturn
                | ActionName::Open
                | ActionName::DirectTraffic
                | ActionName::Close
                | ActionName::Abort
        );
        if is_on_record
            && let Some(trouble) = self.troubles.get_mut(action).and_then(VecDeque::pop_front)
        {
            self.store = std::iter::repeat_n(trouble, 50).collect();
        }
    }
}
