//! The roles of the functions that carry out runs: neither may do what the other is for.

use cfn::iam::Role;
use cfn::logs::LogGroup;
use cfn::{Handle, Stack};
use runbook::Plan;
use topology::Function as Model;

use crate::call_grants::call_grants;
use crate::function_role::{network_interfaces, of_every_function, role};
use crate::functions::Context;
use crate::grants::{grants, scan_control, use_signals_key};
use crate::policy::allow;

/// What the plans say that their actions call, and telling people.
pub(crate) fn runbook(
    stack: &mut Stack,
    context: &Context<'_>,
    model: &Model,
    plans: &[Plan],
    logs: &Handle<LogGroup>,
) -> Handle<Role> {
    let topic = context.foundation.alarm_topic.topic_arn();
    let mut statements = of_every_function(logs).to_vec();
    statements
        .extend([allow(["sns:Publish"], [topic.into()]), use_signals_key(context.foundation)]);
    statements.extend(call_grants(context.site, plans));
    role(stack, context, model, statements)
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
