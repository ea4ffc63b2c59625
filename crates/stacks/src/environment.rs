//! What a function is told: where it finds what it uses, and how it is called.
//!
//! Everything is in its own Region (rule `net-no-cross-region-call-in-request-path`), but for the control table:
//! when the replica here does not answer, the other Region's is asked (`pay-control-store-two-endpoints`).

use std::collections::BTreeMap;

use cfn::{Value, sub};
use topology::{Function, Runtime, Use};

use crate::functions::Context;
use crate::grants::wakes_worker;
use crate::site::Site;
use crate::webhooks::calls_back;

/// Variables by name.
type Variables = BTreeMap<String, Value<String>>;

pub(crate) fn environment(context: &Context<'_>, function: &Function) -> Variables {
    let mut variables = of_every_function(context.site).to_vec();
    if !function.routes.is_empty() && function.runtime == Runtime::ProvidedAl2023 {
        // The runtime's adapter would put the stage before the path, which no route knows.
        variables.push(("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "true".into()));
    }
    for used in &function.uses {
        variables.extend(of_use(context, function, *used));
    }
    let own = function.environment.iter().map(|(name, value)| (name.clone(), value.into()));
    variables.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(own).collect()
}

/// What every function is told.
pub(crate) fn of_every_function(site: Site<'_>) -> [(&'static str, Value<String>); 2] {
    [("AWS_STS_REGIONAL_ENDPOINTS", "regional".into()), ("TIDEOVER_SERVICE", site.prefix().into())]
}

/// Who moves the money of cards, for who asks about it.
pub(crate) fn processor(site: Site<'_>) -> Option<(&'static str, Value<String>)> {
    site.topology.processor.url.as_ref().map(|url| ("TIDEOVER_PROCESSOR_URL", url.into()))
}

fn of_use(
    context: &Context<'_>,
    function: &Function,
    used: Use,
) -> Vec<(&'static str, Value<String>)> {
    let site = context.site;
    match used {
        Use::Ledger => ledger(context, function),
        Use::Sessions => vec![("TIDEOVER_SESSION_TABLE", site.session_table().into())],
        Use::Receipts => vec![("TIDEOVER_RECEIPT_BUCKET", sub(site.bucket_name()).into())],
        Use::Events => events(context, function),
    }
}

/// The database, and what decides whether its books may be written: the control table in both home Regions.
fn ledger(context: &Context<'_>, function: &Function) -> Vec<(&'static str, Value<String>)> {
    let site = context.site;
    let mut variables = vec![
        ("TIDEOVER_CONTROL_TABLE", site.control_table().into()),
        ("TIDEOVER_DATABASE_HOST", context.database_host.clone()),
        ("TIDEOVER_DATABASE_NAME", site.topology.database.name.as_str().into()),
        ("TIDEOVER_DATABASE_SECRET", site.secret_name().into()),
        ("TIDEOVER_PEER_REGION", site.other().region().name().into()),
    ];
    if wakes_worker(function) {
        variables.push(("TIDEOVER_OUTBOX_WAKE_UP_QUEUE", site.wake_up_queue().into()));
    } else {
        variables.extend(processor(site));
    }
    variables
}

/// The topic, and for whoever calls back who is to be called.
fn events(context: &Context<'_>, function: &Function) -> Vec<(&'static str, Value<String>)> {
    let topic = context.foundation.event_topic.topic_arn();
    let mut variables = vec![("TIDEOVER_EVENT_TOPIC_ARN", topic.into())];
    if calls_back(function) {
        variables.push(("TIDEOVER_WEBHOOK_SECRET", context.site.webhook_secret().into()));
    }
    variables
}
