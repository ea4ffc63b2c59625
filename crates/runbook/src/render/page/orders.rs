//! The orders to the control record, as its document is changed by hand: the same changes that
//! `fence` makes, and a test holds the two against each other.

use crate::action::{Action, ActionName};
use crate::plan::{Plan, PlanKind};

/// What must be so, and what is to be so, in the language of jq.
pub(super) struct Order {
    pub(super) condition: String,
    pub(super) change: String,
}

/// The order that an action gives, if it gives one.
pub(super) fn order(plan: &Plan, action: &Action) -> Option<Order> {
    let own = ".epoch == $epoch and .run.id == $run";
    let (condition, change) = match action.name {
        ActionName::BeginRun => begin(plan),
        ActionName::CloseEarlier => {
            (r#".state == "ACTIVE" and .run != null"#.to_owned(), ".run = null".to_owned())
        }
        ActionName::PassPointOfNoReturn => (
            format!(r#"{own} and .state == "{}""#, state(plan)),
            r#".run.point_of_no_return = "passed""#.to_owned(),
        ),
        ActionName::Open => (
            format!(r#"{own} and .state != "ACTIVE" and .run.point_of_no_return == "passed""#),
            format!(r#".state = "ACTIVE" | .active_region = "{}"{}"#, plan.target, loss(plan)),
        ),
        ActionName::DirectTraffic => (
            format!(r#"{own} and .state == "ACTIVE" and .active_region == "{}""#, plan.target),
            format!(r#".traffic_region = "{}""#, plan.target),
        ),
        ActionName::Close => (
            format!(r#"{own} and .state == "ACTIVE" and .active_region == .traffic_region"#),
            ".run = null".to_owned(),
        ),
        ActionName::Abort => abort(plan, own),
        _ => return None,
    };
    Some(Order { condition, change })
}

fn begin(plan: &Plan) -> (String, String) {
    let Plan { kind, source, target, .. } = plan;
    let active = match kind {
        PlanKind::Switchover | PlanKind::Failback => "",
        PlanKind::Failover => " | .active_region = null",
    };
    let (state, word) = (state(plan), kind.in_record());
    (
        format!(
            r#".epoch == $seen and .state == "ACTIVE" and .active_region == "{source}" and .run == null"#
        ),
        format!(
            r#".epoch = $epoch | .state = "{state}"{active} |
   .run = {{"id": $run, "kind": "{word}", "source": "{source}", "target": "{target}", "point_of_no_return": "ahead"}}"#
        ),
    )
}

fn state(plan: &Plan) -> fence::State {
    match plan.kind {
        PlanKind::Switchover | PlanKind::Failback => fence::State::Draining,
        PlanKind::Failover => fence::State::Fenced,
    }
}

/// A switchover can be taken back past the point of no return, when nothing was moved; a failover
/// cannot.
fn abort(plan: &Plan, own: &str) -> (String, String) {
    let state = state(plan);
    let way = format!(r#".state = "ACTIVE" | .active_region = "{}""#, plan.source);
    match plan.kind {
        PlanKind::Switchover | PlanKind::Failback => (
            format!(r#"{own} and .state == "{state}""#),
            format!(r#"{way} | .run.point_of_no_return = "ahead""#),
        ),
        PlanKind::Failover => (
            format!(r#"{own} and .state == "{state}" and .run.point_of_no_return == "ahead""#),
            way,
        ),
    }
}

/// What the service is told of a loss: keys from before are held back when the ledger has them not.
fn loss(plan: &Plan) -> &'static str {
    match plan.kind {
        PlanKind::Switchover | PlanKind::Failback => "",
        PlanKind::Failover => " | .nothing_lost_since = $epoch",
    }
}
