//! The control record, in the format.

use fence::{
    Author, ControlRecord, Epoch, PointOfNoReturn, RecordFields, RegionName, Run, RunId, RunKind,
    State,
};
use serde::{Deserialize, Serialize};

use crate::export::Field;
use crate::export::word::named;

/// A [`ControlRecord`]; Regions by name.
#[derive(Serialize, Deserialize)]
pub(super) struct RecordShape {
    epoch: u64,
    nothing_lost_since: u64,
    state: String,
    active_region: Option<String>,
    run: Option<RunShape>,
    traffic_region: String,
    updated_by: String,
    reason: String,
}

#[derive(Serialize, Deserialize)]
struct RunShape {
    id: String,
    kind: String,
    source: String,
    target: String,
    point_of_no_return: String,
}

const STATES: [State; 3] = [State::Active, State::Draining, State::Fenced];
const KINDS: [RunKind; 2] = [RunKind::Switchover, RunKind::Failover];
const POINTS: [PointOfNoReturn; 2] = [PointOfNoReturn::Ahead, PointOfNoReturn::Passed];

impl RecordShape {
    pub(super) fn of(record: &ControlRecord) -> Self {
        let fields = record.fields();
        Self {
            epoch: fields.epoch.number(),
            nothing_lost_since: fields.nothing_lost_since.number(),
            state: fields.state.to_string(),
            active_region: fields.active_region.as_ref().map(ToString::to_string),
            run: fields.run.as_ref().map(RunShape::of),
            traffic_region: fields.traffic_region.to_string(),
            updated_by: fields.updated_by.to_string(),
            reason: fields.reason.clone(),
        }
    }

    pub(super) fn read(self) -> Field<ControlRecord> {
        let fields = RecordFields {
            epoch: Epoch::new(self.epoch),
            nothing_lost_since: Epoch::new(self.nothing_lost_since),
            state: named(&STATES, |state| state.to_string(), &self.state, "state")?,
            active_region: self.active_region.map(RegionName::new),
            run: self.run.map(RunShape::read).transpose()?,
            traffic_region: RegionName::new(self.traffic_region),
            updated_by: Author::new(self.updated_by),
            reason: self.reason,
        };
        ControlRecord::from_stored(fields).map_err(|_| "record")
    }
}

impl RunShape {
    fn of(run: &Run) -> Self {
        Self {
            id: run.id.to_string(),
            kind: run.kind.to_string(),
            source: run.source.to_string(),
            target: run.target.to_string(),
            point_of_no_return: run.point_of_no_return.to_string(),
        }
    }

    fn read(self) -> Field<Run> {
        let point = &self.point_of_no_return;
        Ok(Run {
            id: RunId::new(self.id),
            kind: named(&KINDS, |kind| kind.to_string(), &self.kind, "kind")?,
            source: RegionName::new(self.source),
            target: RegionName::new(self.target),
            point_of_no_return: named(&POINTS, |it| it.to_string(), point, "point_of_no_return")?,
        })
    }
}
