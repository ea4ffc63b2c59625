//! What an alarm starts, where the file asks for it: the alarm of a Region that misses the other one, the rule that hears
//! it, and the state machine that asks the function of runs whether a failover is to be started.
//!
//! The same in both Regions, because either may be the standby. Nothing here knows which is, and nothing here may start
//! anything but a question (rule `arc-triggers-off-for-stateful`): the function judges, and what it starts waits for
//! people.

use std::collections::BTreeMap;

use cfn::cloudwatch::alarm::AlarmTreatMissingData;
use cfn::events::Rule;
use cfn::events::rule::{InputTransformer, RuleState, Target};
use cfn::iam::Role;
use cfn::iam::role::Policy;
use cfn::{Handle, Json, Stack, Value, set};
use fence::{DurationMs, RegionName};
use runbook::Call;
use runbook::automatic::{self, Guards, Manner};
use topology::{ByAlarm, Topology};

use crate::alarm::{Threshold, alarm};
use crate::canary::success;
use crate::policy::{self, Allow, allow};
use crate::runbooks;
use crate::site::Site;
use crate::state_machines::{self, Machines};

/// The last word of the alarm's name, as `runbook` makes it too.
const ALARM: &str = "OtherRegionLost";

const MINUTE_MS: u64 = 60_000;

/// When an alarm starts a failover; nothing when the file does not ask for it.
pub(crate) fn guards(topology: &Topology) -> Option<Guards> {
    let asked = &topology.automatic;
    let manner = match asked.failover {
        ByAlarm::Off => return None,
        ByAlarm::Tell => Manner::Tell,
        ByAlarm::Start => Manner::Start,
    };
    let minutes = |number: u32| DurationMs(u64::from(number) * MINUTE_MS);
    Some(Guards {
        manner,
        silent: minutes(asked.silent_minutes),
        pause_after_run: minutes(60 * asked.pause_after_run_hours),
        pause_after_start: minutes(60 * asked.pause_after_start_hours),
    })
}

/// What the function of runs is told.
pub(crate) fn variable(topology: &Topology) -> Option<(&'static str, Value<String>)> {
    guards(topology).map(|guards| ("TIDEOVER_AUTOMATIC", guards.encode().into()))
}

/// What the function of runs calls to judge.
pub(crate) fn calls(site: Site<'_>) -> Vec<Call> {
    let name = |site: Site<'_>| RegionName::new(site.region().name());
    guards(site.topology)
        .map(|_| automatic::calls(&name(site.other()), &name(site)))
        .unwrap_or_default()
}

/// Asking the alarms of the witness Region, which sees both from outside. The action knows no narrower resource for
/// alarms that are there or not.
pub(crate) fn asks_witness(site: Site<'_>) -> Option<Allow> {
    guards(site.topology)?;
    let witness = site.topology.regions.witness.name();
    let asks = allow(["cloudwatch:DescribeAlarms"], ["*".into()]);
    Some(asks.when("StringEquals", "aws:RequestedRegion", witness))
}

/// How many canaries in a row say that a Region is lost.
pub(crate) fn periods(topology: &Topology) -> i64 {
    let every = topology.monitoring.canary_minutes;
    i64::from(topology.automatic.silent_minutes.div_ceil(every))
}

/// Rings after canaries have failed for so long. A canary that does not run has seen nothing: its silence is told by
/// another alarm, and starts nothing.
pub(crate) fn lost(topology: &Topology) -> Threshold {
    Threshold::below(100, periods(topology)).when_missing(AlarmTreatMissingData::NotBreaching)
}

pub(crate) fn automatic(stack: &mut Stack, site: Site<'_>, machines: &Machines) {
    if guards(site.topology).is_none() {
        return;
    }
    let text = format!(
        "The API in {} has not answered from here for {} minutes: a failover is considered",
        site.other().region(),
        site.topology.automatic.silent_minutes
    );
    let success = success(&site.topology.monitoring, &site.canary());
    alarm(stack, site, ALARM, &text, &success, lost(site.topology));
    let name = runbooks::system(site.topology).consideration();
    let definition = automatic::state_machine(&state_machines::placeholder());
    let machine = stack.add("Consider", machines.machine(name, &definition));
    let text =
        "An alarm rang for half an hour, and nothing could be decided: see `tideover status`";
    state_machines::failure_alarm(stack, site, "Consider", text, machine.reference());
    let role = role(stack, site, machine.reference());
    stack.add("ConsiderRule", rule(site, machine.reference(), &role));
}

/// Starts the questions, and nothing else.
fn role(stack: &mut Stack, site: Site<'_>, machine: Value<String>) -> Handle<Role> {
    let start = allow(["states:StartExecution"], [machine.into()]);
    let role = Role {
        description: set(format!("Has it asked whether {} is lost", site.other().region())),
        policies: set([Policy::new(policy::document([start]), "consider")]),
        ..Role::new(policy::trust("events.amazonaws.com"))
    };
    stack.add("ConsiderRuleRole", role)
}

/// Amazon CloudWatch User Guide, "Alarm events and EventBridge".
fn rule(site: Site<'_>, machine: Value<String>, role: &Handle<Role>) -> Rule {
    let alarm = runbooks::system(site.topology).lost_alarm();
    let state = Json::object([("value", Json::list(["ALARM"]))]);
    let detail = Json::object([("alarmName", Json::list([alarm])), ("state", state)]);
    let pattern = [
        ("source", Json::list(["aws.cloudwatch"])),
        ("detail-type", Json::list(["CloudWatch Alarm State Change"])),
        ("detail", detail),
    ];
    let target = Target {
        role_arn: set(role.arn()),
        input_transformer: set(told()),
        ..Target::new(machine, "consider")
    };
    Rule {
        name: set(runbooks::system(site.topology).consideration()),
        description: set("Has it asked whether a failover is to be started while an alarm rings"),
        event_pattern: set(Json::object(pattern)),
        state: set(RuleState::Enabled),
        targets: set([target]),
        ..Rule::default()
    }
}

/// What the state machine is told: the alarm.
fn told() -> InputTransformer {
    let paths = BTreeMap::from([("alarm".to_owned(), "$.detail.alarmName".into())]);
    InputTransformer {
        input_paths_map: set(paths),
        ..InputTransformer::new("{\"alarm\": <alarm>}")
    }
}
