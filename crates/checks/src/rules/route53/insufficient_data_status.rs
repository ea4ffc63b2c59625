//! What a silent metric does to DNS.

use super::health;
use super::routing::Routing;
use crate::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// A health check that follows an alarm says on purpose what it does when the metric is silent, and on a switch
    /// that is: stay.
    ///
    /// ## What is checked
    ///
    /// Every `CLOUDWATCH_METRIC` check that records of both Regions carry, themselves or by way of a calculated
    /// check, has `InsufficientDataHealthStatus`. Where a database must be promoted first and the record carries the
    /// check itself, silence does not make it unhealthy: not `Unhealthy`, and not `Healthy` on an inverted check.
    ///
    /// ## Why it hurts
    ///
    /// A Region that is lost publishes nothing. Then this one property decides where the money goes.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// InsufficientDataHealthStatus: Healthy     # stay; `LastKnownStatus` bridges brief gaps only
    /// ```
    ///
    /// ## Source
    ///
    /// Route 53 Developer Guide, "Values that you specify when you create or update health checks".
    "r53-insufficient-data-status": Error, TwoWriters, Documented, Pair;
    why: "when the Region is lost its metrics are silent, and silence decides where customers are sent";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let routing = Routing::of(design);
    for attached in health::attached(&routing) {
        let config = attached.check.at("HealthCheckConfig");
        if config.at("Type").text() != Answer::Known("CLOUDWATCH_METRIC".into()) {
            continue;
        }
        judge.subject();
        let status = config.at("InsufficientDataHealthStatus");
        let inverted = config.at("Inverted").bool().known() == Some(true);
        let stay = if inverted { "Unhealthy" } else { "Healthy" };
        let moving = if inverted { "Healthy" } else { "Unhealthy" };
        let id = attached.check.id();
        match judge.text(&status) {
            Some(None) => judge.finding(
                &status,
                format!("`{id}` has no `InsufficientDataHealthStatus`"),
                format!("set `InsufficientDataHealthStatus: {stay}`, so that silence leaves traffic where it is"),
            ),
            Some(Some(said)) if said == moving && attached.directly && routing.must_promote() => {
                judge.finding(
                    &status,
                    format!(
                        "`InsufficientDataHealthStatus` is `{said}`{}: a silent metric takes {} out",
                        if inverted { " on an inverted check" } else { "" },
                        attached.record.region_shown()
                    ),
                    format!("set `InsufficientDataHealthStatus: {stay}`"),
                );
            }
            _ => {}
        }
    }
}
