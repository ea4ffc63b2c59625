//! Which buckets replicate, by which rule and role, and where to.

use std::collections::BTreeMap;

use crate::answer::Answer;
use crate::design::Design;
use crate::place::{Place, Resource};

/// A rule that is turned on, or that an operator can turn on.
#[derive(Debug, Clone)]
pub(crate) struct Replication<'d> {
    /// The bucket that has the rule.
    pub(crate) source: Resource<'d>,
    /// The bucket that the copies go to, where it is in these templates.
    pub(crate) destination: Option<Resource<'d>>,
    /// The rule.
    pub(crate) rule: Place<'d>,
    /// The role that S3 takes.
    pub(crate) role: Place<'d>,
    /// When it is there.
    pub(crate) timing: Timing,
}

/// When a rule is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timing {
    /// Whatever an operator says.
    Always,
    /// With the defaults of the parameters, but an operator may create the bucket without it first.
    Switched,
    /// After an operator gave another value to a parameter.
    Planned,
}

impl<'d> Replication<'d> {
    /// The destination, if both buckets are in the pair and in different Regions.
    pub(super) fn across(&self, design: &Design) -> Option<Resource<'d>> {
        let destination = self.destination?;
        let other = design.home(self.source)?.other();
        (design.home(destination) == Some(other)).then_some(destination)
    }

    /// What the keys of its objects begin with, where that is known.
    pub(super) fn prefix(&self) -> Option<String> {
        let places =
            ["Filter.Prefix", "Filter.And.Prefix", "Prefix"].map(|keys| self.rule.at(keys));
        let mut prefix = String::new();
        for place in places {
            match place.text() {
                Answer::Known(text) => prefix = text,
                Answer::Absent => {}
                Answer::Unknown(_) => return None,
            }
        }
        Some(prefix)
    }
}

/// Every rule that is or can be turned on.
pub(super) fn all(design: &Design) -> Vec<Replication<'_>> {
    let buckets = by_arn(design);
    let rules = design.of("AWS::S3::Bucket").flat_map(|bucket| of_bucket(design, bucket, &buckets));
    rules.collect()
}

/// Those between buckets in the two Regions of the pair, with the destination.
pub(super) fn across(design: &Design) -> Vec<(Replication<'_>, Resource<'_>)> {
    let rules = all(design).into_iter();
    rules.filter_map(|rule| rule.across(design).map(|destination| (rule, destination))).collect()
}

/// The buckets of replication across the pair, each once, in the order of the stacks.
pub(super) fn buckets(design: &Design) -> Vec<Resource<'_>> {
    let mut found = BTreeMap::new();
    for (rule, destination) in across(design) {
        for bucket in [rule.source, destination] {
            found.insert((bucket.stack.index, bucket.id()), bucket);
        }
    }
    found.into_values().collect()
}

/// The name of a bucket for people.
pub(super) fn named(design: &Design, bucket: Resource<'_>) -> String {
    design.name(bucket).known().unwrap_or_else(|| bucket.id().to_owned())
}

/// Every bucket by the text that [`Design::symbol`] gives for its ARN.
fn by_arn(design: &Design) -> BTreeMap<String, Resource<'_>> {
    design.of("AWS::S3::Bucket").map(|bucket| (arn(design, bucket), bucket)).collect()
}

/// The ARN of a bucket, to compare with others.
pub(super) fn arn(design: &Design, bucket: Resource<'_>) -> String {
    let reference = crate::value::Value::Reference(bucket.reference(Some("Arn")));
    design.symbol(&reference).expect("a reference to a resource has a symbol")
}

/// The name of a bucket, to compare with others.
pub(super) fn name(design: &Design, bucket: Resource<'_>) -> String {
    let reference = crate::value::Value::Reference(bucket.reference(None));
    design.symbol(&reference).expect("a reference to a resource has a symbol")
}

fn of_bucket<'d>(
    design: &'d Design,
    source: Resource<'d>,
    buckets: &BTreeMap<String, Resource<'d>>,
) -> Vec<Replication<'d>> {
    let (configuration, timing) = configuration(source);
    let rules = configuration.at("Rules").items().known().unwrap_or_default().into_iter();
    let enabled = rules.filter(|rule| rule.at("Status").text() == Answer::Known("Enabled".into()));
    let replication = |rule: Place<'d>| {
        let bucket = rule.at("Destination.Bucket").value().known();
        let arn = bucket.and_then(|bucket| design.symbol(bucket));
        let destination = arn.and_then(|arn| buckets.get(&arn).copied());
        Replication { source, destination, rule, role: configuration.at("Role"), timing }
    };
    enabled.map(replication).collect()
}

/// The configuration of replication of a bucket, and when it is there.
fn configuration(bucket: Resource<'_>) -> (Place<'_>, Timing) {
    let key = "ReplicationConfiguration";
    let (now, open) = (bucket.at(key), bucket.open(key));
    match (now.exists(), open.exists()) {
        (Answer::Known(false), Answer::Unknown(_)) => (open.there(), Timing::Planned),
        // A parameter without a default decides.
        (Answer::Unknown(_), _) => (now.there(), Timing::Planned),
        (Answer::Known(_) | Answer::Absent, Answer::Unknown(_)) => (now, Timing::Switched),
        _ => (now, Timing::Always),
    }
}
