//! The role that a function runs under.

use cfn::iam::Role;
use cfn::iam::role::Policy;
use cfn::logs::LogGroup;
use cfn::sqs::Queue;
use cfn::{Handle, Stack, set};
use topology::Function as Model;

use crate::functions::Context;
use crate::grants::{grants, use_signals_key};
use crate::outbox;
use crate::policy::{self, Allow, allow};
use crate::site::pascal;

pub(crate) fn function_role(
    stack: &mut Stack,
    context: &Context<'_>,
    model: &Model,
    logs: &Handle<LogGroup>,
    dead_letters: &Handle<Queue>,
) -> Handle<Role> {
    let give_up = allow(["sqs:SendMessage"], [dead_letters.arn().into()]);
    let mut statements = of_every_function(logs).to_vec();
    statements.extend([give_up, use_signals_key(context.foundation), network_interfaces()]);
    statements.extend(grants(context.site, model, context.foundation));
    if model.worker {
        statements.push(outbox::receive(context.site));
    }
    role(stack, context, model, statements)
}

/// The role of a function that may do this.
pub(crate) fn role(
    stack: &mut Stack,
    context: &Context<'_>,
    model: &Model,
    statements: Vec<Allow>,
) -> Handle<Role> {
    let role = Role {
        description: set(format!("Runs {}", context.site.function_name(model))),
        policies: set([Policy::new(policy::document(statements), "function")]),
        ..Role::new(policy::trust("lambda.amazonaws.com"))
    };
    stack.add(&format!("{}Role", pascal(&model.name)), role)
}

/// What every function does: write its logs, and trace itself.
pub(crate) fn of_every_function(logs: &Handle<LogGroup>) -> [Allow; 2] {
    let write_logs = allow(["logs:CreateLogStream", "logs:PutLogEvents"], [logs.arn().into()]);
    [write_logs, trace()]
}

/// Sending traces; the actions know no narrower resource.
pub(crate) fn trace() -> Allow {
    allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*".into()])
}

/// What Lambda needs to place a function in a VPC; these actions know no narrower resource.
pub(crate) fn network_interfaces() -> Allow {
    let actions = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
    ];
    allow(actions, ["*".into()])
}
