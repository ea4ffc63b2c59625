//! Calls of the standby to the primary on the way of a payment.

use std::collections::BTreeMap;

use topology::Home;

use crate::design::Design;
use crate::functions::{self, Functions, MAPPED, SERVERLESS};
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::regions;
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// Nothing that answers requests in the standby calls the primary's Region; the second endpoint of a strongly
    /// consistent table is the one exception.
    ///
    /// ## What is checked
    ///
    /// In the standby: the variables of functions that an API, a load balancer, a URL or an event source invokes;
    /// variables and secrets of ECS task definitions; and the integrations of APIs. They hold no ARN, host name or
    /// URL of the primary's Region, no name of a bucket that is only there, and no Region for a client of an AWS
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
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let Some(sides) = sides(design) else { return };
    for function in in_request_path(design) {
        judge.subject();
        for (name, place) in functions::variables(function) {
            look(design, judge, &sides, Some(name), &place);
        }
    }
    for task in design.of_home("AWS::ECS::TaskDefinition", Home::Standby) {
        judge.subject();
        for container in judge.items(&task.at("ContainerDefinitions")) {
            for variable in container.at("Environment").items().known().unwrap_or_default() {
                let name = variable.at("Name").text().known();
                look(design, judge, &sides, name.as_deref(), &variable.at("Value"));
            }
            for secret in container.at("Secrets").items().known().unwrap_or_default() {
                look(design, judge, &sides, None, &secret.at("ValueFrom"));
            }
        }
    }
    for integration in integrations(design) {
        judge.subject();
        look(design, judge, &sides, None, &integration);
    }
}

fn sides(design: &Design) -> Option<Sides<'_>> {
    let strong = design.of("AWS::DynamoDB::GlobalTable").filter(|table| {
        table.at("MultiRegionConsistency").text().known().as_deref() == Some("STRONG")
    });
    let buckets = design.of_home("AWS::S3::Bucket", Home::Primary);
    Some(Sides {
        primary: design.region(Home::Primary)?,
        standby: design.region(Home::Standby)?,
        strong: strong.filter_map(|table| design.name(table).known()).collect(),
        buckets: buckets
            .filter_map(|bucket| Some((design.name(bucket).known()?, bucket)))
            .collect(),
    })
}

/// The standby's functions that requests or events reach.
fn in_request_path(design: &Design) -> Vec<Resource<'_>> {
    let functions = Functions::of(design);
    let mut reached = functions.invoked_by(&[
        "apigateway.amazonaws.com",
        "elasticloadbalancing.amazonaws.com",
        "*",
    ]);
    for (kind, property) in [
        ("AWS::Lambda::EventSourceMapping", "FunctionName"),
        ("AWS::Lambda::Url", "TargetFunctionArn"),
    ] {
        let named = design.of(kind).filter_map(|source| functions.meant(&source.at(property)));
        reached.extend(named.map(|function| function.reference(None)));
    }
    let standby =
        functions.of_application().filter(|function| design.home(*function) == Some(Home::Standby));
    let serverless = design.of_home(SERVERLESS, Home::Standby).filter(|one| is_reached(*one));
    let written_out = standby.filter(|function| reached.contains(&function.reference(None)));
    written_out.chain(serverless).collect()
}

/// Whether an event of a serverless function is a request, or comes from an event source.
fn is_reached(function: Resource<'_>) -> bool {
    let events = functions::events(function);
    let reaches = |kind: &str| ["Api", "HttpApi"].contains(&kind) || MAPPED.contains(&kind);
    events.iter().any(|(kind, _)| reaches(kind))
        || function.at("FunctionUrlConfig").exists().known() == Some(true)
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

fn look(
    design: &Design,
    judge: &mut Judge<'_>,
    sides: &Sides<'_>,
    variable: Option<&str>,
    place: &Place<'_>,
) {
    let Some(value) = place.value().known() else { return };
    let text = text(design, value);
    if text == sides.primary {
        if let Some(name) = variable.filter(|name| is_for_client(name, sides)) {
            judge.finding(
                place,
                format!("`{name}` sends a client of an AWS service to {}", sides.primary),
                format!("set `{name}: !Ref AWS::Region`"),
            );
        }
    } else if let Some(bucket) = sides.buckets.get(&text) {
        judge.finding_with(
            place,
            &[bucket.whole()],
            format!(
                "requests go on to `{text}`, the bucket `{}` of {}",
                bucket.id(),
                sides.primary
            ),
            format!("name the bucket of {} instead", sides.standby),
        );
    } else if calls_primary(&text, sides) {
        judge.finding(
            place,
            format!("requests go on to `{text}`, which is in {}", sides.primary),
            format!(
                "name the resource of {} instead: `${{AWS::Region}}` in place of `{}`",
                sides.standby, sides.primary
            ),
        );
    }
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
    if !regions::stands_in(sides.primary, text) {
        return false;
    }
    if text.split("arn:").skip(1).any(|arn| is_called(arn, sides)) {
        return true;
    }
    let hosts = text.contains(".amazonaws.com") || text.contains(".on.aws") || text.contains("://");
    let of_dynamodb = text.contains(&format!("dynamodb.{}", sides.primary));
    let is_strong = of_dynamodb && !sides.strong.is_empty();
    hosts && !is_strong
}

/// Whether an ARN, without `arn:`, is one that is called in the primary's Region.
fn is_called(arn: &str, sides: &Sides<'_>) -> bool {
    let mut parts = arn.splitn(5, ':').skip(1);
    let (service, region) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let is_strong = service == "dynamodb"
        && sides.strong.iter().any(|table| arn.ends_with(&format!("/{table}")));
    region == sides.primary && CALLED.contains(&service) && !is_strong
}
