//! How long clients remember the lost Region.

use super::routing::Routing;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

/// 60 seconds are advised; 120 are usual too.
const LIMIT_SECONDS: f64 = 120.0;

rule! {
    /// Records that move between the Regions and are no aliases live for 60 seconds.
    ///
    /// ## What is checked
    ///
    /// `TTL` of every record of a name that leads to both Regions is 120 or less. An alias of an AWS service has the
    /// service's own 60 seconds. What caches inside clients do, such as those of Java, no template shows.
    ///
    /// ## Why it hurts
    ///
    /// Resolvers keep answering with the lost Region until the time is over.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// TTL: 60
    /// ```
    ///
    /// ## Source
    ///
    /// Route 53 Developer Guide, "Best practices for Amazon Route 53 DNS".
    "r53-ttl-60": Error, SlowTakeover, Documented, Pair;
    why: "clients go on calling the lost Region for as long as the record lives in their resolvers";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let routing = Routing::of(design);
    for (group, record) in routing.members() {
        let place = record.place.at("TTL");
        if place.exists() == crate::Answer::Known(false) {
            continue;
        }
        judge.subject();
        if let Some(Some(seconds)) = judge.number(&place)
            && seconds > LIMIT_SECONDS
        {
            judge.finding(
                &place,
                format!("`TTL` of `{}` is {seconds} seconds", group.name),
                "set `TTL: 60`",
            );
        }
    }
}
