//! What a function may do: least privilege, derived from what the topology says that it uses.
//!
//! The same list says which services the network must reach, so that the two cannot drift apart.

use std::collections::BTreeSet;

use cfn::kms::Key;
use cfn::{Handle, Json, Text, sub};
use topology::{Function, Topology, Use};

use crate::foundation::Foundation;
use crate::policy::{Allow, allow};
use crate::site::{KeyUse, Site};
use crate::webhooks::calls_back;

/// A service that functions reach through an interface endpoint.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Service {
    SecretsManager,
    Sns,
    Sqs,
}

impl Service {
    /// The services that some function calls.
    pub(crate) fn called_by(topology: &Topology) -> BTreeSet<Self> {
        let ledger = services(&topology.ledger_function());
        topology.functions.iter().flat_map(services).chain(ledger).collect()
    }

    /// Last part of the endpoint service's name.
    pub(crate) fn endpoint(self) -> &'static str {
        match self {
            Self::SecretsManager => "secretsmanager",
            Self::Sns => "sns",
            Self::Sqs => "sqs",
        }
    }
}

fn services(function: &Function) -> Vec<Service> {
    let services = function.uses.iter().flat_map(|used| match used {
        Use::Ledger if wakes_worker(function) => [Service::SecretsManager, Service::Sqs].as_slice(),
        Use::Ledger => &[Service::SecretsManager],
        Use::Events if calls_back(function) => &[Service::SecretsManager, Service::Sns],
        Use::Events => &[Service::Sns],
        Use::Sessions | Use::Receipts => &[],
    });
    services.copied().collect()
}

/// Whether a function that uses the ledger tells the outbox worker that there is work: it is not the worker, and takes
/// payments. What runs settle waits for the next minute.
pub(crate) fn wakes_worker(function: &Function) -> bool {
    !function.worker && !function.is_of_runs()
}

/// The statements of a function's role, beyond those every function has.
pub(crate) fn grants(site: Site<'_>, function: &Function, foundation: &Foundation) -> Vec<Allow> {
    let uses = function.uses.iter();
    let mut statements: Vec<Allow> = uses
        .flat_map(|used| match used {
            Use::Ledger => ledger(site, function, foundation),
            Use::Sessions => vec![sessions(site)],
            Use::Receipts => receipts(site, foundation),
            Use::Events => events(site, function, foundation),
        })
        .collect();
    if function.uses.contains(&Use::Ledger) || function.uses.contains(&Use::Sessions) {
        let key = foundation.data_key.arn().into();
        statements.push(decrypt_tables(site, key));
    }
    statements
}

/// The secret of the database, the control table, and the queue that tells the outbox worker that there is work.
fn ledger(site: Site<'_>, function: &Function, foundation: &Foundation) -> Vec<Allow> {
    let mut statements = secret(site, &site.secret_name(), &foundation.ledger_key).to_vec();
    statements.extend(control(site, function));
    if wakes_worker(function) {
        let queue = site.arn("sqs", &site.wake_up_queue());
        statements.push(allow(["sqs:GetQueueUrl", "sqs:SendMessage"], [queue.into()]));
    }
    statements
}

/// Going through the control table, as who settles what a ledger lacks does: here, and in the other Region when this
/// one's replica does not answer.
pub(crate) fn scan_control(site: Site<'_>) -> Allow {
    allow(["dynamodb:Scan"], control_tables(site))
}

/// The control table's replicas, this Region's first.
pub(crate) fn control_tables(site: Site<'_>) -> [Json; 2] {
    [site, site.other()].map(control_table)
}

/// The replica of a Region.
pub(crate) fn control_table(site: Site<'_>) -> Json {
    table(site, &site.control_table()).into()
}

/// Keys of the control table, as `aws::ControlTable` writes them: who is active.
pub(crate) const RECORD: &str = "dr#system";
/// Everything that is not a payment's: who is active, leases, journals and waits of runs, what alarms may start.
pub(crate) const RUNS: &str = "dr#*";
/// What was accepted of payments.
const INTENTS: &str = "intent#*";

/// The control table here, and the other Region's replica for when this one does not answer (rule
/// `pay-control-store-two-endpoints`). The key over there is known by its alias only.
///
/// Who takes payments writes intents and the lease of its own Region, and only reads who is active: else whoever takes
/// over one function could open both Regions, or forge the journal of a run. What runs ask of a ledger needs no lease.
fn control(site: Site<'_>, function: &Function) -> Vec<Allow> {
    let lease = format!("dr#lease#{}", site.region());
    let (read, write) = match function.is_of_runs() {
        true => (vec![INTENTS.to_owned()], vec![INTENTS.to_owned()]),
        false => (
            vec![RECORD.to_owned(), lease.clone(), INTENTS.to_owned()],
            vec![lease, INTENTS.to_owned()],
        ),
    };
    vec![
        allow(["dynamodb:GetItem"], control_tables(site)).of_items(read),
        allow(["dynamodb:PutItem"], control_tables(site)).of_items(write),
        by_alias(site.other(), KeyUse::Data, "dynamodb", ["kms:Decrypt"]),
    ]
}

/// Using a key that is known by its alias only, through a service of its Region.
pub(crate) fn by_alias<const A: usize>(
    site: Site<'_>,
    key: KeyUse,
    service: &str,
    actions: [&'static str; A],
) -> Allow {
    let service = format!("{service}.{}.amazonaws.com", site.region());
    allow(actions, [site.arn("kms", "key/*").into()])
        .when("StringEquals", "kms:ViaService", service)
        .when("ForAnyValue:StringEquals", "kms:ResourceAliases", site.key_alias(key))
}

fn sessions(site: Site<'_>) -> Allow {
    let items = [
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    ];
    allow(items, [table(site, &site.session_table()).into()])
}

fn table(site: Site<'_>, name: &str) -> Text {
    site.arn("dynamodb", &format!("table/{name}"))
}

/// DynamoDB opens a table's own key in the name of its caller; all else it does under grants of its own.
pub(crate) fn decrypt_tables(site: Site<'_>, key: Json) -> Allow {
    let service = format!("dynamodb.{}.amazonaws.com", site.region());
    allow(["kms:Decrypt"], [key]).when("StringEquals", "kms:ViaService", service)
}

fn receipts(site: Site<'_>, foundation: &Foundation) -> Vec<Allow> {
    let objects = sub(format!("{}/*", site.bucket_arn()));
    vec![
        allow(["s3:GetObject", "s3:PutObject"], [objects.into()]),
        use_key_by_s3(&foundation.data_key),
    ]
}

/// Buckets are encrypted: who reads or writes objects uses their key, through S3 only.
pub(crate) fn use_key_by_s3(key: &Handle<Key>) -> Allow {
    allow(["kms:Decrypt", "kms:GenerateDataKey"], [key.arn().into()]).when(
        "StringEquals",
        "kms:ViaService",
        sub("s3.${AWS::Region}.amazonaws.com"),
    )
}

/// The topic, and for whoever calls back who is to be called.
fn events(site: Site<'_>, function: &Function, foundation: &Foundation) -> Vec<Allow> {
    let mut statements = vec![allow(["sns:Publish"], [foundation.event_topic.topic_arn().into()])];
    if calls_back(function) {
        statements.extend(secret(site, &site.webhook_secret(), &foundation.data_key));
    }
    statements
}

/// Reading a secret, in the Region's own Secrets Manager only.
fn secret(site: Site<'_>, name: &str, key: &Handle<Key>) -> [Allow; 2] {
    let secret = site.arn("secretsmanager", &format!("secret:{name}-??????"));
    let service = sub("secretsmanager.${AWS::Region}.amazonaws.com");
    let decrypt = allow(["kms:Decrypt"], [key.arn().into()]);
    [
        allow(["secretsmanager:GetSecretValue"], [secret.into()]),
        decrypt.when("StringEquals", "kms:ViaService", service),
    ]
}

/// Topics and queues are encrypted: who writes to them uses their key, through them only.
pub(crate) fn use_signals_key(foundation: &Foundation) -> Allow {
    let services = ["sns", "sqs"]
        .map(|service| sub(format!("{service}.${{AWS::Region}}.amazonaws.com")).into());
    allow(["kms:Decrypt", "kms:GenerateDataKey"], [foundation.signals_key.arn().into()]).when(
        "StringEquals",
        "kms:ViaService",
        Json::List(services.into()),
    )
}
