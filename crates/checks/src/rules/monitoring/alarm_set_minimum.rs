//! The least that alarms of each Region watch.

use std::collections::BTreeMap;

use topology::Home;

use super::alarms::{self, Watched};
use super::needs::{self, Need};
use crate::answer::Unknown;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;

rule! {
    /// In each Region alarms watch at least what the templates declare there: APIs, functions, databases, tables,
    /// replication and certificates.
    ///
    /// ## What is checked
    ///
    /// For what is in a Region's templates, an alarm of that Region watches: server errors and latency of an API;
    /// errors and throttles of functions; connections of a cluster, and the lag of a global database (it is measured
    /// wherever the writer is not, so in both Regions); throttles of tables, and the latency of a global table that
    /// is not strongly consistent; failed replication of a bucket in its own Region and late replication in the
    /// destination's, where the rule has metrics; days to the expiry of a certificate, unless a rule listens for the
    /// event. A level, such as a number of connections, is not summed up. Where no template declares an alarm, nothing is reported: alarms may be made elsewhere. Canaries, the
    /// age of an outbox, backlogs of reconciliation and the state of a gate have names of your own, and are not
    /// checked.
    ///
    /// ## Why it hurts
    ///
    /// Blind spots are found in incidents. After a takeover the Region that was quiet carries everything, with the
    /// alarms that it has.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// FunctionThrottles:
    ///   Type: AWS::CloudWatch::Alarm
    ///   Properties:
    ///     Namespace: AWS/Lambda
    ///     MetricName: Throttles
    ///     Statistic: Sum
    ///     Period: 60
    ///     EvaluationPeriods: 2
    ///     ComparisonOperator: GreaterThanThreshold
    ///     Threshold: 0
    ///     TreatMissingData: notBreaching
    ///     AlarmActions: [!Ref AlarmTopic]
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Monitoring an Amazon Aurora global database"; Amazon DynamoDB Developer Guide,
    /// "DynamoDB metrics and dimensions"; Amazon S3 User Guide, "Monitoring replication with metrics, event
    /// notifications, and statuses".
    "cw-alarm-set-minimum": Error, Unseen, Derived, Pair;
    why: "what nobody watches in the Region that takes over is found by customers";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    judge_levels(design, judge);
    let alarms_are_here = alarms::are_declared(design);
    for home in Home::BOTH {
        let Some(region) = design.region(home) else { continue };
        let watched = Watched::of(design, region);
        let mut missing: BTreeMap<&str, Vec<Need<'_>>> = BTreeMap::new();
        for need in needs::of(design, home) {
            judge.subject();
            if !watched.has(need.namespace, |name| need.names.contains(&name)) {
                missing.entry(need.namespace).or_default().push(need);
            }
        }
        for (namespace, needs) in missing {
            let place = needs[0].resource.whole();
            let elsewhere =
                || Unknown("no template declares alarms: they may be made elsewhere".into());
            let unknown = watched.unknown.clone().or_else(|| (!alarms_are_here).then(elsewhere));
            match unknown {
                Some(why) => judge.cannot_judge(&place, why),
                None => report(judge, region, namespace, &needs),
            }
        }
    }
}

/// Metrics that say how high something stands, and what it is.
const LEVELS: [(&str, &str); 5] = [
    ("AWS/RDS", "AuroraGlobalDBProgressLag"),
    ("AWS/RDS", "AuroraGlobalDBRPOLag"),
    ("AWS/RDS", "AuroraGlobalDBReplicationLag"),
    ("AWS/RDS", "DatabaseConnections"),
    ("AWS/Lambda", "ConcurrentExecutions"),
];

/// An alarm on the sum of a level watches the length of its period.
fn judge_levels(design: &Design, judge: &mut Judge<'_>) {
    for alarm in design.of(alarms::ALARM).filter(|alarm| design.home(*alarm).is_some()) {
        for metric in alarms::metrics(alarm).known().unwrap_or_default() {
            let is_level = LEVELS.contains(&(metric.namespace.as_str(), metric.name.as_str()));
            if is_level && metric.statistic.text().known().as_deref() == Some("Sum") {
                judge.finding(
                    &metric.statistic,
                    format!(
                        "`{}` is summed: at one sample a minute 20 are 100 in five minutes",
                        metric.name
                    ),
                    "set it to `Maximum`",
                );
            }
        }
    }
}

fn report(judge: &mut Judge<'_>, region: &str, namespace: &str, needs: &[Need<'_>]) {
    let names: Vec<String> = needs.iter().map(|need| format!("`{}`", need.names[0])).collect();
    let mut related: Vec<_> = needs[1..].iter().map(|need| need.resource).collect();
    related.dedup_by(|one, other| one.is(*other));
    related.retain(|one| !one.is(needs[0].resource));
    let related: Vec<_> = related.into_iter().map(|resource| resource.whole()).collect();
    judge.finding_with(
        &needs[0].resource.whole(),
        &related,
        format!("no alarm of {region} watches {} of `{namespace}`", names.join(" or ")),
        format!(
            "add an `AWS::CloudWatch::Alarm` in {region} for {} of `{namespace}`",
            names.join(" and for ")
        ),
    );
}
