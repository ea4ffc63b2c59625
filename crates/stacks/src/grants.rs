//! What a function may do: least privilege, derived from what the topology says that it uses.
//!
//! The same list says which services the network must reach, so that the two cannot drift apart.

use std::collections::BTreeSet;

use cfn::{Json, sub};
use topology::{Function, Topology, Use};

use crate::foundation::Foundation;
use crate::policy::{Allow, allow};
use crate::site::Site;

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
        topology.functions.iter().flat_map(services).collect()
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
        Use::Ledger => [Service::SecretsManager, Service::Sqs].as_slice(),
        Use::Events => &[Service::Sns],
        Use::Sessions | Use::Receipts => &[],
    });
    services.copied().collect()
}

/// The statements of a function's role, beyond those every function has.
pub(crate) fn grants(site: Site<'_>, function: &Function, foundation: &Foundation) -> Vec<Allow> {
    let uses = function.uses.iter();
    uses.flat_map(|used| match used {
        Use::Ledger => ledger(site, function, foundation),
        Use::Sessions => sessions(site, foundation),
        Use::Receipts => receipts(site, foundation),
        Use::Events => events(foundation),
    })
    .collect()
}

/// The secret of the database, and the queue that tells the outbox worker that there is work.
fn ledger(site: Site<'_>, function: &Function, foundation: &Foundation) -> Vec<Allow> {
    let secret = site.arn("secretsmanager", &format!("secret:{}-??????", site.secret_name()));
    let read = allow(["secretsmanager:GetSecretValue"], [secret.into()]);
    let decrypt = allow(["kms:Decrypt"], [foundation.ledger_key.arn().into()]).when(
        "StringEquals",
        "kms:ViaService",
        sub("secretsmanager.${AWS::Region}.amazonaws.com"),
    );
    if function.worker {
        return vec![read, decrypt];
    }
    let queue = site.arn("sqs", &site.wake_up_queue());
    let wake = allow(["sqs:SendMessage"], [queue.into()]);
    vec![read, decrypt, wake]
}

fn sessions(site: Site<'_>, foundation: &Foundation) -> Vec<Allow> {
    let table = site.arn("dynamodb", &format!("table/{}", site.session_table()));
    let items = [
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    ];
    let decrypt = allow(["kms:Decrypt"], [foundation.data_key.arn().into()]).when(
        "StringEquals",
        "kms:ViaService",
        sub("dynamodb.${AWS::Region}.amazonaws.com"),
    );
    vec![allow(items, [table.into()]), decrypt]
}

fn receipts(site: Site<'_>, foundation: &Foundation) -> Vec<Allow> {
    let objects = sub(format!("{}/*", site.bucket_arn()));
    let keys = allow(["kms:Decrypt", "kms:GenerateDataKey"], [foundation.data_key.arn().into()])
        .when("StringEquals", "kms:ViaService", sub("s3.${AWS::Region}.amazonaws.com"));
    vec![allow(["s3:GetObject", "s3:PutObject"], [objects.into()]), keys]
}

fn events(foundation: &Foundation) -> Vec<Allow> {
    let publish = allow(["sns:Publish"], [foundation.event_topic.topic_arn().into()]);
    vec![publish]
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
