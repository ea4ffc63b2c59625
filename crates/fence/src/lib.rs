//! Who may write money: control record, lease, epoch and gate.
//!
//! The [control record](ControlRecord) says which Region is active and under which [`Epoch`]. It
//! changes only by [orders](Order), each a conditional write that [`judge()`] decides about. A
//! process of the active Region renews its [`Lease`] with [`renew_once`] and asks its own [`Gate`]
//! before every write. A run that moves the permission begins, [revokes](fence_once) the source's
//! lease, waits until no gate of the source can be open, passes the point of no return, promotes
//! the target's database, and opens:
//!
//! ```text
//!                begin                 pass               open          direct traffic, close
//! ACTIVE source ──────▶ DRAINING│FENCED ─────▶ (the same) ─────▶ ACTIVE target ─────▶ ACTIVE target
//! epoch e               epoch e+1              epoch e+1         epoch e+1            epoch e+1
//!                           │ abort               │ take back, only a switchover whose
//!                           ▼                     ▼ database never left the source
//!                       ACTIVE source         ACTIVE source
//!                       epoch e+1             epoch e+1
//! ```
//!
//! A pure crate: the time is an argument, the store is the port [`ControlStore`], and the loops
//! over it are plain futures that need no runtime. Who waits, retries, reads clocks and talks to a
//! table is a shell.
//!
//! What holds, whatever is late, lost, paused or done twice, as long as no two clocks differ by
//! more than [`Timing::clock_bound`] and the store is linearizable:
//!
//! - An epoch never goes down, and under one epoch at most one Region is ever active.
//! - From the instant at which a run may promote, no gate of its source is open unless the run is
//!   taken back, and none of the target's was before. So no two Regions' gates are ever open at once.
//! - An order has effect once, by however many drivers and however often it is given.
//!
//! What it cannot promise: that a write which passed the gate ends before the lease does. The
//! ledger compares its epoch row inside each transaction for that.

mod decision;
mod drive;
mod gate;
mod health;
mod judge;
mod lease;
mod name;
mod order;
mod record;
mod renew;
mod store;
mod time;
mod wait;

pub use decision::{ClosedReason, Decision};
pub use drive::{Fence, Transition, fence_once, transition};
pub use gate::{Gate, Left};
pub use health::{
    Ledger, LedgerEpoch, LedgerSight, NotReady, Readiness, RecordRead, Traffic, readiness, traffic,
};
pub use judge::judge;
pub use lease::{HOLDERS_MAX, Held, Holder, Lease, LeaseChange, NotRenewed, Tenure};
pub use name::{Author, Epoch, HolderId, RegionName, RunId};
pub use order::{Begin, Command, Order, RecordChange, Refusal, Step, Verdict};
pub use record::{
    Contradiction, ControlRecord, PointOfNoReturn, RecordFields, Run, RunKind, State, Version,
};
pub use renew::{Sighting, leave_once, renew_once};
pub use store::{ControlStore, NoAnswer, Unsettled, WriteOutcome};
pub use time::{DurationMs, Millis, Timing, TimingFault};
pub use wait::{FenceWait, Stopped, fence_wait};

/// How often a loop over the port writes before it gives up and leaves the matter to its caller.
const ATTEMPTS_MAX: u32 = 4;
