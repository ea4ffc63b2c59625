//! Endpoints for functions that have no way out of their network.

use std::collections::BTreeMap;

use super::vpcs::{self, Networks};
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::functions::Functions;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::policy::Statement;
use crate::rule::rule;
use crate::value::{Reference, Value};

rule! {
    /// Functions in subnets without a way out of their VPC have an endpoint there for every AWS service that they
    /// call.
    ///
    /// ## What is checked
    ///
    /// For each function whose subnets have no default route: the services that its role lets it call, against the
    /// `AWS::EC2::VPCEndpoint`s of the VPC; gateway endpoints of S3 and DynamoDB also against the route tables of
    /// the subnets. Logs, traces, event sources, dead-letter queues and destinations need none: Lambda itself makes
    /// those calls, outside of the VPC. Permissions for KMS are left aside, because services use them on behalf of
    /// the function.
    ///
    /// ## Why it hurts
    ///
    /// Without a way to the service the call hangs until it times out. In a standby that serves nobody this is found
    /// out in the takeover.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// SecretsEndpoint:
    ///   Type: AWS::EC2::VPCEndpoint
    ///   Properties:
    ///     ServiceName: !Sub "com.amazonaws.${AWS::Region}.secretsmanager"
    ///     VpcEndpointType: Interface
    ///     PrivateDnsEnabled: true
    ///     VpcId: !Ref Vpc
    ///     SubnetIds: [!Ref SubnetA, !Ref SubnetB, !Ref SubnetC]
    /// ```
    ///
    /// ## Source
    ///
    /// AWS PrivateLink Guide, "Gateway endpoints" and "Access an AWS service using an interface VPC endpoint".
    "vpc-endpoints-for-isolated": Blocker, NoTakeover, Documented, Pair;
    why: "the function hangs until it times out, in a standby that serves nobody before the takeover";
    check
}

/// A service that functions call themselves: prefix of its actions, what tells such a call from those that Lambda
/// makes for the function, and the last part of the endpoint's name.
struct Service {
    prefix: &'static str,
    /// The one action that counts; empty where all do but `NOT_CALLED`.
    action: &'static str,
    endpoint: &'static str,
}

const fn service(prefix: &'static str, action: &'static str, endpoint: &'static str) -> Service {
    Service { prefix, action, endpoint }
}

const SERVICES: [Service; 14] = [
    service("cloudwatch:", "cloudwatch:putmetricdata", "monitoring"),
    service("dynamodb:", "", "dynamodb"),
    service("events:", "events:putevents", "events"),
    service("firehose:", "firehose:putrecord", "kinesis-firehose"),
    service("kinesis:", "kinesis:putrecord", "kinesis-streams"),
    service("lambda:", "lambda:invokefunction", "lambda"),
    service("rds-data:", "", "rds-data"),
    service("s3:", "", "s3"),
    service("secretsmanager:", "", "secretsmanager"),
    service("sns:", "sns:publish", "sns"),
    service("sqs:", "sqs:sendmessage", "sqs"),
    service("ssm:", "", "ssm"),
    service("states:", "states:startexecution", "states"),
    service("sts:", "sts:assumerole", "sts"),
];

/// Actions by which Lambda reads the streams that wake a function.
const NOT_CALLED: [&str; 4] = [
    "dynamodb:describestream",
    "dynamodb:getrecords",
    "dynamodb:getsharditerator",
    "dynamodb:liststreams",
];

fn check(design: &Design, judge: &mut Judge<'_>) {
    let functions = Functions::of(design);
    let networks = Networks::of(design);
    let endpoints = Endpoints::of(design);
    for function in functions.of_application().filter(|function| design.home(*function).is_some()) {
        let place = function.at("VpcConfig.SubnetIds");
        let subnets = judge.items(&place);
        let Some(Some(isolated)) = judge.known(&place, isolated(design, &networks, &subnets))
        else {
            continue;
        };
        judge.subject();
        let statements = functions.statements_of(function);
        let called = SERVICES.iter().filter(|service| calls(service, &statements, function));
        let missing = endpoints.missing(design, &networks, &isolated, called);
        let Some(missing) = judge.known(&place, missing).flatten() else { continue };
        report(judge, &place, function, &missing);
    }
}

fn report(judge: &mut Judge<'_>, place: &Place<'_>, function: Resource<'_>, missing: &[&str]) {
    let names = missing.join("`, `");
    judge.finding(
        place,
        format!(
            "`{}` may call `{names}`, its subnets have no way out of the VPC, and no endpoint there leads to {}",
            function.id(),
            if missing.len() == 1 { "it" } else { "them" }
        ),
        format!(
            "add an `AWS::EC2::VPCEndpoint` with `ServiceName: com.amazonaws.{}.SERVICE` to the VPC for each of \
             `{names}`; one of type `Gateway` for `s3` and `dynamodb`, with the route tables of the subnets",
            function.region()
        ),
    );
}

/// The subnets without a way out; absent if there are none of them.
fn isolated<'d>(
    design: &'d Design,
    networks: &Networks<'d>,
    subnets: &[Place<'d>],
) -> Answer<Vec<Resource<'d>>> {
    let mut isolated = Vec::new();
    for place in subnets {
        let subnet = vpcs::referred(place).and_then(|subnet| design.resource(&subnet));
        let Some(subnet) = subnet else {
            let why = format!("the subnet `{}` is not in these templates", place.shown());
            return Answer::Unknown(Unknown(why));
        };
        match networks.has_way_out(subnet) {
            Answer::Known(false) => isolated.push(subnet),
            Answer::Unknown(why) => return Answer::Unknown(why),
            Answer::Known(true) | Answer::Absent => {}
        }
    }
    if isolated.is_empty() { Answer::Absent } else { Answer::Known(isolated) }
}

/// Whether a function itself calls a service, by its permissions.
fn calls(service: &Service, statements: &[Statement<'_>], function: Resource<'_>) -> bool {
    statements.iter().filter(|statement| statement.allows).any(|statement| {
        let actions = statement.actions.iter().map(|action| action.to_lowercase());
        let mut own = actions.filter(|action| action.starts_with(service.prefix));
        let calls = own.any(|action| match service.action {
            "" => !NOT_CALLED.contains(&action.as_str()),
            wanted => crate::policy::matches(&action, wanted),
        });
        calls && !is_made_by_lambda(statement, function)
    })
}

/// Whether a statement is about the function's dead-letter queue or topic only.
fn is_made_by_lambda(statement: &Statement<'_>, function: Resource<'_>) -> bool {
    let target = function.at("DeadLetterConfig.TargetArn").value().known();
    let resources = statement.place.at("Resource").items().known().unwrap_or_default();
    target.is_some()
        && !resources.is_empty()
        && resources.iter().all(|resource| resource.value().known() == target)
}

/// The endpoints of each VPC.
struct Endpoints<'d> {
    by_vpc: BTreeMap<Reference, Vec<Resource<'d>>>,
    /// Whether there are endpoints of VPCs that are not known.
    homeless: Option<Resource<'d>>,
}

impl<'d> Endpoints<'d> {
    fn of(design: &'d Design) -> Self {
        let mut endpoints = Self { by_vpc: BTreeMap::new(), homeless: None };
        for endpoint in design.of("AWS::EC2::VPCEndpoint") {
            match vpcs::vpc(endpoint) {
                Some(vpc) => endpoints.by_vpc.entry(vpc).or_default().push(endpoint),
                None => endpoints.homeless = Some(endpoint),
            }
        }
        endpoints
    }

    /// The services to which no endpoint leads from one of the subnets; absent if there are none of them.
    fn missing<'s>(
        &self,
        design: &Design,
        networks: &Networks<'_>,
        subnets: &[Resource<'_>],
        services: impl Iterator<Item = &'s Service>,
    ) -> Answer<Vec<&'static str>> {
        let missing: Vec<&'static str> = services
            .map(|service| service.endpoint)
            .filter(|service| !subnets.iter().all(|subnet| self.leads(networks, *subnet, service)))
            .collect();
        let hidden = subnets.iter().any(|subnet| self.may_hide(design, *subnet));
        match (missing.is_empty(), hidden) {
            (true, _) => Answer::Absent,
            (false, true) => Answer::Unknown(Unknown("endpoints of the VPC may be hidden".into())),
            (false, false) => Answer::Known(missing),
        }
    }

    fn leads(&self, networks: &Networks<'_>, subnet: Resource<'_>, service: &str) -> bool {
        let table = networks.table(subnet).map(|table| table.reference(None));
        self.around(subnet).iter().any(|endpoint| {
            let name = endpoint.at("ServiceName").text().known().unwrap_or_default();
            let is_interface =
                endpoint.at("VpcEndpointType").text().known().as_deref() == Some("Interface");
            name.ends_with(&format!(".{}.{service}", subnet.region()))
                && (is_interface || serves(*endpoint, table.as_ref()))
        })
    }

    fn around(&self, subnet: Resource<'_>) -> &[Resource<'d>] {
        vpcs::vpc(subnet).and_then(|vpc| self.by_vpc.get(&vpc)).map_or(&[], Vec::as_slice)
    }

    /// Whether the subnet's VPC may have endpoints that are not seen.
    fn may_hide(&self, design: &Design, subnet: Resource<'_>) -> bool {
        let unnamed = |endpoint: &Resource<'_>| endpoint.at("ServiceName").text().known().is_none();
        let homeless = self.homeless.is_some_and(|endpoint| endpoint.region() == subnet.region());
        homeless
            || vpcs::vpc(subnet).is_none()
            || self.around(subnet).iter().any(unnamed)
            || design.may_hide("AWS::EC2::VPCEndpoint", subnet.region())
    }
}

/// Whether a gateway endpoint serves a route table; one whose tables are not known may.
fn serves(endpoint: Resource<'_>, table: Option<&Reference>) -> bool {
    match endpoint.at("RouteTableIds").items() {
        Answer::Known(tables) => tables.iter().any(|place| match place.value() {
            Answer::Known(Value::Reference(_)) => vpcs::referred(place).as_ref() == table,
            _ => true,
        }),
        Answer::Unknown(_) => true,
        Answer::Absent => false,
    }
}
