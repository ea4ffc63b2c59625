//! What people who type commands must be allowed: the calls that plans declare, made into statements by what makes the
//! roles of functions (`call_grants`), so that whoever types a run may do what the state machine may, and no more.
//!
//! Policies for people are documents by themselves, not part of a stack: who is a person is decided elsewhere.

use cfn::{Json, assembly, sub};
use fence::RegionName;
use runbook::{Call, Plan, Plane, Service};
use serde_json::Value;
use topology::{Home, Region, Topology};

use crate::call_grants::{call_grants, calls_of};
use crate::policy::{Allow, allow};
use crate::site::{Site, arn};
use crate::{recovery, recovery_roles};

/// Somebody who types commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Looks: `status`, `runs`, `report`, `automatic`, and the plans of switchovers and failovers.
    Looker,
    /// Looks, and says yes: `approve`, and `automatic on` and `off`.
    Approver,
    /// Lets a deployed system begin: `activate`.
    Activator,
    /// Carries out runs, and all that an approver may: `switchover`, `failover`, `failback`, `resume`, `abort`.
    Runner,
    /// Brings templates into AWS: `deploy`, `diff`, `destroy`.
    Deployer,
}

/// The most that a managed policy may have, in characters without white space (IAM User Guide, "IAM and AWS STS
/// quotas").
pub const CHARACTERS_MAX: usize = 6_144;

/// The policies that this operator of a system in this account needs: as many as IAM's limit of one asks for.
#[must_use]
pub fn permissions(topology: &Topology, operator: Operator, account: &str) -> Vec<Value> {
    // Regions that can share the control table are all in one partition.
    let filled = [("AWS::AccountId", account), ("AWS::Partition", "aws")];
    let statements = statements(Site::new(topology, Home::Primary), operator);
    let statements = statements.into_iter().map(|one| value(one.statement().filled(&filled)));
    let mut policies: Vec<Vec<Value>> = vec![Vec::new()];
    for statement in statements {
        let last = policies.last_mut().expect("there is one from the beginning");
        last.push(statement);
        if document(last).to_string().len() > CHARACTERS_MAX
            && let Some(statement) = last.pop()
        {
            policies.push(vec![statement]);
        }
    }
    policies.iter().map(|statements| document(statements)).collect()
}

fn document(statements: &[Value]) -> Value {
    serde_json::json!({"Version": "2012-10-17", "Statement": statements})
}

fn statements(site: Site<'_>, operator: Operator) -> Vec<Allow> {
    let plans = [site, site.other()].map(recovery::plans).concat();
    let of_plans = calls_of(&plans).cloned();
    let calls: Vec<Call> = match operator {
        Operator::Looker => looks(site),
        Operator::Approver => [looks(site), control(site, "PutItem")].concat(),
        Operator::Activator => [looks(site), control(site, "PutItem"), sources(site)].concat(),
        Operator::Runner => looks(site).into_iter().chain(of_plans).collect(),
        Operator::Deployer => control(site, "GetItem"),
    };
    let mut statements = call_grants(site, calls.iter());
    match operator {
        Operator::Looker | Operator::Activator => statements.push(templates(site)),
        Operator::Approver => statements.extend([templates(site), lets_go_on(site, &plans)]),
        Operator::Runner => {
            let mut machines = lets_go_on(site, &plans);
            machines.actions.push("states:StartExecution".to_owned());
            statements.extend([templates(site), machines]);
        }
        Operator::Deployer => statements.push(bootstrap_roles(site)),
    }
    statements
}

/// What `status` asks of a Region, and what a run is planned from.
const LOOKS: [(Service, &str, Plane); 9] = [
    (Service::ApiGateway, "GetRestApis", Plane::Control),
    (Service::ApiGateway, "GetStage", Plane::Control),
    (Service::CloudWatch, "DescribeAlarms", Plane::Control),
    (Service::CloudWatch, "GetMetricData", Plane::Data),
    (Service::Lambda, "GetFunctionConcurrency", Plane::Control),
    (Service::Lambda, "GetFunctionConfiguration", Plane::Control),
    (Service::Lambda, "ListEventSourceMappings", Plane::Control),
    (Service::Ledger, "read", Plane::Data),
    (Service::Rds, "DescribeDBClusters", Plane::Control),
];

fn looks(site: Site<'_>) -> Vec<Call> {
    let database = (Service::Rds, "DescribeGlobalClusters", Plane::Control);
    let both = LOOKS.into_iter().chain([database]);
    let of_both = both.flat_map(|row| [site, site.other()].map(|place| call(place, row)));
    of_both.chain(control(site, "GetItem")).collect()
}

/// The event sources that wake workers, in whichever Region is active.
fn sources(site: Site<'_>) -> Vec<Call> {
    let row = (Service::Lambda, "UpdateEventSourceMapping", Plane::Control);
    [site, site.other()].map(|place| call(place, row)).to_vec()
}

/// The control table, which is one for both Regions.
fn control(site: Site<'_>, api: &'static str) -> Vec<Call> {
    vec![call(site, (Service::DynamoDb, api, Plane::Data))]
}

fn call(place: Site<'_>, (service, api, plane): (Service, &'static str, Plane)) -> Call {
    Call { service, api, plane, region: RegionName::new(place.region().name()) }
}

/// Letting an execution go on that waits for people.
fn lets_go_on(site: Site<'_>, plans: &[Plan]) -> Allow {
    let mut machines: Vec<Json> = Vec::new();
    for place in [site, site.other()] {
        for machine in plans.iter().map(|plan| recovery_roles::machine(place, plan).into()) {
            if !machines.contains(&machine) {
                machines.push(machine);
            }
        }
    }
    Allow { resources: machines, ..allow(["states:SendTaskSuccess"], []) }
}

/// The templates as they are deployed, for reports of which these are evidence.
fn templates(site: Site<'_>) -> Allow {
    let stacks = regions(site)
        .map(|region| arn(region, "cloudformation", &format!("stack/{}-*", site.prefix())).into());
    allow(["cloudformation:DescribeStacks", "cloudformation:GetTemplate"], stacks)
}

/// The roles of the CDK's bootstrap, as which whoever deploys does all else.
fn bootstrap_roles(site: Site<'_>) -> Allow {
    let roles = regions(site).map(|region| {
        let role = format!("cdk-{}-*-${{AWS::AccountId}}-{region}", assembly::QUALIFIER);
        sub(format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{role}")).into()
    });
    allow(["sts:AssumeRole"], roles)
}

/// Where stacks stand.
fn regions(site: Site<'_>) -> [Region; 3] {
    [site.region(), site.other().region(), site.topology.regions.witness]
}

fn value(json: Json) -> Value {
    match json {
        Json::Bool(it) => it.into(),
        Json::Integer(it) => it.into(),
        Json::Number(it) => it.into(),
        Json::Text(it) => it.into(),
        Json::List(items) => items.into_iter().map(value).collect(),
        Json::Object(members) => {
            members.into_iter().map(|(name, member)| (name, value(member))).collect()
        }
        Json::Expression(_) => unreachable!("people's policies refer to no resource of a template"),
    }
}
