//! The state machines of a Region, one for each kind of run.
//!
//! Standard workflows, each step of which happens once, with a history of 90 days and waits for people
//! (rule `sfn-standard`). Each is what `runbook` makes of the plan, and calls one function of its own Region
//! (`sfn-no-cross-region`).

use std::collections::BTreeMap;

use cfn::cloudwatch::alarm::AlarmTreatMissingData;
use cfn::iam::Role;
use cfn::iam::role::Policy;
use cfn::lambda::Alias;
use cfn::logs::LogGroup;
use cfn::step_functions::StateMachine;
use cfn::step_functions::state_machine::{
    CloudWatchLogsLogGroup, LogDestination, LoggingConfiguration, LoggingConfigurationLevel,
    StateMachineType, TracingConfiguration,
};
use cfn::{Handle, Json, Stack, Value, set};
use runbook::{Plan, render};

use crate::alarm::{Series, Statistic, Threshold, alarm};
use crate::function_role::trace;
use crate::functions::Context;
use crate::logs::log_group;
use crate::policy::{self, allow};
use crate::runbooks;
use crate::site::{Site, pascal};

/// What stands in the definitions for the function, which is put in at deployment.
const FUNCTION: &str = "RunbookFunction";

pub(crate) fn state_machines(
    stack: &mut Stack,
    context: &Context<'_>,
    plans: &[Plan],
    function: &Handle<Alias>,
) -> Machines {
    let site = context.site;
    // Under this prefix no policy of the account's, whose length is bounded, must name the group.
    let name = format!("/aws/vendedlogs/states/{}", site.prefix());
    let logs = log_group(stack, site, "StateMachineLogs", name, context.foundation);
    let role = role(stack, site, function);
    let machines = Machines { function: function.clone(), role, logs };
    for plan in plans {
        of_plan(stack, site, plan, &machines);
    }
    machines
}

/// What every state machine of a Region is made with.
pub(crate) struct Machines {
    function: Handle<Alias>,
    role: Handle<Role>,
    logs: Handle<LogGroup>,
}

impl Machines {
    /// A state machine of this name, whose definition calls the function by [`FUNCTION`].
    pub(crate) fn machine(&self, name: String, definition: &str) -> StateMachine {
        let function = Json::from(self.function.alias_arn());
        let substitutions = BTreeMap::from([(FUNCTION.to_owned(), Value::Literal(function))]);
        StateMachine {
            state_machine_name: set(name),
            state_machine_type: set(StateMachineType::Standard),
            definition_string: set(on_one_line(definition)),
            definition_substitutions: set(substitutions),
            logging_configuration: set(logging(&self.logs)),
            tracing_configuration: set(TracingConfiguration { enabled: set(true) }),
            ..StateMachine::new(self.role.arn())
        }
    }
}

/// What stands in a definition for the function.
pub(crate) fn placeholder() -> String {
    format!("${{{FUNCTION}}}")
}

fn of_plan(stack: &mut Stack, site: Site<'_>, plan: &Plan, machines: &Machines) {
    let id = pascal(plan.kind.as_str());
    let name = runbooks::system(site.topology).state_machine(plan.kind);
    let definition = render::state_machine(plan, &placeholder());
    let machine = stack.add(&id, machines.machine(name, &definition));
    stack.output(&format!("{id}Arn"), "State machine of this kind of run", machine.reference());
    let text = "A run ended without having done what it was for: see `tideover status`";
    failure_alarm(stack, site, &id, text, machine.reference());
}

/// The indentation of what people are shown would be a third of the template.
fn on_one_line(definition: &str) -> String {
    definition.lines().map(str::trim_start).collect()
}

/// Every step, without what it was given, which may be a token that approves.
fn logging(logs: &Handle<LogGroup>) -> LoggingConfiguration {
    let group = CloudWatchLogsLogGroup { log_group_arn: set(logs.arn()) };
    LoggingConfiguration {
        destinations: set([LogDestination { cloud_watch_logs_log_group: set(group) }]),
        include_execution_data: set(false),
        level: set(LoggingConfigurationLevel::All),
    }
}

/// Invokes one function under its alias. Delivery of logs knows no narrower resource (AWS Step Functions Developer
/// Guide, "Logging using CloudWatch Logs").
fn role(stack: &mut Stack, site: Site<'_>, function: &Handle<Alias>) -> Handle<Role> {
    let invoke = allow(["lambda:InvokeFunction"], [function.alias_arn().into()]);
    let deliver = [
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
    ];
    let statements = [invoke, allow(deliver, ["*".into()]), trace()];
    let role = Role {
        description: set(format!("Runs the state machines of {}", site.prefix())),
        policies: set([Policy::new(policy::document(statements), "state-machine")]),
        ..Role::new(policy::trust_for_own_account("states.amazonaws.com"))
    };
    stack.add("StateMachineRole", role)
}

/// An execution that has failed; its run may be open in its journal.
pub(crate) fn failure_alarm(
    stack: &mut Stack,
    site: Site<'_>,
    id: &str,
    text: &str,
    machine: Value<String>,
) {
    let failed = Series {
        namespace: "AWS/States",
        metric: "ExecutionsFailed",
        dimensions: vec![("StateMachineArn", machine)],
        statistic: Statistic::Sum,
        period_seconds: 60,
    };
    let at = Threshold::above(0, 1).when_missing(AlarmTreatMissingData::NotBreaching);
    alarm(stack, site, &format!("{id}Failed"), text, &failed, at);
}
