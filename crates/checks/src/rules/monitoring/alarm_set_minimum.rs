//! The least that alarms of each Region watch.

use std::collections::BTreeMap;

use topology::Home;

use super::alarms::{self, Watched};
use super::needs::{self, Need};
use crate::answer::Unknown;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// In each Region alarms watch at least what the templates declare there: APIs, functions, databases, tables,
    /// replication and certificates.
    ///
    /// ## What is checked
    ///
    /// For what is in a Region's templates, an alarm of that Region watches: server errors and latency of an API;
    /// errors and throttles of a function that requests reach (an alarm on another function does not count);
    /// connections of a cluster; throttles of a global table, or of one that is in both Regions; failed replication of
    /// a bucket in its own Region and late replication in the destination's, where the rule has metrics; days to the
    /// expiry of a certificate of the Region's endpoints, unless a rule listens for the event. A level, such as a number
    /// of connections, is not summed up. Where no template declares an alarm, nothing is reported: alarms may be made
    /// elsewhere. Lag of Aurora and of DynamoDB is judged by `aurora-lag-alarms-where-emitted` and
    /// `ddb-replication-latency-alarm`. Canaries, the age of an outbox, backlogs of reconciliation and the state of a
    /// gate have names of your own, and are not checked.
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
            let fits = |name: &str| need.names.contains(&name);
            if !watched.has(need.namespace, fits, |metric| is_about(design, &need, metric)) {
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
    let watched: Vec<String> = needs.iter().map(|need| shown(need.names)).collect();
    let firsts: Vec<String> = needs.iter().map(|need| shown(&need.names[..1])).collect();
    let has_choice = needs.iter().any(|need| need.names.len() > 1);
    let mut related: Vec<_> = needs[1..].iter().map(|need| need.resource).collect();
    related.dedup_by(|one, other| one.is(*other));
    related.retain(|one| !one.is(needs[0].resource));
    let related: Vec<_> = related.into_iter().map(|resource| resource.whole()).collect();
    judge.finding_with(
        &needs[0].resource.whole(),
        &related,
        format!("no alarm of {region} on `{namespace}` watches {}", watched.join(", and none ")),
        format!(
            "add an `AWS::CloudWatch::Alarm` in {region} on {} of `{namespace}`{}",
            firsts.join(", and one on "),
            if has_choice { ", or on another of those named" } else { "" }
        ),
    );
}

/// Metrics of which one will do.
fn shown(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [all @ .., last] if !all.is_empty() => format!("{} or {last}", all.join(", ")),
        _ => names.concat(),
    }
}

/// Whether an alarm may be about what must be watched: not if it names another resource of these templates.
fn is_about(design: &Design, need: &Need<'_>, metric: &alarms::Metric<'_>) -> bool {
    let Some(about) = &need.about else { return true };
    let Some(named) = metric.dimension(design, about.dimension).known() else { return true };
    let is_named = |resource: &Resource<'_>| {
        design.symbol(&Value::Reference(resource.reference(None))).as_deref() == Some(&named)
    };
    about.resources.iter().any(is_named) || !design.of(about.kind).any(|other| is_named(&other))
}
