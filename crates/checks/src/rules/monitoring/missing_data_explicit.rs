//! What alarms make of missing data.

use super::alarms::{self, Metric};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// Every alarm says what missing data mean, and for canaries they are a breach.
    ///
    /// ## What is checked
    ///
    /// In a pair of Regions `TreatMissingData` of every `AWS::CloudWatch::Alarm` is there; for alarms on canaries
    /// (`CloudWatchSynthetics`) and on health checks (`HealthCheckStatus`) it is `breaching`. Alarms on DynamoDB
    /// alone are left out, as CloudWatch ignores their missing data whatever is set; so are those that only scale.
    /// Lag of a database is judged by the rules about Aurora.
    ///
    /// ## Why it hurts
    ///
    /// Without it an alarm without data goes to `INSUFFICIENT_DATA`, which pages nobody. A lost Region sends no
    /// data: silence is then read as health.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// TreatMissingData: breaching      # canaries, heartbeats
    /// TreatMissingData: notBreaching   # counts of errors
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data".
    "cw-missing-data-explicit": Error, Unseen, Documented, Pair;
    why: "a lost Region sends no data, and an alarm that was not told what that means pages nobody";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let of_pair = design.of(alarms::ALARM).filter(|alarm| design.home(*alarm).is_some());
    for alarm in of_pair.filter(|alarm| !alarms::only_scales(design, *alarm)) {
        let metrics = match alarms::metrics(alarm) {
            Answer::Known(metrics) => metrics,
            Answer::Absent | Answer::Unknown(_) => Vec::new(),
        };
        if metrics.is_empty() && alarms::expressions(alarm).is_empty()
            || !metrics.is_empty()
                && metrics.iter().all(|metric| metric.namespace == "AWS/DynamoDB")
        {
            continue;
        }
        judge.subject();
        judge_alarm(judge, alarm, &metrics);
    }
}

fn judge_alarm(judge: &mut Judge<'_>, alarm: Resource<'_>, metrics: &[Metric<'_>]) {
    let place = alarm.at("TreatMissingData");
    let life = metrics.iter().find(|metric| is_sign_of_life(metric));
    match (judge.text(&place), life) {
        (Some(None), None) => judge.finding(
            &place,
            "there is no `TreatMissingData`, which means `missing`",
            "set `TreatMissingData`: `notBreaching` for counts of errors, `breaching` where data always come",
        ),
        (Some(said), Some(life)) if said.as_deref() != Some("breaching") => {
            let said = said.unwrap_or_else(|| "missing".to_owned());
            judge.finding(
                &place,
                format!("missing data of `{}` are `{said}`: silence is taken for health", life.name),
                "set `TreatMissingData: breaching`",
            );
        }
        _ => {}
    }
}

/// Whether a metric comes as long as something lives.
fn is_sign_of_life(metric: &Metric<'_>) -> bool {
    let name = metric.name.as_str();
    match metric.namespace.as_str() {
        "CloudWatchSynthetics" => matches!(name, "SuccessPercent" | "Failed"),
        "AWS/Route53" => matches!(name, "HealthCheckStatus" | "HealthCheckPercentageHealthy"),
        _ => false,
    }
}
