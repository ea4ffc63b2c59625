//! The plan that there would be if everything were as a run wants it: for a look ahead, and for pages
//! that are written before anything has happened.

use fence::{Author, Command, DurationMs, Millis, Order, RegionName, RunId, Verdict, judge};

use crate::facts::{Facts, Known, Lag, RecordSeen, SiteFacts};
use crate::plan::{Plan, PlanKind};
use crate::planning::plan;
use crate::request::{Request, Settings};

/// The two home Regions and the one with the third vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Homes {
    /// The home primary.
    pub primary: RegionName,
    /// The home standby.
    pub standby: RegionName,
    /// The Region with the third vote.
    pub witness: RegionName,
}

impl Homes {
    /// The Region that a run of this kind is supposed to leave: of a failback the standby.
    #[must_use]
    pub fn leaves(&self, kind: PlanKind) -> &RegionName {
        match kind {
            PlanKind::Switchover | PlanKind::Failover => &self.primary,
            PlanKind::Failback => &self.standby,
        }
    }
}

/// The plan of a run of this kind in a system that has had no run, while the Region that it leaves
/// is active and every condition holds.
///
/// # Panics
/// When primary and standby are the same Region.
#[must_use]
pub fn supposed(kind: PlanKind, homes: &Homes) -> Plan {
    assert!(homes.primary != homes.standby, "a run goes from one Region to another");
    let request = Request {
        run: RunId::new("dry-run"),
        kind,
        by: Author::new("nobody"),
        reason: "a look ahead".to_owned(),
        settings: Settings { change: Some("none".to_owned()), ..Settings::default() },
    };
    plan(&request, &facts(kind, homes)).expect("every condition is supposed to hold")
}

fn facts(kind: PlanKind, homes: &Homes) -> Facts {
    let Homes { primary, standby, witness } = homes.clone();
    let active = homes.leaves(kind);
    let calm = Lag { now: Some(DurationMs::ZERO), calm_since: Some(Millis(0)) };
    // Late enough that what has always been calm has been calm for long.
    let at = Millis(u64::MAX);
    Facts {
        record: record(active),
        primary: site(kind, primary.clone(), active),
        standby: site(kind, standby.clone(), active),
        versions_equal: Known::Yes,
        database_lag: calm,
        table_lag: calm,
        bucket_lag: calm,
        alarms_quiet: Known::Yes,
        parity: Known::Yes,
        reconciled: Known::Yes,
        ..Facts::unknown(at, primary, standby, witness)
    }
}

fn site(kind: PlanKind, region: RegionName, active: &RegionName) -> SiteFacts {
    if kind == PlanKind::Failover && region == *active {
        return SiteFacts { has_database: Known::No, ..SiteFacts::unknown(region) };
    }
    SiteFacts {
        is_writer: Known::from(region == *active),
        region,
        has_database: Known::Yes,
        is_available: Known::Yes,
        database_service_answers: Known::Yes,
        canary_green: Known::Yes,
        certificates_valid: Known::Yes,
    }
}

fn record(active: &RegionName) -> RecordSeen {
    let order = Order {
        command: Command::Initialize { region: active.clone() },
        by: Author::new("nobody"),
        reason: "a look ahead".to_owned(),
    };
    match judge(None, &order) {
        Verdict::Write(change) => RecordSeen::Read(Box::new(change.record().clone())),
        Verdict::Already | Verdict::Refused(_) => unreachable!("nothing stands against the first"),
    }
}
