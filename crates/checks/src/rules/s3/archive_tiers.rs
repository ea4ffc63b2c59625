//! Storage classes that replication cannot read.

use super::replications;
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;

rule! {
    /// Objects of replicated buckets stay in storage classes that replication can read.
    ///
    /// ## What is checked
    ///
    /// In buckets that replicate to the other Region or receive replicas: no lifecycle rule that is turned on moves
    /// current versions to `GLACIER` or `DEEP_ARCHIVE`, no Intelligent-Tiering configuration that is turned on has
    /// archive tiers, and no replication rule has such a `StorageClass`. `GLACIER_IR` is fine.
    ///
    /// ## Why it hurts
    ///
    /// Objects in these classes cannot be replicated, nor copied by Batch Replication, before they are restored, which
    /// takes hours. After a takeover the way home leaves the archive behind, and reading it waits.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Transitions:
    ///   - StorageClass: GLACIER_IR
    ///     TransitionInDays: 90
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon S3 User Guide, "What does Amazon S3 replicate?".
    "s3-archive-tiers-dont-replicate": Error, NoWayHome, Documented, Pair;
    why: "archived objects cannot be copied home or read before hours of restoring";
    check
}

/// Storage classes that must be restored first.
const ARCHIVES: [&str; 2] = ["GLACIER", "DEEP_ARCHIVE"];

fn check(design: &Design, judge: &mut Judge<'_>) {
    for bucket in replications::buckets(design) {
        judge.subject();
        for rule in enabled(judge, &bucket.at("LifecycleConfiguration.Rules")) {
            for transition in
                [rule.at("Transition")].into_iter().chain(judge.items(&rule.at("Transitions")))
            {
                class(judge, &transition.at("StorageClass"), "moves current versions to");
            }
        }
        tiers(judge, bucket);
    }
    for (replication, _) in replications::across(design) {
        class(judge, &replication.rule.at("Destination.StorageClass"), "puts the replicas into");
    }
}

/// The items of a list that are turned on.
fn enabled<'d>(judge: &mut Judge<'_>, list: &Place<'d>) -> Vec<Place<'d>> {
    let items = judge.items(list).into_iter();
    items.filter(|item| item.at("Status").text() == Answer::Known("Enabled".to_owned())).collect()
}

fn class(judge: &mut Judge<'_>, place: &Place<'_>, does: &str) {
    if let Some(Some(class)) = judge.text(place)
        && ARCHIVES.contains(&class.as_str())
    {
        judge.finding(
            place,
            format!("the rule {does} `{class}`"),
            "set `StorageClass` to `GLACIER_IR`, which replication can read, or leave it out",
        );
    }
}

fn tiers(judge: &mut Judge<'_>, bucket: Resource<'_>) {
    for tiering in enabled(judge, &bucket.at("IntelligentTieringConfigurations")) {
        for tier in judge.items(&tiering.at("Tierings")) {
            let place = tier.at("AccessTier");
            if let Some(Some(name)) = judge.text(&place) {
                judge.finding(
                    &place,
                    format!("Intelligent-Tiering moves objects to `{name}`"),
                    "remove the entry of `Tierings`: without archive tiers objects stay readable",
                );
            }
        }
    }
}
