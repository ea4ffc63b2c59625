//! What a rehearsal needs of the two Regions that it is played on.

use std::collections::BTreeSet;

use drill::{Fault, Site, What};
use fence::{Author, ControlRecord, RunId};
use runbook::{Control, NotTaken, Plan, PlanKind};

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The id of the run, if it is a new one.
    pub run: RunId,
    /// What kind of run.
    pub kind: PlanKind,
    /// Who asks.
    pub by: String,
    /// How often that was asked for by now, from 1.
    pub attempt: u32,
    /// How many people are to approve of a loss.
    pub approvers: u32,
}

/// The two Regions, and everything between and around them.
pub trait Stage: Send + Sync + 'static {
    /// Lets a fault begin or end, and notes the line. The error is for people.
    fn change(
        &self,
        fault: Fault,
        begins: bool,
        line: &str,
    ) -> impl Future<Output = Result<(), String>> + Send;

    /// Every process of the Region's service dies, and others begin. The error is for people.
    fn restart_service(&self, site: Site) -> impl Future<Output = Result<(), String>> + Send;

    /// The faults that there are.
    fn broken(&self) -> BTreeSet<Fault>;

    /// Plans a run from what is seen from outside, and writes the plan down. The error says why not,
    /// and under which id that was asked for.
    fn plan(&self, wanted: &Wanted) -> impl Future<Output = Result<Plan, (RunId, String)>> + Send;

    /// Starts a runner of the plan's run, in its target; a rude one takes it from whoever has it.
    fn start_runner(
        &self,
        plan: &Plan,
        rude: bool,
    ) -> impl Future<Output = Result<(), String>> + Send;

    /// Kills the runners of a run.
    fn kill_runner(&self, run: &RunId) -> impl Future<Output = Result<(), String>> + Send;

    /// Whether a runner of the run lives.
    fn has_runner(&self, run: &RunId) -> impl Future<Output = bool> + Send;

    /// Writes what somebody orders into the journal of a run.
    fn order(
        &self,
        run: &RunId,
        control: &Control,
        by: &Author,
    ) -> impl Future<Output = Result<(), NotTaken>> + Send;

    /// The control record, as it is seen from outside; none when no endpoint answers.
    fn record(&self) -> impl Future<Output = Option<ControlRecord>> + Send;

    /// Whether the Region says that it may take money, to somebody outside of both.
    fn is_ready(&self, site: Site) -> impl Future<Output = bool> + Send;

    /// What the active Region has left to do, for people: outbox, movements that are not settled.
    fn left(&self) -> impl Future<Output = Vec<String>> + Send;

    /// How far the standby's database is behind, in milliseconds; none when nobody can tell.
    fn lag_ms(&self) -> impl Future<Output = Option<u64>> + Send;

    /// Writes something down as having happened now.
    fn note(&self, what: What);
}
