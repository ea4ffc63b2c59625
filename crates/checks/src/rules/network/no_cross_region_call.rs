//! Calls of the standby to the primary on the way of a payment.

use std::collections::{BTreeMap, BTreeSet};

use topology::Home;

use super::hosts;
use crate::design::Design;
use crate::functions::{self, Functions};
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::requests::Requests;
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// Nothing that answers requests in the standby calls the primary's Region; the second endpoint of a strongly
    /// consistent table is the one exception.
    ///
    /// ## What is checked
    ///
    /// In the standby: the variables of functions that an API, a load balancer, a URL or an event source invokes;
    /// variables and secrets of the tasks of ECS services that a load balancer or another service calls; and the
    /// integrations of APIs. They hold no ARN of the primary's Region, no host name or URL of a service of AWS there or
    /// of what these templates have there (variables that are named after health are left out: they ask how the other
    /// Region is), no name of a bucket that is only there, and no Region for a client of an AWS
    /// service (`REGION`, `SECRETS_REGION` and the like). Tables with `MultiRegionConsistency: STRONG` may be
    /// called in both Regions. A drill that cuts the network between the Regions shows what code calls beyond that.
    ///
    /// ## Why it hurts
    ///
    /// The standby then waits for the Region that was just lost, and fails together with it.
    ///
    /// ## What to change
    ///
    /// Name the standby's own resource: let names carry the Region of the stack.
    ///
    /// ```yaml
    /// TOPIC_ARN: !Sub "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:payment-events"
    /// ```
    ///
    /// ## Source
    ///
    /// AWS Fault Isolation Boundaries, "Global services" and "Control planes and data planes".
    "net-no-cross-region-call-in-request-path": Blocker, NoTakeover, Derived, Pair;
    why: "the standby waits for the Region that was lost, and fails together with it";
    check
}

/// Services whose ARNs with a Region are called in that Region.
const CALLED: [&str; 21] = [
    "apigateway",
    "dynamodb",
    "events",
    "execute-api",
    "firehose",
    "kinesis",
    "kms",
    "lambda",
    "logs",
    "rds",
    "rds-db",
    "scheduler",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "states",
    "cognito-idp",
    "cognito-identity",
    "elasticache",
    "bedrock",
];

/// Parts of names of variables that say for which client a Region is meant.
const CLIENTS: [&str; 19] = [
    "APPCONFIG",
    "BUCKET",
    "COGNITO",
    "DYNAMO",
    "EVENTBRIDGE",
    "EVENT_BUS",
    "KINESIS",
    "KMS",
    "PARAMETER",
    "QUEUE",
    "S3",
    "SECRET",
    "SNS",
    "SQS",
    "SSM",
    "STATE_MACHINE",
    "TABLE",
    "TOPIC",
    "USER_POOL",
];

/// What is known of the two Regions.
struct Sides<'d> {
    primary: &'d str,
    standby: &'d str,
    /// Names of strongly consistent tables.
    strong: Vec<String>,
    /// Buckets of the primary by name.
    buckets: BTreeMap<String, Resource<'d>>,
    /// Host names of what is in the primary.
    hosts: BTreeSet<String>,
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let Some(sides) = sides(design) else { return };
    let functions = Functions::of(design);
    let requests = Requests::of(design, &functions);
    for function in functions.with_serverless() {
        if let Some(who) = reached(design, &requests, function) {
            judge.subject();
            for (name, place) in functions::variables(function) {
                look(design, judge, &sides, (&who, Some(name)), &place);
            }
        }
    }
    for task in design.of("AWS::ECS::TaskDefinition") {
        let Some(who) = reached(design, &requests, task) else { continue };
        judge.subject();
        for container in judge.items(&task.at("ContainerDefinitions")) {
            for variable in container.at("Environment").items().known().unwrap_or_default() {
                let name = variable.at("Name").text().known();
                look(design, judge, &sides, (&who, name.as_deref()), &variable.at("Value"));
            }
            for secret in container.at("Secrets").items().known().unwrap_or_default() {
                look(design, judge, &sides, (&who, None), &secret.at("ValueFrom"));
            }
        }
    }
    for integration in integrations(design) {
        judge.subject();
        look(design, judge, &sides, ("the API", None), &integration);
    }
}

/// What requests reach in the standby, with what leads there, such as `` `Pay`, which an API invokes, ``.
fn reached(design: &Design, requests: &Requests, resource: Resource<'_>) -> Option<String> {
    let words = requests.to(resource).filter(|_| design.home(resource) == Some(Home::Standby))?;
    Some(format!("`{}`, {words},", resource.id()))
}

fn sides(design: &Design) -> Option<Sides<'_>> {
    let strong = design.of("AWS::DynamoDB::GlobalTable").filter(|table| {
        table.at("MultiRegionConsistency").text().known().as_deref() == Some("STRONG")
    });
    let buckets = design.of_home("AWS::S3::Bucket", Home::Primary);
    let primary = design.region(Home::Primary)?;
    Some(Sides {
        primary,
        hosts: hosts::declared(design, primary),
        standby: design.region(Home::Standby)?,
        strong: strong.filter_map(|table| design.name(table).known()).collect(),
        buckets: buckets
            .filter_map(|bucket| Some((design.name(bucket).known()?, bucket)))
            .collect(),
    })
}

/// Where the APIs of the standby send requests to.
fn integrations(design: &Design) -> impl Iterator<Item = Place<'_>> {
    let kinds = [
        ("AWS::ApiGateway::Method", "Integration.Uri"),
        ("AWS::ApiGatewayV2::Integration", "IntegrationUri"),
    ];
    let places = kinds.into_iter().flat_map(|(kind, property)| {
        design.of_home(kind, Home::Standby).map(move |method| method.at(property))
    });
    places.filter(|place| place.exists().known() == Some(true))
}

/// Looks at one thing that somebody is told, under the name of a variable.
fn look(
    design: &Design,
    judge: &mut Judge<'_>,
    sides: &Sides<'_>,
    (who, variable): (&str, Option<&str>),
    place: &Place<'_>,
) {
    let Some(value) = place.value().known() else { return };
    let text = text(design, value);
    if text == sides.primary {
        if let Some(name) = variable.filter(|name| is_for_client(name, sides)) {
            judge.finding(
                place,
                format!("{who} calls a service of AWS in {}, by `{name}`", sides.primary),
                format!("set `{name}: !Ref AWS::Region`"),
            );
        }
    } else if let Some(bucket) = sides.buckets.get(&text) {
        judge.finding_with(
            place,
            &[bucket.whole()],
            format!("{who} goes on to `{text}`, the bucket `{}` of {}", bucket.id(), sides.primary),
            format!("name the bucket of {} instead", sides.standby),
        );
    } else if calls_primary(&text, sides) && !variable.is_some_and(is_about_health) {
        judge.finding(
            place,
            format!("{who} goes on to `{text}`, which is in {}", sides.primary),
            another(&text, sides),
        );
    }
}

/// The change that names what is in the standby.
fn another(text: &str, sides: &Sides<'_>) -> String {
    let change = format!("name the resource of {} instead", sides.standby);
    if text.contains(sides.primary) {
        format!("{change}: `${{AWS::Region}}` in place of `{}`", sides.primary)
    } else {
        change
    }
}

/// Whether a variable of this name says where to ask how the other Region is, which no payment waits for.
fn is_about_health(name: &str) -> bool {
    name.to_uppercase().contains("HEALTH")
}

/// The text with names where templates say them, and as people read it otherwise.
fn text(design: &Design, value: &Value) -> String {
    design.text(value).known().unwrap_or_else(|| value.shown())
}

/// Whether a variable of this name tells a client of an AWS service where to call.
fn is_for_client(name: &str, sides: &Sides<'_>) -> bool {
    let name = name.to_uppercase();
    let of_table = name.contains("DYNAMO") || name.contains("TABLE");
    let is_exempt = of_table && !sides.strong.is_empty();
    let is_plain = ["REGION", "AWS_REGION", "AWS_REGION_NAME"].contains(&name.as_str());
    let of_client = name.ends_with("REGION") && CLIENTS.iter().any(|client| name.contains(client));
    !is_exempt && (is_plain || of_client)
}

/// Whether a text is an ARN, a host name or a URL of the primary's Region.
fn calls_primary(text: &str, sides: &Sides<'_>) -> bool {
    if text.contains("arn:") {
        return text.split("arn:").skip(1).any(|arn| is_called(arn, sides));
    }
    let of_dynamodb = format!("dynamodb.{}.", sides.primary);
    let is_strong = |host: &str| host.contains(&of_dynamodb) && !sides.strong.is_empty();
    hosts::of(text).any(|host| {
        let is_there = sides.hosts.contains(&host.to_lowercase());
        (is_there || hosts::is_of_aws(host, sides.primary)) && !is_strong(host)
    })
}

/// Whether an ARN, without `arn:`, is one that is called in the primary's Region.
fn is_called(arn: &str, sides: &Sides<'_>) -> bool {
    let mut parts = arn.splitn(5, ':').skip(1);
    let (service, region) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let is_strong = service == "dynamodb"
        && sides.strong.iter().any(|table| arn.ends_with(&format!("/{table}")));
    region == sides.primary && CALLED.contains(&service) && !is_strong
}
