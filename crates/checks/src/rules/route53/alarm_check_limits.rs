//! Alarms that a health check can follow.

use super::health;
use super::routing::Routing;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;
use crate::{Answer, Unknown};

rule! {
    /// A health check that follows a CloudWatch alarm can follow only an alarm of one metric of standard resolution
    /// with a plain statistic, whose every datapoint counts.
    ///
    /// ## What is checked
    ///
    /// The alarm behind each `CLOUDWATCH_METRIC` check, where it is in these templates: no metric math, no
    /// `ExtendedStatistic`, `Period` of 60 seconds or more, and `DatapointsToAlarm` not below `EvaluationPeriods`.
    /// The check reads the metric, not the alarm's state, so that `SetAlarmState` cannot rehearse it; and it must be
    /// updated whenever the alarm is.
    ///
    /// ## Why it hurts
    ///
    /// Route 53 refuses such a check, or it never changes: the switch of the takeover is not there.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// MetricName: TrafficSwitch
    /// Statistic: Maximum
    /// Period: 60
    /// EvaluationPeriods: 1
    /// DatapointsToAlarm: 1
    /// ```
    ///
    /// ## Source
    ///
    /// Route 53 Developer Guide, "Values that you specify when you create or update health checks" and "Monitoring a
    /// CloudWatch alarm".
    "r53-alarm-check-limits": Blocker, NoTakeover, Documented, Template;
    why: "Route 53 refuses the health check or it never changes, so that the name cannot be moved";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let routing = Routing::of(design);
    for check in design.of(health::KIND) {
        if check.at("HealthCheckConfig.Type").text() != Answer::Known("CLOUDWATCH_METRIC".into()) {
            continue;
        }
        let name = check.at("HealthCheckConfig.AlarmIdentifier.Name");
        judge.subject();
        let Some(alarm) = routing.alarm(check) else {
            let why = match name.value() {
                Answer::Unknown(why) => why,
                _ => Unknown(format!("alarm `{}` is not in these templates", name.shown())),
            };
            judge.cannot_judge(&name, why);
            continue;
        };
        for (place, found, change) in limits(alarm) {
            judge.finding_with(&place, std::slice::from_ref(&name), found, change);
        }
    }
}

/// What Route 53 cannot follow in an alarm: where, what, and the change.
fn limits(alarm: Resource<'_>) -> Vec<(Place<'_>, String, &'static str)> {
    let mut found = Vec::new();
    let number = |property: &str| alarm.at(property).number().known();
    if has_metric_math(alarm) {
        let place = alarm.at("Metrics");
        let what = format!("alarm `{}` works by metric math", alarm.id());
        found.push((place, what, "publish the result as one metric and name it by `MetricName`"));
    }
    let extended = alarm.at("ExtendedStatistic");
    if extended.exists() == Answer::Known(true) {
        let what = format!("`ExtendedStatistic` is `{}`", extended.shown());
        found.push((
            extended,
            what,
            "use `Statistic` with `Average`, `Minimum`, `Maximum`, `Sum` or `SampleCount`",
        ));
    }
    if let Some(period) = number("Period").filter(|seconds| *seconds < 60.0) {
        let what = format!("`Period` is {period} seconds: a high-resolution metric");
        found.push((alarm.at("Period"), what, "set `Period: 60` or a multiple of 60"));
    }
    if let (Some(points), Some(periods)) =
        (number("DatapointsToAlarm"), number("EvaluationPeriods"))
        && points < periods
    {
        let what = format!("{points} of {periods} datapoints are enough for the alarm");
        found.push((
            alarm.at("DatapointsToAlarm"),
            what,
            "set `DatapointsToAlarm` to the value of `EvaluationPeriods`",
        ));
    }
    found
}

fn has_metric_math(alarm: Resource<'_>) -> bool {
    let metrics = alarm.at("Metrics").items().known().unwrap_or_default();
    metrics.iter().any(|metric| metric.at("Expression").exists() == Answer::Known(true))
}
