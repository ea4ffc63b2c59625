//! The actions on the control record, which the loop does itself by the means of `fence`.
//!
//! Each finds out for itself whether it is done: after a death, or when the record was written and
//! the answer lost, the record says so.

use fence::{
    Author, Begin, Command, ControlRecord, ControlStore, DurationMs, Epoch, Fence, FenceWait,
    Order, PointOfNoReturn, Refusal, RegionName, RunId, State, Step, Stopped, Timing, Transition,
    Unsettled, fence_once, transition,
};
use planted::{Bug, is_planted};

use crate::action::ActionName;
use crate::observed::{Failure, Observed, Refused};
use crate::plan::Plan;
use crate::ports::World;

/// The shortest time from one look at a lease to the next.
const LOOK_INTERVAL_MIN: DurationMs = DurationMs(20);

/// What the record says of a run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Standing<'r> {
    /// It has not begun under the plan's epoch.
    NotBegun,
    /// It is on its way to the target.
    OnItsWay(PointOfNoReturn),
    /// It is open, and this Region is active: the target, or the source again.
    Active(&'r RegionName),
    /// It is closed, and this Region is active.
    Closed(&'r RegionName),
    /// Another has begun since.
    Superseded,
}

/// What `record` says of the run of `plan`.
pub(crate) fn standing<'r>(record: &'r ControlRecord, plan: &Plan) -> Standing<'r> {
    let (epoch, active) = (record.epoch(), record.active_region());
    match (record.run(), active) {
        _ if epoch < plan.epoch => Standing::NotBegun,
        _ if epoch > plan.epoch => Standing::Superseded,
        (Some(run), _) if run.id != plan.run => Standing::Superseded,
        (Some(_), Some(active)) if record.state() == State::Active => Standing::Active(active),
        (Some(run), _) => Standing::OnItsWay(run.point_of_no_return),
        (None, Some(active)) => Standing::Closed(active),
        (None, None) => unreachable!("without a run, a Region is active"),
    }
}

/// One run, and the store that it changes.
pub(crate) struct OnRecord<'p, W> {
    pub(crate) world: &'p W,
    pub(crate) plan: &'p Plan,
    pub(crate) by: &'p Author,
    pub(crate) reason: &'p str,
}

/// Whether the loop does this action itself.
pub(crate) const fn is_on_record(name: ActionName) -> bool {
    matches!(
        name,
        ActionName::CloseEarlier
            | ActionName::BeginRun
            | ActionName::WaitForFence
            | ActionName::PassPointOfNoReturn
            | ActionName::Open
            | ActionName::DirectTraffic
            | ActionName::Close
            | ActionName::Abort
    )
}

impl<W: World> OnRecord<'_, W> {
    /// Makes one attempt.
    ///
    /// # Panics
    /// When the action is not one on the control record.
    pub(crate) async fn perform(&self, name: ActionName) -> Result<Observed, Failure> {
        match name {
            ActionName::CloseEarlier => self.close_earlier().await,
            ActionName::BeginRun => self.begin().await,
            ActionName::WaitForFence => self.stop().await.map(|_| Observed::Done),
            ActionName::PassPointOfNoReturn => self.pass().await,
            ActionName::Open => self.step(Step::Open).await,
            ActionName::DirectTraffic => self.step(Step::DirectTraffic).await,
            ActionName::Close => self.step(Step::Close).await,
            ActionName::Abort => self.turn_back().await,
            other => unreachable!("`{other}` is not on the control record"),
        }
    }

    /// Whether the run still has the system to itself, for what is done after its Region was opened:
    /// from then on a failover may close it and begin.
    pub(crate) async fn check_not_superseded(&self) -> Result<(), Failure> {
        match standing(&self.record().await?, self.plan) {
            Standing::Superseded => Err(superseded()),
            _ => Ok(()),
        }
    }

    /// Whether the run has begun: its preconditions were those of a system at rest.
    pub(crate) async fn has_begun(&self) -> Result<bool, Failure> {
        Ok(standing(&self.record().await?, self.plan) != Standing::NotBegun)
    }

    /// Whether the run has passed its point of no return, whatever its journal has kept of that.
    pub(crate) async fn has_passed(&self) -> Result<bool, Failure> {
        let target = &self.plan.target;
        Ok(match standing(&self.record().await?, self.plan) {
            Standing::OnItsWay(point) => point == PointOfNoReturn::Passed,
            Standing::Active(active) | Standing::Closed(active) => active == target,
            Standing::NotBegun | Standing::Superseded => false,
        })
    }

    async fn begin(&self) -> Result<Observed, Failure> {
        if let Err(wrong) = self.check_clock()
            && !self.has_begun().await?
        {
            return Err(wrong);
        }
        match self.order(self.begin_command()).await? {
            Transition::Done(_) => Ok(Observed::Done),
            Transition::Refused(refusal) => Err(refused(&refusal)),
        }
    }

    /// That the clock by which leases run out is one of those that the fence rests on. What the store has
    /// just answered tells it.
    fn check_clock(&self) -> Result<(), Failure> {
        let (ahead, bound) = (self.world.clock_ahead_ms(), self.plan.timing.clock_bound);
        if ahead.unsigned_abs() <= bound.0 {
            return Ok(());
        }
        let (off, way) = (ahead.unsigned_abs(), if ahead > 0 { "ahead of" } else { "behind" });
        let text = format!(
            "the clock of this machine is at least {off} ms {way} the system's, and the fence allows {bound}: set it (`timedatectl \
             set-ntp true`), wait until `timedatectl` calls it synchronized, and type `tideover resume {}`",
            self.plan.run
        );
        Err(Failure::Refused(Refused::Precondition, text))
    }

    /// Takes the lease from the source, and waits until no gate of it can be open: until the lease has run out, or
    /// everybody who held it has left. Nothing when the run is further.
    async fn stop(&self) -> Result<Option<Stopped>, Failure> {
        let (control, plan) = (self.world.control(), self.plan);
        loop {
            let now = self.world.now();
            let fenced = fence_once(control, &plan.run, plan.epoch, &plan.timing, now).await;
            let fenced = fenced.map_err(unsettled)?;
            if let Fence::Revoked(_) = fenced {
                self.check_clock()?;
            }
            match fenced {
                Fence::Revoked(FenceWait::Over(stopped)) => return Ok(Some(stopped)),
                Fence::Revoked(FenceWait::Wait(span)) => {
                    self.world.wait(span.min(look_interval(&plan.timing))).await;
                }
                Fence::Refused(refusal) => {
                    return self.past(&refusal, &plan.target).await.map(|()| None);
                }
            }
        }
    }

    /// Only who has just seen that the source has stopped may pass, so this looks again.
    async fn pass(&self) -> Result<Observed, Failure> {
        match self.stop().await? {
            Some(stopped) => self.step(Step::PassPointOfNoReturn(stopped)).await,
            None => Ok(Observed::Done),
        }
    }

    async fn step(&self, step: Step) -> Result<Observed, Failure> {
        match self.order(self.step_command(step)).await? {
            Transition::Done(_) => Ok(Observed::Done),
            Transition::Refused(refusal) => {
                self.past(&refusal, &self.plan.target).await.map(|()| Observed::Done)
            }
        }
    }

    /// A refusal is a success when the run was finished with `active` active.
    async fn past(&self, refusal: &Refusal, active: &RegionName) -> Result<(), Failure> {
        match standing(&self.record().await?, self.plan) {
            Standing::Closed(region) if region == active => Ok(()),
            Standing::Active(region) if region == active && is_too_late(refusal) => Ok(()),
            Standing::Superseded => Err(superseded()),
            _ => Err(refused(refusal)),
        }
    }

    /// Gives back the lock of the earlier run, which may not have come to direct traffic.
    async fn close_earlier(&self) -> Result<Observed, Failure> {
        let Some(earlier) = &self.plan.earlier else { return Ok(Observed::Done) };
        let of_earlier = |step| step_of(earlier, self.plan.seen, step);
        let mut closed = self.order(of_earlier(Step::Close)).await?;
        if let Transition::Refused(Refusal::TrafficElsewhere { .. }) = closed {
            self.order(of_earlier(Step::DirectTraffic)).await?;
            closed = self.order(of_earlier(Step::Close)).await?;
        }
        match closed {
            Transition::Done(_) => Ok(Observed::Done),
            Transition::Refused(_) if self.has_begun().await? => Ok(Observed::Done),
            Transition::Refused(refusal) => Err(refused(&refusal)),
        }
    }

    /// Back to the source. A run that has not begun begins first: an order to begin that is still
    /// under way then finds the record changed.
    async fn turn_back(&self) -> Result<Observed, Failure> {
        let record = self.record().await?;
        let step = match standing(&record, self.plan) {
            Standing::Closed(region) if *region == self.plan.source => return Ok(Observed::Done),
            Standing::Superseded => return Err(superseded()),
            Standing::OnItsWay(_) if is_planted(Bug::AbortPastNoReturn) => Step::Abort,
            Standing::OnItsWay(PointOfNoReturn::Passed) => Step::TakeBack,
            Standing::NotBegun => {
                if let Transition::Refused(_) = self.order(self.begin_command()).await? {
                    return Err(superseded());
                }
                Step::Abort
            }
            Standing::OnItsWay(PointOfNoReturn::Ahead)
            | Standing::Active(_)
            | Standing::Closed(_) => Step::Abort,
        };
        match self.order(self.step_command(step)).await? {
            Transition::Done(_) => Ok(Observed::Done),
            Transition::Refused(refusal) => Err(refused(&refusal)),
        }
    }

    async fn record(&self) -> Result<ControlRecord, Failure> {
        match self.world.control().read_record().await {
            Ok(Some(record)) => Ok(record),
            Ok(None) => Err(refused(&Refusal::NotInitialized)),
            Err(no_answer) => Err(Failure::TryAgain(no_answer.to_string())),
        }
    }

    async fn order(&self, command: Command) -> Result<Transition, Failure> {
        // A record that is read back is to be the one that was written, and records have names only.
        let (by, reason) = (self.by.by_name(), self.reason.to_owned());
        transition(self.world.control(), &Order { command, by, reason }).await.map_err(unsettled)
    }

    fn begin_command(&self) -> Command {
        let plan = self.plan;
        Command::Begin(Begin {
            run: plan.run.clone(),
            kind: plan.kind.in_record(),
            seen: plan.seen,
            source: plan.source.clone(),
            target: plan.target.clone(),
        })
    }

    fn step_command(&self, step: Step) -> Command {
        step_of(&self.plan.run, self.plan.epoch, step)
    }
}

/// How often a run that waits for a lease looks whether it was left: often beside the lease, seldom beside a read.
fn look_interval(timing: &Timing) -> DurationMs {
    DurationMs(timing.lease_length.0 / 20).max(LOOK_INTERVAL_MIN)
}

fn step_of(run: &RunId, epoch: Epoch, step: Step) -> Command {
    Command::Step { run: run.clone(), epoch, step }
}

/// Whether an order came when its time was over.
fn is_too_late(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::WrongState { state: State::Active })
}

fn refused(refusal: &Refusal) -> Failure {
    Failure::Refused(Refused::Record, refusal.to_string())
}

fn superseded() -> Failure {
    Failure::Refused(Refused::Superseded, "another run has begun since".to_owned())
}

fn unsettled(unsettled: Unsettled) -> Failure {
    let cause = match &unsettled {
        Unsettled::NoAnswer(no_answer) => no_answer.to_string(),
        Unsettled::StillUnknown => unsettled.to_string(),
    };
    Failure::TryAgain(cause)
}
