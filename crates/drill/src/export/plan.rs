//! Plans of runs, in the format: the actions with what decides about their order. Calls, time limits
//! and retries are left out.

use fence::{DurationMs, Epoch, RegionName, RunId, Timing};
use runbook::{Action, Condition, OnFailure, Plan, PlanKind, Retry, Side, Stage};
use serde::{Deserialize, Serialize};

use crate::export::Field;
use crate::export::entry::action_of;
use crate::export::word::named;

/// A [`Plan`].
#[derive(Serialize, Deserialize)]
pub(super) struct PlanShape {
    kind: String,
    source: String,
    target: String,
    witness: String,
    seen: u64,
    epoch: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier: Option<String>,
    actions: Vec<ActionShape>,
    way_back: Vec<ActionShape>,
}

/// An [`Action`].
#[derive(Serialize, Deserialize)]
struct ActionShape {
    name: String,
    on_failure: String,
    /// How many people must approve; none for what machines do.
    #[serde(default, skip_serializing_if = "is_zero")]
    approvers: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    only_if: Option<ConditionShape>,
}

/// When the action is due, if not always.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ConditionShape {
    Refused(String),
    Done(String),
    Begun,
}

const KINDS: [PlanKind; 3] = [PlanKind::Switchover, PlanKind::Failover, PlanKind::Failback];
const ON_FAILURE: [OnFailure; 3] = [OnFailure::GoOn, OnFailure::Stop, OnFailure::Abort];

impl PlanShape {
    pub(super) fn of(plan: &Plan) -> Self {
        Self {
            kind: plan.kind.to_string(),
            source: plan.source.to_string(),
            target: plan.target.to_string(),
            witness: plan.witness.to_string(),
            seen: plan.seen.number(),
            epoch: plan.epoch.number(),
            earlier: plan.earlier.as_ref().map(ToString::to_string),
            actions: plan.actions.iter().map(ActionShape::of).collect(),
            way_back: plan.way_back.iter().map(ActionShape::of).collect(),
        }
    }

    pub(super) fn read(self, run: &str) -> Field<Plan> {
        let target = RegionName::new(self.target);
        let read = |shapes: Vec<ActionShape>| {
            shapes.into_iter().map(|shape| shape.read(&target)).collect::<Field<Vec<_>>>()
        };
        Ok(Plan {
            run: RunId::new(run),
            kind: named(&KINDS, |kind| kind.to_string(), &self.kind, "kind")?,
            source: RegionName::new(self.source),
            witness: RegionName::new(self.witness),
            seen: Epoch::new(self.seen),
            epoch: Epoch::new(self.epoch),
            earlier: self.earlier.map(RunId::new),
            timing: Timing::default(),
            actions: read(self.actions)?,
            way_back: read(self.way_back)?,
            target,
        })
    }
}

impl ActionShape {
    fn of(action: &Action) -> Self {
        Self {
            name: action.name.to_string(),
            on_failure: action.on_failure.as_str().to_owned(),
            approvers: action.approvers,
            only_if: ConditionShape::of(action.condition),
        }
    }

    /// The action with what is not exported made up.
    fn read(self, region: &RegionName) -> Field<Action> {
        let on_failure =
            named(&ON_FAILURE, |it| it.as_str().to_owned(), &self.on_failure, "on_failure")?;
        Ok(Action {
            name: action_of(&self.name)?,
            stage: Stage::Decide,
            side: Side::Global,
            region: region.clone(),
            calls: Vec::new(),
            time_limit: DurationMs::ZERO,
            retry: Retry { attempts_max: 1, interval: DurationMs::ZERO },
            on_failure,
            is_skippable: false,
            condition: self.only_if.map_or(Ok(Condition::Always), ConditionShape::read)?,
            approvers: self.approvers,
        })
    }
}

impl ConditionShape {
    fn of(condition: Condition) -> Option<Self> {
        match condition {
            Condition::Always => None,
            Condition::IfRefused(other) => Some(Self::Refused(other.to_string())),
            Condition::IfDone(other) => Some(Self::Done(other.to_string())),
            Condition::IfBegun => Some(Self::Begun),
        }
    }

    fn read(self) -> Field<Condition> {
        Ok(match self {
            Self::Refused(other) => Condition::IfRefused(action_of(&other)?),
            Self::Done(other) => Condition::IfDone(action_of(&other)?),
            Self::Begun => Condition::IfBegun,
        })
    }
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}
