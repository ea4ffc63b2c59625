//! Buckets that keep logs, artifacts or what expires soon: what is in them is not what the service must keep.

use std::collections::BTreeSet;

use super::replications::{self, Replication};
use crate::answer::Answer;
use crate::design::Design;
use crate::place::{Place, Resource};
use crate::words::words;

/// Services that write logs.
const WRITERS: [&str; 4] = [
    "logging.s3.amazonaws.com",
    "delivery.logs.amazonaws.com",
    "logdelivery.elasticloadbalancing.amazonaws.com",
    "config.amazonaws.com",
];

/// Words in the names of buckets that keep logs.
const WORDS: [&str; 5] = ["cloudtrail", "log", "logging", "logs", "trail"];

/// Days for which records of payments are kept at least: what expires sooner is none.
const RECORD_DAYS_MIN: f64 = 365.0;

/// Replication between the two Regions of the pair of what the service must keep, with the destinations.
pub(crate) fn lasting(design: &Design) -> Vec<(Replication<'_>, Resource<'_>)> {
    let logs = buckets(design);
    let keeps = |bucket| !logs.contains(&replications::name(design, bucket));
    let all = replications::across(design).into_iter();
    all.filter(|(rule, destination)| keeps(rule.source) && keeps(*destination)).collect()
}

/// Words by which such logs are records after all.
const RECORDS: [&str; 5] = ["audit", "journal", "ledger", "transaction", "transactions"];

/// Whether its name says that a bucket keeps logs.
fn is_called_so(design: &Design, bucket: Resource<'_>) -> bool {
    let name = design.name(bucket).known().unwrap_or_default();
    let words: Vec<String> = [name.as_str(), bucket.id()].into_iter().flat_map(words).collect();
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    WORDS.into_iter().any(has) && !RECORDS.into_iter().any(has)
}

/// Whether everything in a bucket expires before records may.
fn expires(bucket: Resource<'_>) -> bool {
    let rules = bucket.at("LifecycleConfiguration.Rules").items().known().unwrap_or_default();
    rules.iter().any(|rule| {
        let is_for_all = |key: &&str| match rule.at(key).text() {
            Answer::Absent => rule.at(key).exists() == Answer::Known(false),
            Answer::Known(prefix) => prefix.is_empty(),
            Answer::Unknown(_) => false,
        };
        let days = rule.at("ExpirationInDays").number().known();
        ["Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan"]
            .iter()
            .all(is_for_all)
            && is_on(rule)
            && days.is_some_and(|days| days < RECORD_DAYS_MIN)
    })
}

fn is_on(rule: &Place<'_>) -> bool {
    rule.at("Status").text().known().as_deref() == Some("Enabled")
}

/// The names, as [`Design::symbol`] gives them, of buckets that other resources send logs or artifacts to, that are
/// called so, or in which everything expires soon.
pub(super) fn buckets(design: &Design) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let named = [
        ("AWS::S3::Bucket", "LoggingConfiguration.DestinationBucketName"),
        ("AWS::CloudTrail::Trail", "S3BucketName"),
        ("AWS::CodePipeline::Pipeline", "ArtifactStore.Location"),
    ];
    for (kind, keys) in named {
        for resource in design.of(kind) {
            let bucket = resource.at(keys).value().known();
            found.extend(bucket.and_then(|bucket| design.symbol(bucket)));
        }
    }
    let marked = design.of("AWS::S3::Bucket").filter(|bucket| {
        bucket.at("AccessControl").text().known().as_deref() == Some("LogDeliveryWrite")
    });
    found.extend(marked.map(|bucket| replications::name(design, bucket)));
    let told = design
        .of("AWS::S3::Bucket")
        .filter(|bucket| is_called_so(design, *bucket) || expires(*bucket));
    found.extend(told.map(|bucket| replications::name(design, bucket)));
    for policy in design.of("AWS::S3::BucketPolicy") {
        let texts = policy.declared.properties.texts();
        if texts.iter().any(|(_, text)| WRITERS.contains(&text.as_str())) {
            let bucket = policy.at("Bucket").value().known();
            found.extend(bucket.and_then(|bucket| design.symbol(bucket)));
        }
    }
    found
}
