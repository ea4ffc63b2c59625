//! Which events of a bucket are told to somebody.

use std::collections::{BTreeMap, BTreeSet};

use super::replications;
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::place::{Place, Resource};

/// The custom resource by which the CDK sets the notifications of a bucket.
const CUSTOM: &str = "Custom::S3BucketNotifications";

/// Notifications that custom resources set, by bucket.
pub(super) struct Custom<'d>(BTreeMap<String, Vec<Resource<'d>>>);

/// Reads them once for a design.
pub(super) fn custom(design: &Design) -> Custom<'_> {
    let mut by_bucket: BTreeMap<String, Vec<Resource<'_>>> = BTreeMap::new();
    for resource in design.of(CUSTOM) {
        let name = resource.at("BucketName").value().known();
        let name = name.and_then(|name| design.symbol(name)).unwrap_or_default();
        by_bucket.entry(name).or_default().push(resource);
    }
    Custom(by_bucket)
}

/// The events of a bucket that are told to a topic, a queue or a function.
pub(super) fn events(
    design: &Design,
    custom: &Custom<'_>,
    bucket: Resource<'_>,
) -> Result<BTreeSet<String>, Unknown> {
    let name = replications::name(design, bucket);
    let customs = custom.0.get(&name).into_iter().flatten();
    let places = customs.map(|resource| resource.at("NotificationConfiguration"));
    let mut events = BTreeSet::new();
    for place in places.chain([bucket.at("NotificationConfiguration")]) {
        add(&place, &mut events)?;
    }
    Ok(events)
}

/// CloudFormation has one event in each entry, the API that custom resources call a list of them.
fn add(configuration: &Place<'_>, events: &mut BTreeSet<String>) -> Result<(), Unknown> {
    let lists = [
        "TopicConfigurations",
        "QueueConfigurations",
        "LambdaConfigurations",
        "LambdaFunctionConfigurations",
    ];
    for list in lists {
        for entry in told(configuration.at(list).items())?.unwrap_or_default() {
            for key in ["Event", "Events"] {
                for event in told(entry.at(key).items())?.unwrap_or_default() {
                    events.extend(told(event.text())?);
                }
            }
        }
    }
    Ok(())
}

fn told<T>(answer: Answer<T>) -> Result<Option<T>, Unknown> {
    match answer {
        Answer::Absent => Ok(None),
        Answer::Known(value) => Ok(Some(value)),
        Answer::Unknown(why) => Err(why),
    }
}
