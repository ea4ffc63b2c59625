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
use crate::policy::{self, allow};
use crate::site::pascal;

pub(crate) fn function_role(
    stack: &mut Stack,
    context: &Context<'_>,
    model: &Model,
    logs: &Handle<LogGroup>,
    dead_letters: &Handle<Queue>,
) -> Handle<Role> {
    let write_logs = allow(["logs:CreateLogStream", "logs:PutLogEvents"], [logs.arn().into()]);
    let trace = allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*".into()]);
    let give_up = allow(["sqs:SendMessage"], [dead_letters.arn().into()]);
    let mut statements =
        vec![write_logs, trace, give_up, use_signals_key(context.foundation), network_interfaces()];
    statements.extend(grants(context.site, model, context.foundation));
    if model.worker {
        statements.push(outbox::receive(context.site));
    }
    let role = Role {
        description: set(format!("Runs {}", context.site.function_name(model))),
        policies: set([Policy::new(policy::document(statements), "function")]),
        ..Role::new(policy::trust("lambda.amazonaws.com"))
    };
    stack.add(&format!("{}Role", pascal(&model.name)), role)
}

/// What Lambda needs to place a function in a VPC; these actions know no narrower resource.
fn network_interfaces() -> policy::Allow {
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
