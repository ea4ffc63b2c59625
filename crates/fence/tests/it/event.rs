//! What can happen in the model, what can be broken in it, and how much did happen.

use fence::RunKind;

use crate::store::Net;

pub(crate) const PROCESSES: usize = 4;
pub(crate) const OPERATORS: usize = 2;
pub(crate) const ACTORS: usize = PROCESSES + OPERATORS;

/// Something that happens.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// Time goes on, ms.
    Advance(u64),
    /// An operator waits as long as it was told to.
    WaitOut(usize),
    /// A process begins to renew.
    Renew(usize),
    /// An operator begins something.
    Operate(usize, Intent),
    /// One poll of what somebody is doing, and what the network does to it.
    Poll(usize, Net),
    /// All polls of what somebody is doing, over a network that works.
    Finish(usize),
    /// A clock is from now on so many ms ahead of the true time.
    Drift(usize, u64),
    /// A process leaves the lease.
    Leave(usize),
    /// A process dies and starts again; an operator forgets what it was doing.
    Die(usize),
    /// Writes that were late land.
    Land,
}

/// What an operator wants, by what it saw last, however long ago.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Intent {
    /// To look at the record.
    Look,
    /// To take the run that is open one step on, or to begin one.
    GoOn(RunKind),
    /// To open the target, however far the run is.
    Open,
    /// To go back.
    Abort,
    /// To go back past the point of no return.
    TakeBack,
    /// To give its last order again.
    Repeat,
}

/// What is broken, to see that the properties notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mutant {
    /// Nothing.
    Sound,
    /// Operators take all clocks to be the same.
    NoClockBound,
    /// Operators read the lease instead of revoking it.
    NoRevocation,
    /// Operators do not wait.
    NoWait,
    /// Clocks are further apart than the bound.
    WildClocks,
    /// The store compares epoch and run, not how far the run is.
    WeakCondition,
    /// A process that leaves keeps its gate open.
    LeavesOpen,
    /// A failover that opens its target forgets that something may be lost.
    FailoverForgetsLoss,
    /// A switchover that opens its target says that something may be lost.
    SwitchoverTellsLoss,
    /// A run that is aborted says that something may be lost.
    AbortTellsLoss,
}

/// How much happened, to see that the properties speak of something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) opened: usize,
    pub(crate) aborted: usize,
    pub(crate) taken_back: usize,
    pub(crate) escalated: usize,
    pub(crate) open_after_loss: usize,
    pub(crate) open_after_none: usize,
    pub(crate) open_gates: usize,
    pub(crate) open_under_old_epoch: usize,
    pub(crate) waits: usize,
    pub(crate) unsettled: usize,
    pub(crate) landed_late: usize,
    pub(crate) refused: usize,
}

impl Seen {
    pub(crate) fn add(&mut self, other: &Self) {
        self.opened += other.opened;
        self.aborted += other.aborted;
        self.taken_back += other.taken_back;
        self.escalated += other.escalated;
        self.open_after_loss += other.open_after_loss;
        self.open_after_none += other.open_after_none;
        self.open_gates += other.open_gates;
        self.open_under_old_epoch += other.open_under_old_epoch;
        self.waits += other.waits;
        self.unsettled += other.unsettled;
        self.landed_late += other.landed_late;
        self.refused += other.refused;
    }
}
