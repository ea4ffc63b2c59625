//! Roles of the moment in templates: which Region is active is decided while the system runs.

use std::collections::BTreeMap;

use topology::Home;

use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;
use crate::stack::Stack;
use crate::words::words_and_numbers;

rule! {
    /// Templates of both Regions differ by facts of the Region only; none says which Region is active.
    ///
    /// ## What is checked
    ///
    /// Between resources that do the same work in both Regions: no environment variable of a Lambda function or an
    /// ECS container, and no value of an SSM parameter, is a role that differs, such as `primary` and `secondary`,
    /// `leader` and `follower`, or `IS_ACTIVE` as `true` and `false`. Names and tags may carry such words. In
    /// conditions: no parameter about the role is compared with `active` or `passive`, and none such as
    /// `ActiveRegion` with the Region of the stack.
    ///
    /// ## Why it hurts
    ///
    /// After a takeover the lost Region's template is still the active one's. Taking over then needs a deployment
    /// in the middle of the incident, and the next routine deployment sets the old role back: two Regions that
    /// both believe to be active.
    ///
    /// ## What to change
    ///
    /// Keep the role in a control record that both Regions read, such as an item of a strongly consistent global
    /// table, and let the code ask it. Templates carry the Region:
    ///
    /// ```yaml
    /// Environment:
    ///   Variables:
    ///     CONTROL_TABLE: payments-control
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Using switchover or failover in Amazon Aurora Global Database": after it the
    /// roles in templates and those in the service differ.
    "cfn-role-neutral-templates": Blocker, TwoWriters, Derived, Pair;
    why: "taking over needs a deployment, and the next routine deployment sets the old role back";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for kind in KINDS {
        for primary in design.of_home(kind, Home::Primary) {
            let Some(standby) = design.counterpart(primary) else { continue };
            judge.subject();
            judge_pair(judge, &settings(primary), &settings(standby));
        }
    }
    for stack in design.stacks().iter().filter(|stack| is_of_pair(design, stack)) {
        judge_conditions(judge, stack);
    }
}

type Texts<'d> = BTreeMap<String, Place<'d>>;

/// Types whose settings code can act on.
const KINDS: [&str; 3] =
    ["AWS::ECS::TaskDefinition", "AWS::Lambda::Function", "AWS::SSM::Parameter"];

/// What a resource tells the code, by name.
fn settings(resource: Resource<'_>) -> Texts<'_> {
    match resource.kind() {
        "AWS::ECS::TaskDefinition" => containers(resource),
        "AWS::Lambda::Function" => variables(resource),
        // A parameter's name may carry the Region; the logical id is the same on both sides.
        _ => BTreeMap::from([(resource.id().to_owned(), resource.at("Value"))]),
    }
}

fn variables(function: Resource<'_>) -> Texts<'_> {
    let entries = function.at("Environment.Variables").entries().known().unwrap_or_default();
    entries.into_iter().map(|(name, place)| (name.to_owned(), place)).collect()
}

fn containers(task: Resource<'_>) -> Texts<'_> {
    let containers = task.at("ContainerDefinitions").items().known().unwrap_or_default();
    let variables = containers
        .iter()
        .flat_map(|container| container.at("Environment").items().known().unwrap_or_default());
    variables
        .filter_map(|variable| Some((variable.at("Name").text().known()?, variable.at("Value"))))
        .collect()
}

fn judge_pair(judge: &mut Judge<'_>, primary: &Texts<'_>, standby: &Texts<'_>) {
    for (name, here) in primary {
        let Some(there) = standby.get(name) else { continue };
        let (Some(one), Some(other)) = (here.text().known(), there.text().known()) else {
            continue;
        };
        if one != other && (are_roles(&one, &other) || is_switch(name, &one, &other)) {
            judge.finding_with(
                there,
                std::slice::from_ref(here),
                format!("`{name}` is `{other}` here and `{one}` in {}", region(here)),
                format!(
                    "take `{name}` out, and let the code read the role from a control record while it runs"
                ),
            );
        }
    }
}

fn region<'p>(place: &Place<'p>) -> &'p str {
    place.stack.region.as_deref().unwrap_or_default()
}

const ROLES: [&str; 14] = [
    "active",
    "dr",
    "failover",
    "follower",
    "hot",
    "inactive",
    "leader",
    "passive",
    "primary",
    "reader",
    "recovery",
    "secondary",
    "standby",
    "writer",
];

fn is_role(text: &str) -> bool {
    ROLES.iter().any(|role| text.eq_ignore_ascii_case(role))
}

fn are_roles(one: &str, other: &str) -> bool {
    is_role(one) && is_role(other)
}

/// Whether a name with a role in it is on in one Region and off in the other.
fn is_switch(name: &str, one: &str, other: &str) -> bool {
    let on = |text: &str| match text.to_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    };
    let opposite = matches!((on(one), on(other)), (Some(one), Some(other)) if one != other);
    opposite && words_and_numbers(name).any(|word| is_role(&word))
}

fn is_of_pair(design: &Design, stack: &Stack) -> bool {
    stack.region.as_deref().is_some_and(|region| design.pairing().home(region).is_some())
}

fn judge_conditions(judge: &mut Judge<'_>, stack: &Stack) {
    for compared in &stack.compared {
        judge.subject();
        let names: Vec<String> = words_and_numbers(&compared.parameter).collect();
        let named = |wanted: &[&str]| names.iter().any(|word| wanted.contains(&word.as_str()));
        let by_role = ["active", "passive"].contains(&compared.with.to_lowercase().as_str())
            && named(&["role", "dr", "region", "site", "failover"]);
        let by_region = compared.with == "AWS::Region" && named(&["active", "passive"]);
        if by_role || by_region {
            let mut place = stack.whole();
            place.path = format!("Conditions.{}", compared.condition);
            judge.finding(
                &place,
                format!("it compares parameter `{}` with `{}`", compared.parameter, compared.with),
                format!(
                    "create the same in both Regions, and keep what `{}` says in a control record",
                    compared.parameter
                ),
            );
        }
    }
}
