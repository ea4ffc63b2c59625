//! What was observed before a run: all that a plan is made from.

use fence::{ControlRecord, DurationMs, Millis, RegionName};

/// Whether something is so, as far as is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Known {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// Nobody answered.
    #[default]
    Unknown,
}

impl Known {
    /// Whether it is known to be so.
    #[must_use]
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }

    /// Whether both are so: one that is not is enough to know.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, Self::Yes) => Self::Yes,
            (Self::No, _) | (_, Self::No) => Self::No,
            _ => Self::Unknown,
        }
    }
}

impl From<bool> for Known {
    fn from(is_so: bool) -> Self {
        if is_so { Self::Yes } else { Self::No }
    }
}

/// The system as it was observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// When, by the clock of whoever observed.
    pub at: Millis,
    /// The home primary.
    pub primary: SiteFacts,
    /// The home standby.
    pub standby: SiteFacts,
    /// The Region with the third vote.
    pub witness: RegionName,
    /// The control record.
    pub record: RecordSeen,
    /// Whether both Regions' databases have versions between which roles can change.
    pub versions_equal: Known,
    /// How far the standby's database is behind.
    pub database_lag: Lag,
    /// How far tables are behind that replicate by themselves.
    pub table_lag: Lag,
    /// How far buckets are behind, in the direction from the active Region to the other.
    pub bucket_lag: Lag,
    /// Whether no alarm is ringing.
    pub alarms_quiet: Known,
    /// Whether configuration, quotas and artifacts of both Regions are the same.
    pub parity: Known,
    /// Whether nothing is left in quarantine, and nothing accepted is missing in the ledger.
    pub reconciled: Known,
    /// When the latest failover opened its target, if there was one.
    pub last_failover_at: Option<Millis>,
}

/// One Region as it was observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFacts {
    /// Its name.
    pub region: RegionName,
    /// Whether its database answers.
    pub has_database: Known,
    /// Whether its database is the writer.
    pub is_writer: Known,
    /// Whether the database service says that its cluster is available: nothing else changes it now.
    pub is_available: Known,
    /// Whether the control plane of its database service answers.
    pub database_service_answers: Known,
    /// Whether the canary of its API is green.
    pub canary_green: Known,
    /// Whether its certificates are valid for longer than a run.
    pub certificates_valid: Known,
}

/// The control record as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordSeen {
    /// The store does not answer.
    Silent {
        /// What it or its client said.
        cause: String,
    },
    /// There is none.
    Absent,
    /// This is it.
    Read(Box<ControlRecord>),
}

/// How far a copy is behind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lag {
    /// So far, when it was measured last.
    pub now: Option<DurationMs>,
    /// Since when it has never been above the most that [`Settings`](crate::Settings) allows, as
    /// far back as is known.
    pub calm_since: Option<Millis>,
}

impl Facts {
    /// Nothing is known but the names: what there is to begin with.
    #[must_use]
    pub fn unknown(
        at: Millis,
        primary: RegionName,
        standby: RegionName,
        witness: RegionName,
    ) -> Self {
        Self {
            at,
            primary: SiteFacts::unknown(primary),
            standby: SiteFacts::unknown(standby),
            witness,
            record: RecordSeen::Silent { cause: "it was not asked".to_owned() },
            versions_equal: Known::Unknown,
            database_lag: Lag::default(),
            table_lag: Lag::default(),
            bucket_lag: Lag::default(),
            alarms_quiet: Known::Unknown,
            parity: Known::Unknown,
            reconciled: Known::Unknown,
            last_failover_at: None,
        }
    }
}

impl SiteFacts {
    /// Nothing is known but the name.
    #[must_use]
    pub fn unknown(region: RegionName) -> Self {
        Self {
            region,
            has_database: Known::Unknown,
            is_writer: Known::Unknown,
            is_available: Known::Unknown,
            database_service_answers: Known::Unknown,
            canary_green: Known::Unknown,
            certificates_valid: Known::Unknown,
        }
    }
}
