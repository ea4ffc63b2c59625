//! The physical names and ARNs of resources, where templates say them, so that references can be compared across
//! stacks and Regions.

use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::place::Resource;
use crate::resolve::{ACCOUNT, partition, same_text};
use crate::value::{Piece, Reference, Value};

/// How resources of a type are called.
struct Naming {
    kind: &'static str,
    /// The property that holds the name.
    property: &'static str,
    /// What `Ref` gives.
    reference: Gives,
    /// The ARN after `arn:aws:`, with `{region}`, `{account}` and `{name}`; empty where it has parts that only a
    /// deployment knows.
    arn: &'static str,
}

#[derive(Clone, Copy)]
enum Gives {
    Name,
    Arn,
    Other,
}

const fn naming(
    kind: &'static str,
    property: &'static str,
    reference: Gives,
    arn: &'static str,
) -> Naming {
    Naming { kind, property, reference, arn }
}

/// Sorted by type. Source: the pages of the types in the CloudFormation reference, "Return values".
static NAMINGS: [Naming; 22] = [
    naming("AWS::ApiGateway::DomainName", "DomainName", Gives::Name, ""),
    naming(
        "AWS::Backup::BackupVault",
        "BackupVaultName",
        Gives::Name,
        "backup:{region}:{account}:backup-vault:{name}",
    ),
    naming(
        "AWS::CloudWatch::Alarm",
        "AlarmName",
        Gives::Name,
        "cloudwatch:{region}:{account}:alarm:{name}",
    ),
    naming(
        "AWS::DynamoDB::GlobalTable",
        "TableName",
        Gives::Name,
        "dynamodb:{region}:{account}:table/{name}",
    ),
    naming(
        "AWS::DynamoDB::Table",
        "TableName",
        Gives::Name,
        "dynamodb:{region}:{account}:table/{name}",
    ),
    naming(
        "AWS::Events::EventBus",
        "Name",
        Gives::Name,
        "events:{region}:{account}:event-bus/{name}",
    ),
    naming("AWS::IAM::Role", "RoleName", Gives::Name, "iam::{account}:role/{name}"),
    naming("AWS::KMS::Alias", "AliasName", Gives::Name, "kms:{region}:{account}:{name}"),
    naming(
        "AWS::Lambda::Function",
        "FunctionName",
        Gives::Name,
        "lambda:{region}:{account}:function:{name}",
    ),
    naming(
        "AWS::Logs::LogGroup",
        "LogGroupName",
        Gives::Name,
        "logs:{region}:{account}:log-group:{name}:*",
    ),
    naming(
        "AWS::RDS::DBCluster",
        "DBClusterIdentifier",
        Gives::Name,
        "rds:{region}:{account}:cluster:{name}",
    ),
    naming("AWS::RDS::DBClusterParameterGroup", "DBClusterParameterGroupName", Gives::Name, ""),
    naming(
        "AWS::RDS::DBInstance",
        "DBInstanceIdentifier",
        Gives::Name,
        "rds:{region}:{account}:db:{name}",
    ),
    naming(
        "AWS::RDS::GlobalCluster",
        "GlobalClusterIdentifier",
        Gives::Name,
        "rds::{account}:global-cluster:{name}",
    ),
    naming("AWS::Route53::HostedZone", "Name", Gives::Other, ""),
    naming("AWS::S3::Bucket", "BucketName", Gives::Name, "s3:::{name}"),
    naming("AWS::SNS::Topic", "TopicName", Gives::Arn, "sns:{region}:{account}:{name}"),
    naming("AWS::SQS::Queue", "QueueName", Gives::Other, "sqs:{region}:{account}:{name}"),
    naming("AWS::SSM::Parameter", "Name", Gives::Name, "ssm:{region}:{account}:parameter/{name}"),
    naming("AWS::SecretsManager::Secret", "Name", Gives::Other, ""),
    naming(
        "AWS::StepFunctions::StateMachine",
        "StateMachineName",
        Gives::Arn,
        "states:{region}:{account}:stateMachine:{name}",
    ),
    naming("AWS::Synthetics::Canary", "Name", Gives::Name, ""),
];

/// How deep names may rest on names of other resources, which a circle would do without an end.
const DEPTH_MAX: u32 = 3;
/// How many parts a name may have; with the depth, it bounds the work.
const PIECES_MAX: usize = 32;

/// The physical name of a resource.
pub(crate) fn name(design: &Design, resource: Resource<'_>) -> Answer<String> {
    Names { design, depth: 0 }.name(resource)
}

/// The ARN of a resource.
pub(crate) fn arn(design: &Design, resource: Resource<'_>) -> Answer<String> {
    Names { design, depth: 0 }.arn(resource)
}

/// A value as text.
pub(crate) fn text(design: &Design, value: &Value) -> Answer<String> {
    Names { design, depth: 0 }.text(value)
}

#[derive(Clone, Copy)]
struct Names<'d> {
    design: &'d Design,
    depth: u32,
}

impl Names<'_> {
    fn name(self, resource: Resource<'_>) -> Answer<String> {
        let Some(naming) = find(resource.kind()) else {
            return Answer::Unknown(Unknown(format!(
                "only a deployment names `{}`",
                resource.id()
            )));
        };
        match resource.at(naming.property).value() {
            Answer::Known(value) => self.text(value),
            Answer::Absent => {
                let property = naming.property;
                Answer::Unknown(Unknown(format!(
                    "`{}` has no `{property}`: a deployment names it",
                    resource.id()
                )))
            }
            Answer::Unknown(why) => Answer::Unknown(why),
        }
    }

    fn arn(self, resource: Resource<'_>) -> Answer<String> {
        let form = find(resource.kind()).map(|naming| naming.arn).unwrap_or_default();
        if form.is_empty() {
            return Answer::Unknown(Unknown(format!(
                "only a deployment knows the ARN of `{}`",
                resource.id()
            )));
        }
        let Some(region) = resource.stack.region.as_deref() else {
            let why = "the Region of this template is not known";
            return Answer::Unknown(Unknown(why.to_owned()));
        };
        let account = resource.stack.account.as_deref().unwrap_or(ACCOUNT);
        self.name(resource).map(|name| {
            // A parameter's name may begin with the slash that the ARN has anyway.
            let name = name.trim_start_matches('/');
            let rest = form.replace("{region}", region).replace("{account}", account);
            format!("arn:{}:{}", partition(region), rest.replace("{name}", name))
        })
    }

    fn text(self, value: &Value) -> Answer<String> {
        match value {
            Value::Text(text) => Answer::Known(text.clone()),
            Value::Number(number) => Answer::Known(number.to_string()),
            Value::Bool(yes) => Answer::Known(yes.to_string()),
            Value::Reference(reference) => self.given(reference),
            Value::Pieces(pieces) => self.joined(pieces),
            Value::Unknown(why) => Answer::Unknown(why.clone()),
            Value::Null | Value::Unset => Answer::Absent,
            Value::List(_) | Value::Map(_) | Value::Open(..) | Value::Either(_) => {
                Answer::Unknown(Unknown("it is no text".into()))
            }
        }
    }

    fn joined(self, pieces: &[Piece]) -> Answer<String> {
        if pieces.len() > PIECES_MAX {
            return Answer::Unknown(Unknown(format!("it has more than {PIECES_MAX} parts")));
        }
        let mut joined = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => joined.push_str(text),
                Piece::Unknown(why) => return Answer::Unknown(why.clone()),
                Piece::Reference(reference) => match self.given(reference) {
                    Answer::Known(text) => joined.push_str(&text),
                    unknown => return unknown,
                },
            }
        }
        Answer::Known(joined)
    }

    /// What a reference gives.
    fn given(self, reference: &Reference) -> Answer<String> {
        if self.depth >= DEPTH_MAX {
            return Answer::Unknown(Unknown(format!(
                "names rest on each other more than {DEPTH_MAX} deep"
            )));
        }
        let deeper = Self { depth: self.depth + 1, ..self };
        let unknown =
            || Answer::Unknown(Unknown(format!("only a deployment knows `{}`", reference.shown())));
        let Some(resource) = self.design.resource(reference) else { return unknown() };
        let gives = match reference.attribute.as_deref() {
            None => find(resource.kind()).map_or(Gives::Other, |naming| naming.reference),
            Some("Arn" | "TopicArn" | "DBClusterArn" | "DBInstanceArn" | "BackupVaultArn") => {
                Gives::Arn
            }
            Some("QueueName" | "TopicName" | "Name") => Gives::Name,
            Some(_) => Gives::Other,
        };
        match gives {
            Gives::Name => deeper.name(resource),
            Gives::Arn => deeper.arn(resource),
            Gives::Other => unknown(),
        }
    }
}

/// A value as a text to compare with others: where only a deployment knows a name, the resource stands for it.
/// `None` where a part is not known at all.
pub(crate) fn symbol(design: &Design, value: &Value) -> Option<String> {
    match value {
        Value::Reference(reference) => Some(symbol_of(design, reference)),
        Value::Pieces(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => Some(text.clone()),
                Piece::Reference(reference) => Some(symbol_of(design, reference)),
                Piece::Unknown(_) => None,
            })
            .collect(),
        other => text(design, other).known(),
    }
}

fn symbol_of(design: &Design, reference: &Reference) -> String {
    let unnamed = |reference: &Reference| format!("<{} {}>", reference.stack, reference.shown());
    let gives = Names { design, depth: 0 }.given(reference);
    match (gives, reference.attribute.as_deref(), bucket_partition(design, reference)) {
        (Answer::Known(text), ..) => text,
        // The ARN of a bucket is its name with a constant before it, whoever gives the name.
        (_, Some("Arn"), Some(partition)) => {
            let name = Reference { attribute: None, ..reference.clone() };
            format!("arn:{partition}:s3:::{}", unnamed(&name))
        }
        _ => unnamed(reference),
    }
}

/// The partition of a bucket, where it is one, and its Region is known.
fn bucket_partition(design: &Design, reference: &Reference) -> Option<&'static str> {
    let bucket = design.resource(reference)?;
    let is_bucket = bucket.kind() == "AWS::S3::Bucket";
    bucket.stack.region.as_deref().filter(|_| is_bucket).map(partition)
}

/// Whether two texts are the same, as far as accounts and zones are known.
pub(crate) fn same(left: &str, right: &str) -> Answer<bool> {
    same_text(left, right).map_or_else(
        || Answer::Unknown(Unknown("only a deployment knows the account or the zone".into())),
        Answer::Known,
    )
}

fn find(kind: &str) -> Option<&'static Naming> {
    NAMINGS.binary_search_by(|naming| naming.kind.cmp(kind)).ok().map(|index| &NAMINGS[index])
}
