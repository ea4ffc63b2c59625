//! Event sources and schedules of the standby.

use topology::Home;

use super::serving;
use super::taking::{self, Taking};
use crate::answer::Answer;
use crate::design::Design;
use crate::functions::{FUNCTION, Functions};
use crate::inputs::decided;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::policy::{Statement, matches};
use crate::rule::rule;

rule! {
    /// Event source mappings of the standby, and schedules that act on shared data, are off until the Region is
    /// activated.
    ///
    /// ## What is checked
    ///
    /// `Enabled` of each `AWS::Lambda::EventSourceMapping` and of each event source of a serverless function in the
    /// standby is false, and `DesiredState` of each `AWS::Pipes::Pipe` is `STOPPED`. A rule or schedule that is on in
    /// both Regions does not start the same function or state machine in both if that may write tables, publish
    /// messages or, from inside a VPC, read secrets. Pairs in which both Regions take requests all the time are left
    /// out. That they are switched on in the takeover, and off in the Region that was left, only a run shows.
    ///
    /// ## Why it hurts
    ///
    /// Both Regions work on the same events: payments are processed twice, customers are told twice. And a Region
    /// that comes back works off what was left in its queues.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Enabled: false
    /// ```
    ///
    /// in the template of both Regions; activating a Region calls `UpdateEventSourceMapping`.
    ///
    /// ## Source
    ///
    /// ARC Region switch guide, "Lambda event source mapping execution block"; AWS Lambda Developer Guide, "How
    /// Lambda processes records from stream and queue-based event sources".
    "lambda-esm-disabled-in-standby": Blocker, TwoWriters, Documented, Pair;
    why: "both Regions work on the same events, or a Region that returns works off what was left in its queues";
    check
}

/// What a function does to data or people beyond its Region.
const ACTS: [&str; 9] = [
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "rds-data:ExecuteStatement",
    "ses:SendEmail",
    "ses:SendRawEmail",
    "sns:Publish",
    "sqs:SendMessage",
];

fn check(design: &Design, judge: &mut Judge<'_>) {
    if serving::both_serve(design) {
        return;
    }
    let functions = Functions::of(design);
    mappings(design, judge, &functions);
    for (kind, targets) in
        [("AWS::Events::Rule", "Targets"), ("AWS::Scheduler::Schedule", "Target")]
    {
        for schedule in design.of_home(kind, Home::Standby) {
            if schedule.at("ScheduleExpression").exists().known() == Some(true) {
                judge.subject();
                schedules(design, judge, &functions, schedule, targets);
            }
        }
    }
}

fn mappings(design: &Design, judge: &mut Judge<'_>, functions: &Functions<'_>) {
    for taking in taking::in_standby(design, functions) {
        judge.subject();
        if judge.known(&taking.switch, taking.is_on()) != Some(Some(true)) {
            continue;
        }
        if let Some(why) = taking.decided() {
            judge.cannot_judge(&taking.switch, why);
            continue;
        }
        let name = taking.switch.path.rsplit('.').next().unwrap_or_default();
        let state = match taking.switch.text().known() {
            Some(text) => format!("`{name}` is `{text}`"),
            None => format!("`{name}` is absent, which means on"),
        };
        judge.finding(
            &taking.switch,
            format!("{state}: {}", taken(design, &taking)),
            format!(
                "set `{name}: {}` in both Regions, and let the activation of a Region turn it on there by API \
                 (`UpdateEventSourceMapping`, `StartPipe`)",
                taking.off
            ),
        );
    }
}

/// What is taken, and what that means.
fn taken(design: &Design, taking: &Taking<'_>) -> String {
    match taking.source(design) {
        Some(table) if is_replicated(design, table) => {
            format!("both Regions process each change of `{}`", table.id())
        }
        Some(source) => format!("the standby works off `{}`", source.id()),
        None => format!("`{}` takes events in the standby", taking.resource.id()),
    }
}

/// Whether a table has replicas in both Regions, so that each of them sees every change.
fn is_replicated(design: &Design, table: Resource<'_>) -> bool {
    let replicas = table.at("Replicas").items().known().unwrap_or_default();
    let regions: Vec<String> =
        replicas.iter().filter_map(|replica| replica.at("Region").text().known()).collect();
    let homes = Home::BOTH.map(|home| design.region(home).unwrap_or_default());
    homes.iter().all(|home| regions.iter().any(|region| region == home))
}

fn schedules<'d>(
    design: &'d Design,
    judge: &mut Judge<'_>,
    functions: &Functions<'d>,
    schedule: Resource<'d>,
    targets: &str,
) {
    let Some(primary) = design.counterpart(schedule) else { return };
    if !is_on(schedule) || !is_on(primary) {
        return;
    }
    for target in judge.items(&schedule.at(targets)) {
        let arn = target.at("Arn");
        let Some((target, act)) = acting(design, functions, &arn) else { continue };
        if let Some(why) = decided(schedule, "State") {
            judge.cannot_judge(&schedule.at("State"), why);
            continue;
        }
        judge.finding_with(
            &schedule.at("State"),
            &[primary.at("State"), target.whole()],
            format!("`{}` is on in both Regions and starts `{}`, which may `{act}`", schedule.id(), target.id()),
            "set `State: DISABLED` in both Regions and let the activation of a Region enable it; allow it only if what it \
             starts asks first which Region is the active one",
        );
    }
}

fn is_on(schedule: Resource<'_>) -> bool {
    match schedule.at("State").text() {
        Answer::Absent => true,
        Answer::Known(state) => state != "DISABLED",
        Answer::Unknown(_) => false,
    }
}

/// What a schedule starts, if that acts beyond its Region, and by which permission.
fn acting<'d>(
    design: &'d Design,
    functions: &Functions<'d>,
    arn: &Place<'d>,
) -> Option<(Resource<'d>, &'static str)> {
    let referred = arn.reference().known().and_then(|reference| design.resource(reference));
    let machine = referred.filter(|target| target.kind() == "AWS::StepFunctions::StateMachine");
    let target = machine.or_else(|| functions.meant(arn))?;
    let property = if target.kind() == FUNCTION { "Role" } else { "RoleArn" };
    let statements = functions.statements(functions.role(&target.at(property))?);
    let dead_letters = target.at("DeadLetterConfig.TargetArn").value().known();
    let own = statements.iter().filter(|statement| {
        let resource = statement.place.at("Resource").value().known();
        statement.allows && (dead_letters.is_none() || resource != dead_letters)
    });
    let own: Vec<&Statement<'_>> = own.collect();
    let act = ACTS.into_iter().find(|act| own.iter().any(|statement| names(statement, act)));
    let secret = "secretsmanager:GetSecretValue";
    let is_inside = target.at("VpcConfig.SubnetIds").exists().known() == Some(true);
    let reads = || own.iter().any(|statement| names(statement, secret)).then_some(secret);
    Some((target, act.or_else(|| if is_inside { reads() } else { None })?))
}

/// Whether a statement allows an action and says so itself, not by a star for everything.
fn names(statement: &Statement<'_>, action: &str) -> bool {
    let action = action.to_lowercase();
    let mut patterns = statement.actions.iter().map(|pattern| pattern.to_lowercase());
    patterns.any(|pattern| pattern != "*" && matches(&pattern, &action))
}
