//! Buckets that keep logs or artifacts only: what is in them is not what the service must keep.

use std::collections::BTreeSet;

use super::replications;
use crate::design::Design;

/// Services that write logs.
const WRITERS: [&str; 4] = [
    "logging.s3.amazonaws.com",
    "delivery.logs.amazonaws.com",
    "logdelivery.elasticloadbalancing.amazonaws.com",
    "config.amazonaws.com",
];

/// The names, as [`Design::symbol`] gives them, of buckets that other resources send logs or artifacts to.
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
    for policy in design.of("AWS::S3::BucketPolicy") {
        let texts = policy.declared.properties.texts();
        if texts.iter().any(|(_, text)| WRITERS.contains(&text.as_str())) {
            let bucket = policy.at("Bucket").value().known();
            found.extend(bucket.and_then(|bucket| design.symbol(bucket)));
        }
    }
    found
}
