//! The control record: which Region may take money, under which epoch, and which run is changing it.
//!
//! A record changes only by [`judge`](fn@crate::judge); here is what one can say, and what it cannot.

use std::fmt;

use crate::name::{Author, Epoch, RegionName, RunId};

/// How far the permission to write is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// The active Region may write.
    Active,
    /// A switchover has begun: the active Region finishes what it began and accepts nothing more.
    Draining,
    /// A failover has begun: no Region is active.
    Fenced,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Fenced => "FENCED",
        })
    }
}

/// What a run does. A failback is a switchover home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunKind {
    /// Planned, no loss: the source drains.
    Switchover,
    /// Unplanned, loss bounded and named: the source is fenced.
    Failover,
}

impl fmt::Display for RunKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Switchover => "switchover",
            Self::Failover => "failover",
        })
    }
}

/// Whether a run may still be abandoned. It is in the record so that of two operators, one
/// promoting and one aborting, the conditional write lets only one go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PointOfNoReturn {
    /// The source may be reopened.
    Ahead,
    /// The target's database may have been promoted: the run can only be finished, unless it is a
    /// switchover that is [taken back](crate::Step::TakeBack).
    Passed,
}

impl fmt::Display for PointOfNoReturn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ahead => "ahead",
            Self::Passed => "passed",
        })
    }
}

/// The run in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// What it does now: a switchover whose source is lost goes on as a failover.
    pub kind: RunKind,
    /// The Region that was active when it began.
    pub source: RegionName,
    /// The Region that it opens.
    pub target: RegionName,
    /// Whether it may still be abandoned.
    pub point_of_no_return: PointOfNoReturn,
}

/// What is stored of a [`ControlRecord`], for shells to write and read in their own shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFields {
    /// The epoch that is active or, while a run is on its way, reserved.
    pub epoch: Epoch,
    /// The epoch that the latest failover with loss began, or the first epoch. Switchovers and
    /// aborted runs lose nothing; every failover that opened its target counts as one with loss.
    pub nothing_lost_since: Epoch,
    /// How far the permission to write is granted.
    pub state: State,
    /// The Region that may write or, at [`State::Draining`], finish; none at [`State::Fenced`].
    pub active_region: Option<RegionName>,
    /// The run in progress.
    pub run: Option<Run>,
    /// The Region that DNS is to send traffic to.
    pub traffic_region: RegionName,
    /// Who changed the record last.
    pub updated_by: Author,
    /// Why, for people.
    pub reason: String,
}

/// The one record that says who may write money: item `dr#system` of the strongly consistent table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlRecord(RecordFields);

/// What the conditional write of a record compares. It never repeats within the life of a system,
/// so a write that arrives late finds it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The epoch stored.
    pub epoch: Epoch,
    /// The run stored.
    pub run_id: Option<RunId>,
    /// The state stored.
    pub state: State,
    /// How far the run stored has come.
    pub point_of_no_return: Option<PointOfNoReturn>,
    /// Where traffic goes.
    pub traffic_region: RegionName,
}

impl ControlRecord {
    /// The record that was stored.
    ///
    /// # Errors
    /// When no order leads to such a record: somebody else wrote it. No gate opens on it.
    pub fn from_stored(fields: RecordFields) -> Result<Self, Contradiction> {
        contradiction(&fields).map_or(Ok(Self(fields)), Err)
    }

    /// What is to be stored.
    #[must_use]
    pub fn fields(&self) -> &RecordFields {
        &self.0
    }

    /// The epoch that is active or reserved.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.0.epoch
    }

    /// The epoch that the latest failover with loss began, or the first epoch.
    #[must_use]
    pub fn nothing_lost_since(&self) -> Epoch {
        self.0.nothing_lost_since
    }

    /// How far the permission to write is granted.
    #[must_use]
    pub fn state(&self) -> State {
        self.0.state
    }

    /// The Region that may write or finish.
    #[must_use]
    pub fn active_region(&self) -> Option<&RegionName> {
        self.0.active_region.as_ref()
    }

    /// The run in progress.
    #[must_use]
    pub fn run(&self) -> Option<&Run> {
        self.0.run.as_ref()
    }

    /// The Region that DNS is to send traffic to.
    #[must_use]
    pub fn traffic_region(&self) -> &RegionName {
        &self.0.traffic_region
    }

    /// What a conditional write compares.
    #[must_use]
    pub fn version(&self) -> Version {
        Version {
            epoch: self.0.epoch,
            run_id: self.run().map(|run| run.id.clone()),
            state: self.0.state,
            point_of_no_return: self.run().map(|run| run.point_of_no_return),
            traffic_region: self.0.traffic_region.clone(),
        }
    }

    /// Which of two sights of the record is the later one, whenever they arrived: epochs only grow,
    /// and within one a run can only end in [`State::Active`].
    pub(crate) fn age(&self) -> (Epoch, bool) {
        (self.0.epoch, self.0.state == State::Active)
    }
}

/// Why a stored record cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradiction {
    /// Epochs begin at 1.
    EpochZero,
    /// The latest loss began an epoch that there has not been.
    NothingLostSince,
    /// A run goes from one Region to another.
    SourceIsTarget,
    /// No run is open, and yet the state is not active.
    NoRun,
    /// The state belongs to the other kind of run.
    KindAndState,
    /// The active Region is not the one of this state and run.
    ActiveRegion,
    /// Traffic goes to a Region that it cannot have been sent to.
    TrafficRegion,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EpochZero => "the epoch is 0",
            Self::NothingLostSince => "the epoch of the latest loss is 0 or above the epoch",
            Self::SourceIsTarget => "the run's source is its target",
            Self::NoRun => "no run is open and the state is not ACTIVE",
            Self::KindAndState => "the state is not one of this kind of run",
            Self::ActiveRegion => "the active Region is not the one of this state and run",
            Self::TrafficRegion => "the traffic Region is not one of this state and run",
        })
    }
}

impl std::error::Error for Contradiction {}

fn contradiction(fields: &RecordFields) -> Option<Contradiction> {
    if fields.epoch < Epoch::FIRST {
        return Some(Contradiction::EpochZero);
    }
    if !(Epoch::FIRST..=fields.epoch).contains(&fields.nothing_lost_since) {
        return Some(Contradiction::NothingLostSince);
    }
    match &fields.run {
        Some(run) => contradiction_within(run, fields),
        None if fields.state != State::Active => Some(Contradiction::NoRun),
        None if fields.active_region.is_none() => Some(Contradiction::ActiveRegion),
        None => (fields.active_region.as_ref() != Some(&fields.traffic_region))
            .then_some(Contradiction::TrafficRegion),
    }
}

fn contradiction_within(run: &Run, fields: &RecordFields) -> Option<Contradiction> {
    let passed = run.point_of_no_return == PointOfNoReturn::Passed;
    let (active, kind_fits) = match fields.state {
        State::Active if passed => (Some(&run.target), true),
        State::Active => (Some(&run.source), true),
        State::Draining => (Some(&run.source), run.kind == RunKind::Switchover),
        State::Fenced => (None, run.kind == RunKind::Failover),
    };
    let is_open = fields.state == State::Active && passed;
    let sends_to_source = fields.traffic_region == run.source;
    let sends_to_target = fields.traffic_region == run.target && is_open;
    if run.source == run.target {
        Some(Contradiction::SourceIsTarget)
    } else if !kind_fits {
        Some(Contradiction::KindAndState)
    } else if fields.active_region.as_ref() != active {
        Some(Contradiction::ActiveRegion)
    } else {
        (!sends_to_source && !sends_to_target).then_some(Contradiction::TrafficRegion)
    }
}
