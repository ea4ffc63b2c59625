//! How everything is, side by side; whether a failover could be done now, and if not why not; and what a run has changed
//! outside the templates.

mod drift;
mod readiness;
mod regions;
mod seen;

use runbook::automatic::Kept;
use runbook::{Readiness, RecordSeen};
use serde::Serialize;

use self::drift::drift;
pub(crate) use self::readiness::not_ready;
use self::readiness::readiness;
use self::regions::region_status;
use self::seen::seen;
use crate::account::NoAccount;
use crate::automatic::kept;
use crate::facts::{active, record};
use crate::reach::{Reach, now};

/// How everything is.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    /// The account.
    pub account: String,
    /// When it was seen, in milliseconds since 1970.
    pub at_ms: u64,
    /// The control record; none when it cannot be read.
    pub record: Option<RecordStatus>,
    /// Both Regions, the home primary first.
    pub regions: [RegionStatus; 2],
    /// Whether a failover could be done now; whoever prints it words it.
    #[serde(skip)]
    pub readiness: Readiness,
    /// Whether alarms may start a failover, where the templates let them; none when the control table does not say.
    pub automatic: Option<AutomaticStatus>,
    /// What differs from the templates because a run has changed it, which is to be expected while one is open.
    pub drift: Vec<String>,
}

/// The control record.
#[derive(Debug, Clone, Serialize)]
pub struct RecordStatus {
    /// The epoch.
    pub epoch: u64,
    /// The state.
    pub state: String,
    /// The Region that may take money now.
    pub active: Option<String>,
    /// The Region that traffic is meant for.
    pub traffic: String,
    /// The run that is open.
    pub run: Option<String>,
}

/// What people have said last about failovers that alarms start.
#[derive(Debug, Clone, Serialize)]
pub struct AutomaticStatus {
    /// Whether alarms may start one.
    pub is_on: bool,
    /// Who has turned it off or on; none when nobody has.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The latest run that an alarm has started.
    pub latest_run: Option<String>,
}

/// One Region.
#[derive(Debug, Clone, Serialize)]
pub struct RegionStatus {
    /// Its name.
    pub region: String,
    /// Its home role.
    pub role: &'static str,
    /// Whether the database service answers there, and how the cluster is.
    pub database_service: String,
    /// What its ledger is: writer, standby, or silent.
    pub database: String,
    /// How far its database is behind that of the other Region, in milliseconds; none where that is not measured.
    pub behind_ms: Option<u64>,
    /// How old that number is, in milliseconds.
    pub behind_age_ms: Option<u64>,
    /// The epoch of its lease, and until when gates are open under it.
    pub lease: String,
    /// What its service says at `/health`.
    pub service: String,
    /// The Region that it says traffic is meant for.
    pub traffic: Option<String>,
    /// How its event sources are.
    pub event_sources: String,
    /// The alarms that ring; none when CloudWatch does not answer.
    pub ringing: Option<Vec<String>>,
}

/// How everything is now. A Region that is lost costs seconds.
///
/// # Errors
/// When it is not known whose account it is, or when it is another.
pub async fn status(reach: &Reach) -> Result<Status, NoAccount> {
    let account = reach.account().await?;
    let homes = &reach.system().homes;
    let names = [homes.primary.clone(), homes.standby.clone()];
    let (record, kept, one, other) = tokio::join!(
        record(reach),
        kept(reach),
        Box::pin(seen(reach, account, &names[0])),
        Box::pin(seen(reach, account, &names[1]))
    );
    let seen = [one, other];
    let at = now();
    let source = active(&record).unwrap_or_else(|| names[0].clone());
    let target = usize::from(source == names[0]);
    let readiness = readiness(reach, account, &record, &names[target], &seen[target], at);
    let [one, other] = &seen;
    Ok(Status {
        account: account.id.clone(),
        at_ms: at.0,
        record: record_status(&record),
        regions: [
            region_status(&names[0], "primary", one, at),
            region_status(&names[1], "standby", other, at),
        ],
        readiness,
        automatic: kept.ok().map(automatic_status),
        drift: drift(reach, &record, &names, &seen),
    })
}

fn record_status(record: &RecordSeen) -> Option<RecordStatus> {
    let RecordSeen::Read(record) = record else { return None };
    Some(RecordStatus {
        epoch: record.epoch().number(),
        state: record.state().to_string(),
        active: record.active_region().map(ToString::to_string),
        traffic: record.traffic_region().to_string(),
        run: record.run().map(|run| run.id.to_string()),
    })
}

fn automatic_status(kept: Kept) -> AutomaticStatus {
    let Kept { switch, started, .. } = kept;
    AutomaticStatus {
        is_on: switch.as_ref().is_none_or(|switch| switch.is_on),
        by: switch.as_ref().map(|switch| switch.by.to_string()),
        reason: switch.map(|switch| switch.reason),
        latest_run: started.map(|started| started.run.to_string()),
    }
}
