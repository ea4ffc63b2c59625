//! The control record and the leases, which say who may write money.

use std::collections::BTreeMap;

use fence::{
    Author, ControlRecord, Epoch, HolderId, Lease, Millis, PointOfNoReturn, RecordFields,
    RegionName, Run, RunId, RunKind, State,
};
use serde::{Deserialize, Serialize};

use super::{Malformed, found};

/// A [`ControlRecord`].
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct StoredControl {
    epoch: u64,
    /// Programs that knew nothing of it wrote none.
    nothing_lost_since: Option<u64>,
    state: String,
    active_region: Option<String>,
    run: Option<StoredRun>,
    traffic_region: String,
    updated_by: String,
    reason: String,
}

/// A [`Run`].
#[derive(Debug, Deserialize, Serialize)]
struct StoredRun {
    id: String,
    kind: String,
    source: String,
    target: String,
    point_of_no_return: String,
}

/// A [`Lease`].
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct StoredLease {
    region: String,
    epoch: u64,
    holders_until_ms: BTreeMap<String, u64>,
    revision: u64,
}

const STATES: [State; 3] = [State::Active, State::Draining, State::Fenced];
const KINDS: [RunKind; 2] = [RunKind::Switchover, RunKind::Failover];
const POINTS: [PointOfNoReturn; 2] = [PointOfNoReturn::Ahead, PointOfNoReturn::Passed];

impl From<&ControlRecord> for StoredControl {
    fn from(record: &ControlRecord) -> Self {
        let fields = record.fields();
        Self {
            epoch: fields.epoch.number(),
            nothing_lost_since: Some(fields.nothing_lost_since.number()),
            state: fields.state.to_string(),
            active_region: fields.active_region.as_ref().map(ToString::to_string),
            run: fields.run.as_ref().map(StoredRun::of),
            traffic_region: fields.traffic_region.to_string(),
            updated_by: fields.updated_by.to_string(),
            reason: fields.reason.clone(),
        }
    }
}

impl TryFrom<StoredControl> for ControlRecord {
    type Error = Malformed;

    fn try_from(stored: StoredControl) -> Result<Self, Malformed> {
        // Without it, the last run may have been a failover: too early an epoch charges twice, too
        // late a one has people look at what is not in the ledger.
        let nothing_lost_since = stored.nothing_lost_since.unwrap_or(stored.epoch);
        let fields = RecordFields {
            epoch: Epoch::new(stored.epoch),
            nothing_lost_since: Epoch::new(nothing_lost_since),
            state: named(STATES, &stored.state, "state")?,
            active_region: stored.active_region.map(RegionName::new),
            run: stored.run.map(StoredRun::read).transpose()?,
            traffic_region: RegionName::new(stored.traffic_region),
            updated_by: Author::new(stored.updated_by),
            reason: stored.reason,
        };
        Self::from_stored(fields).map_err(Malformed::Record)
    }
}

impl StoredRun {
    fn of(run: &Run) -> Self {
        Self {
            id: run.id.to_string(),
            kind: run.kind.to_string(),
            source: run.source.to_string(),
            target: run.target.to_string(),
            point_of_no_return: run.point_of_no_return.to_string(),
        }
    }

    fn read(self) -> Result<Run, Malformed> {
        Ok(Run {
            id: RunId::new(self.id),
            kind: named(KINDS, &self.kind, "kind")?,
            source: RegionName::new(self.source),
            target: RegionName::new(self.target),
            point_of_no_return: named(POINTS, &self.point_of_no_return, "point_of_no_return")?,
        })
    }
}

impl From<&Lease> for StoredLease {
    fn from(lease: &Lease) -> Self {
        let holders = lease.holders.iter();
        Self {
            region: lease.region.to_string(),
            epoch: lease.epoch.number(),
            holders_until_ms: holders.map(|(id, until)| (id.to_string(), until.0)).collect(),
            revision: lease.revision,
        }
    }
}

impl TryFrom<StoredLease> for Lease {
    type Error = Malformed;

    fn try_from(stored: StoredLease) -> Result<Self, Malformed> {
        let holders = stored.holders_until_ms.into_iter();
        Ok(Self {
            region: RegionName::new(stored.region),
            epoch: Epoch::new(stored.epoch),
            holders: holders.map(|(id, until)| (HolderId::new(id), Millis(until))).collect(),
            revision: stored.revision,
        })
    }
}

/// The one of these that is displayed as `name`.
fn named<T: ToString, const N: usize>(
    all: [T; N],
    name: &str,
    field: &'static str,
) -> Result<T, Malformed> {
    found(all.into_iter().find(|value| value.to_string() == name), field)
}
