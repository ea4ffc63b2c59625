//! The roles of the functions that carry out runs: neither may do what the other is for.

use cfn::iam::Role;
use cfn::logs::LogGroup;
use cfn::{Handle, Stack, Text};
use runbook::Plan;
use topology::Function as Model;

use crate::automatic;
use crate::call_grants::{call_grants, calls_of};
use crate::function_role::{network_interfaces, of_every_function, role};
use crate::functions::Context;
use crate::grants::{grants, scan_control, use_signals_key};
use crate::policy::{Allow, allow};
use crate::runbooks;
use crate::site::Site;

/// What the plans say that their actions call, and who looks whether an alarm starts one; telling people, and letting an execution go on that waits for them.
pub(crate) fn runbook(
    stack: &mut Stack,
    context: &Context<'_>,
    model: &Model,
    plans: &[Plan],
    logs: &Handle<LogGroup>,
) -> Handle<Role> {
    let topic = context.foundation.alarm_topic.topic_arn();
    let go_on = Allow {
        resources: plans.iter().map(|plan| machine(context.site, plan).into()).collect(),
        ..allow(["states:SendTaskSuccess"], [])
    };
    let mut statements = of_every_function(logs).to_vec();
    let tell = allow(["sns:Publish"], [topic.into()]);
    statements.extend([tell, use_signals_key(context.foundation), go_on]);
    let looks = automatic::calls(context.site);
    statements.extend(call_grants(context.site, calls_of(plans).chain(&looks)));
    statements.extend(automatic::asks_witness(context.site));
    role(stack, context, model, statements)
}

/// ARN of the state machine of a plan, by its name: it is made after the function that it invokes.
pub(crate) fn machine(site: Site<'_>, plan: &Plan) -> Text {
    let name = runbooks::system(site.topology).state_machine(plan.kind);
    site.arn("states", &format!("stateMachine:{name}"))
}

/// What a function of the payment service may do that uses the ledger, and going through the intents.
pub(crate) fn ledger(
    stack: &mut Stack,
    context: &Context<'_>,
    model: &Model,
    logs: &Handle<LogGroup>,
) -> Handle<Role> {
    let site = context.site;
    let mut statements = of_every_function(logs).to_vec();
    statements.extend([use_signals_key(context.foundation), network_interfaces()]);
    statements.extend(grants(site, model, context.foundation));
    statements.push(scan_control(site));
    role(stack, context, model, statements)
}
