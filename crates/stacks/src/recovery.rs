//! What carries out runs in a Region: a state machine for each kind of run, the function that performs actions for
//! them, and the function that asks the ledger.
//!
//! The same in both Regions, because a run is executed in the Region that it opens
//! (rule `orchestrator-in-target-region`); the definitions name neither.

use std::collections::BTreeMap;

use cfn::lambda::Alias;
use cfn::{Handle, Stack, Value};
use runbook::{Action, Homes, Plan, PlanKind, Service, render, supposed};
use topology::{Function as Model, Home};

use crate::environment::{self, environment};
use crate::functions::{Context, Made, function_logs, publish, vpc_config};
use crate::site::Site;
use crate::{automatic, function_alarms, recovery_roles, runbooks, state_machines};

pub(crate) fn recovery(context: &Context<'_>) -> Stack {
    let site = context.site;
    let text = "State machines and functions that carry out runs";
    let mut stack = site.protected_stack("Runbook", text);
    let plans = plans(site);
    ledger(&mut stack, context, &plans);
    let function = runbook(&mut stack, context, &plans);
    let machines = state_machines::state_machines(&mut stack, context, &plans, &function);
    automatic::automatic(&mut stack, site, &machines);
    stack
}

/// The plans of the runs that open this Region, which are those that are executed here.
pub(crate) fn plans(site: Site<'_>) -> Vec<Plan> {
    let kinds = [PlanKind::Switchover, PlanKind::Failover, PlanKind::Failback];
    kinds.into_iter().map(|kind| supposed(kind, &opening(site, kind))).collect()
}

/// The Regions in the roles in which a run of this kind opens this one: a failback opens the home primary, the
/// others the home standby.
fn opening(site: Site<'_>, kind: PlanKind) -> Homes {
    let homes = runbooks::homes(site.topology);
    let opens = if kind == PlanKind::Failback { Home::Primary } else { Home::Standby };
    if opens == site.home {
        return homes;
    }
    Homes { primary: homes.standby, standby: homes.primary, witness: homes.witness }
}

/// Performs one action each time it is asked. Not in the VPC: everything it calls is an API of AWS, and nothing in a
/// Region's network may stand between a run and them.
fn runbook(stack: &mut Stack, context: &Context<'_>, plans: &[Plan]) -> Handle<Alias> {
    let site = context.site;
    let model =
        Model { timeout_seconds: longest(plans, |_| true), ..site.topology.runbook_function() };
    let logs = function_logs(stack, context, &model);
    let role = recovery_roles::runbook(stack, context, &model, plans, &logs);
    let made = Made {
        role: &role,
        logs: &logs,
        variables: variables(context),
        network: None,
        dead_letters: None,
        // It is told both Regions by their roles, not as here and there.
        seen_from: Site::new(site.topology, Home::Primary),
    };
    publish(stack, context, &model, made)
}

/// Its errors are how it says that an action is not over, so that it has no alarm on them; the state machines have.
fn variables(context: &Context<'_>) -> BTreeMap<String, Value<String>> {
    let topology = context.site.topology;
    let topic = context.foundation.alarm_topic.topic_arn();
    environment::of_every_function(context.site)
        .into_iter()
        .chain([
            ("TIDEOVER_PEOPLE_TOPIC_ARN", topic.into()),
            ("TIDEOVER_SYSTEM", runbooks::system(topology).encode().into()),
        ])
        .chain(automatic::variable(topology))
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Asks the ledger of its Region, and has no rights over anything else.
fn ledger(stack: &mut Stack, context: &Context<'_>, plans: &[Plan]) {
    let asks = |action: &Action| action.calls.iter().any(|call| call.service == Service::Ledger);
    let site = context.site;
    let model = Model { timeout_seconds: longest(plans, asks), ..site.topology.ledger_function() };
    let logs = function_logs(stack, context, &model);
    let role = recovery_roles::ledger(stack, context, &model, &logs);
    let made = Made {
        role: &role,
        logs: &logs,
        variables: environment(context, &model),
        network: Some(vpc_config(context.network)),
        dead_letters: None,
        seen_from: site,
    };
    publish(stack, context, &model, made);
    function_alarms::function_alarms(stack, site, &model);
}

/// How long an invocation may last for the longest of these actions, in seconds.
fn longest(plans: &[Plan], is_meant: impl Fn(&Action) -> bool) -> u32 {
    let actions = plans.iter().flat_map(|plan| plan.actions.iter().chain(&plan.way_back));
    let seconds = actions.filter(|action| is_meant(action)).map(render::invocation_seconds).max();
    seconds.and_then(|seconds| u32::try_from(seconds).ok()).expect("at most Lambda's 900 seconds")
}
