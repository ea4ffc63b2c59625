//! What stands against a failover that an alarm would start.

use std::fmt;

use fence::{Author, DurationMs, Millis, RegionName, RunId};

use crate::conditions::span;
use crate::unmet::Unmet;

/// A reason why an alarm starts nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Against {
    /// The alarm does not ring any more.
    AlarmQuiet,
    /// It is not known whether it rings.
    AlarmUnknown {
        /// Why.
        cause: String,
    },
    /// People have turned it off.
    SwitchedOff {
        /// Who.
        by: Author,
        /// Why.
        reason: String,
    },
    /// The control table does not answer.
    TableSilent {
        /// What it or its client said.
        cause: String,
    },
    /// No Region is active.
    NothingActive,
    /// The Region that looks is active itself: what it misses is its standby.
    ActiveHere,
    /// A run is not over.
    RunOpen {
        /// It.
        run: RunId,
    },
    /// A run has ended a short while ago.
    RunEndedLately {
        /// It.
        run: RunId,
        /// How long ago.
        ago: DurationMs,
        /// How long nothing is started.
        pause: DurationMs,
    },
    /// An alarm has started a run a short while ago.
    StartedLately {
        /// It.
        run: RunId,
        /// How long ago.
        ago: DurationMs,
        /// How long nothing is started.
        pause: DurationMs,
    },
    /// The witness Region sees the active Region alive, or has not missed it for long enough.
    WitnessSeesIt,
    /// It is not known what the witness Region sees.
    WitnessUnknown {
        /// Why.
        cause: String,
    },
    /// The active Region has renewed its lease too lately: it serves, whatever canaries see.
    LeaseHeld {
        /// That Region.
        source: RegionName,
        /// Until when the lease is, or was, held.
        until: Millis,
        /// For how long it must have been over.
        silent: DurationMs,
    },
    /// The Region that looks could not take over now.
    NotReady {
        /// What is missing.
        why: String,
    },
    /// A condition of every failover is not met.
    Unmet(Unmet),
}

impl Against {
    /// Whether looking again within minutes can change nothing.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        match self {
            Self::AlarmQuiet
            | Self::SwitchedOff { .. }
            | Self::NothingActive
            | Self::ActiveHere
            | Self::RunOpen { .. }
            | Self::RunEndedLately { .. }
            | Self::StartedLately { .. } => true,
            Self::AlarmUnknown { .. }
            | Self::TableSilent { .. }
            | Self::WitnessSeesIt
            | Self::WitnessUnknown { .. }
            | Self::LeaseHeld { .. }
            | Self::NotReady { .. }
            | Self::Unmet(_) => false,
        }
    }

    /// The word for it: people are told of each once in an episode.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::AlarmQuiet => "alarm-quiet",
            Self::AlarmUnknown { .. } => "alarm-unknown",
            Self::SwitchedOff { .. } => "switched-off",
            Self::TableSilent { .. } => "table-silent",
            Self::NothingActive => "nothing-active",
            Self::ActiveHere => "active-here",
            Self::RunOpen { .. } => "run-open",
            Self::RunEndedLately { .. } => "run-ended-lately",
            Self::StartedLately { .. } => "started-lately",
            Self::WitnessSeesIt => "witness-sees-it",
            Self::WitnessUnknown { .. } => "witness-unknown",
            Self::LeaseHeld { .. } => "lease-held",
            Self::NotReady { .. } => "not-ready",
            Self::Unmet(unmet) => unmet.what.as_str(),
        }
    }
}

impl fmt::Display for Against {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlarmQuiet => f.write_str("the alarm does not ring any more"),
            Self::AlarmUnknown { cause } => {
                write!(f, "it is not known whether the alarm rings: {cause}")
            }
            Self::SwitchedOff { by, reason } => write!(f, "{by} has turned this off: {reason}"),
            Self::TableSilent { cause } => write!(f, "the control table does not answer: {cause}"),
            Self::NothingActive => f.write_str("no Region is active"),
            Self::ActiveHere => {
                f.write_str("this Region is active; the one that it misses is its standby")
            }
            Self::RunOpen { run } => write!(f, "run {run} is not over"),
            Self::RunEndedLately { run, ago, pause } => write!(
                f,
                "run {run} has ended {} ago, and nothing is started for {} after a run",
                span(*ago),
                span(*pause)
            ),
            Self::StartedLately { run, ago, pause } => write!(
                f,
                "an alarm has started run {run} {} ago, and starts at most one within {}",
                span(*ago),
                span(*pause)
            ),
            Self::WitnessSeesIt => {
                f.write_str("the witness Region sees the active Region, or has not missed it yet")
            }
            Self::WitnessUnknown { cause } => {
                write!(f, "it is not known what the witness Region sees: {cause}")
            }
            Self::LeaseHeld { source, silent, .. } => write!(
                f,
                "{source} has renewed its lease, so that it serves; the lease must be over for {}",
                span(*silent)
            ),
            Self::NotReady { why } => write!(f, "this Region is not ready: {why}"),
            Self::Unmet(unmet) => unmet.fmt(f),
        }
    }
}
