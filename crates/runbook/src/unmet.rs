//! Why there is no plan: conditions that are not met, with what to do about each.

use std::fmt;

use crate::plan::PlanKind;

/// Makes the closed set of preconditions with the words that people and machines use.
macro_rules! preconditions {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// What must be so before a run, in the order in which it is told.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Precondition { $($(#[$doc])* $name,)+ }

        impl Precondition {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The word for it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

preconditions! {
    /// The control record can be read.
    Record = "record",
    /// The run goes where this kind of run goes.
    Way = "way",
    /// No other run is open.
    NoRunOpen = "no-run-open",
    /// There is an epoch after the record's.
    Epoch = "epoch",
    /// Somebody says why.
    Reason = "reason",
    /// At least one person approves of a loss.
    Approvers = "approvers",
    /// Leases are longer than what they are renewed by.
    Timing = "timing",
    /// The target has a database.
    TargetDatabase = "target-database",
    /// No switchover would do: the source's database is lost, or its service does not answer.
    NoSwitchoverWouldDo = "no-switchover-would-do",
    /// The active Region's database is the writer.
    SourceWrites = "source-writes",
    /// The databases of both Regions are available.
    MembersAvailable = "members-available",
    /// Roles can change between the databases' versions.
    VersionsEqual = "versions-equal",
    /// The standby's database follows closely, and has for a while.
    DatabaseLag = "database-lag",
    /// Tables replicate quickly.
    TableLag = "table-lag",
    /// Buckets replicate quickly.
    BucketLag = "bucket-lag",
    /// No alarm is ringing.
    AlarmsQuiet = "alarms-quiet",
    /// Configuration, quotas and artifacts are the same in both Regions.
    Parity = "parity",
    /// The target's canary is green.
    Canary = "canary",
    /// The target's certificates are valid.
    Certificates = "certificates",
    /// Nothing is left to reconcile.
    Reconciled = "reconciled",
    /// The latest failover is long enough ago.
    NotSameDay = "not-same-day",
    /// The change is approved.
    Change = "change",
}

impl Precondition {
    /// Whether a run of this kind is asked for it.
    #[must_use]
    pub fn is_asked_of(self, kind: PlanKind) -> bool {
        match self {
            Self::Record
            | Self::Way
            | Self::NoRunOpen
            | Self::Epoch
            | Self::Reason
            | Self::Timing => true,
            Self::Approvers | Self::TargetDatabase | Self::NoSwitchoverWouldDo => {
                kind == PlanKind::Failover
            }
            Self::SourceWrites
            | Self::MembersAvailable
            | Self::VersionsEqual
            | Self::DatabaseLag
            | Self::TableLag
            | Self::BucketLag
            | Self::AlarmsQuiet
            | Self::Parity
            | Self::Canary
            | Self::Certificates => kind != PlanKind::Failover,
            Self::Reconciled | Self::NotSameDay | Self::Change => kind == PlanKind::Failback,
        }
    }

    /// Whether a person may decide to do without it.
    #[must_use]
    pub const fn may_be_overridden(self) -> bool {
        matches!(self, Self::TargetDatabase | Self::NoSwitchoverWouldDo | Self::NotSameDay)
    }
}

impl fmt::Display for Precondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A condition that is not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// Which.
    pub what: Precondition,
    /// What was found.
    pub found: String,
    /// What is needed.
    pub needed: String,
    /// What to type or to do next.
    pub next: String,
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, found, needed, next } = self;
        write!(f, "{what}: {found}; needed: {needed}; next: {next}")
    }
}
