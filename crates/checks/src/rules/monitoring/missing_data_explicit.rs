//! What alarms make of missing data.

use super::alarms::{self, Metric};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::words::words;

rule! {
    /// An alarm on a sign of life says what missing data mean, and for canaries they are a breach.
    ///
    /// ## What is checked
    ///
    /// In a pair of Regions, alarms on what comes as long as something lives: connections of a database, healthy hosts,
    /// status checks of instances, and metrics of your own whose names say so (`Heartbeat`, `Alive`, `Health`, `Canary`,
    /// `Lag`). `TreatMissingData` is there, or `InsufficientDataActions` tell somebody. For alarms on canaries
    /// (`CloudWatchSynthetics`) and on health checks (`HealthCheckStatus`) it is `breaching`. Counts, such as errors,
    /// are left out: no data are no errors. So are alarms that only scale; lag of Aurora and of DynamoDB is judged by
    /// `aurora-lag-alarms-where-emitted` and `ddb-replication-latency-alarm`.
    ///
    /// ## Why it hurts
    ///
    /// Without it an alarm without data goes to `INSUFFICIENT_DATA`, which pages nobody unless the alarm has actions
    /// for it. What is lost sends no data: silence is then read as health.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// TreatMissingData: breaching
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data".
    "cw-missing-data-explicit": Error, Unseen, Documented, Pair;
    why: "what is lost sends no data, and an alarm on a sign of life that was not told what that means tells nobody";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let of_pair = design.of(alarms::ALARM).filter(|alarm| design.home(*alarm).is_some());
    for alarm in of_pair.filter(|alarm| !alarms::only_scales(design, *alarm)) {
        let metrics = alarms::metrics(alarm).known().unwrap_or_default();
        let sign = metrics.iter().find_map(|metric| Some((sign(metric)?, metric)));
        if let Some((sign, metric)) = sign {
            judge.subject();
            judge_alarm(judge, alarm, sign, metric);
        }
    }
}

/// How much a metric says by its silence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// Silence is the failure that the alarm is for.
    Probe,
    /// It comes as long as something lives.
    Life,
}

fn judge_alarm(judge: &mut Judge<'_>, alarm: Resource<'_>, sign: Sign, metric: &Metric<'_>) {
    let place = alarm.at("TreatMissingData");
    let Some(said) = judge.text(&place) else { return };
    let is_told = alarm.at("InsufficientDataActions").exists() != Answer::Known(false);
    match said.as_deref() {
        Some("breaching") => {}
        None | Some("missing") if is_told => {}
        None => judge.finding(
            &place,
            format!(
                "`{}` falls silent with what it watches, and there is no `TreatMissingData`: the alarm then goes to \
                 `INSUFFICIENT_DATA`, which tells nobody",
                metric.name
            ),
            "set `TreatMissingData: breaching`, or give the alarm `InsufficientDataActions`",
        ),
        Some(said) if sign == Sign::Probe => judge.finding(
            &place,
            format!("missing data of `{}` are `{said}`: silence is taken for health", metric.name),
            "set `TreatMissingData: breaching`",
        ),
        Some(_) => {}
    }
}

/// What the silence of a metric says, if it says something.
fn sign(metric: &Metric<'_>) -> Option<Sign> {
    let name = metric.name.as_str();
    match metric.namespace.as_str() {
        "CloudWatchSynthetics" => {
            matches!(name, "SuccessPercent" | "Failed").then_some(Sign::Probe)
        }
        "AWS/Route53" => matches!(name, "HealthCheckStatus" | "HealthCheckPercentageHealthy")
            .then_some(Sign::Probe),
        "AWS/RDS" => (name == "DatabaseConnections").then_some(Sign::Life),
        "AWS/EC2" => name.starts_with("StatusCheckFailed").then_some(Sign::Life),
        "AWS/ApplicationELB" | "AWS/NetworkELB" => {
            (name == "HealthyHostCount").then_some(Sign::Life)
        }
        // What other services measure are counts and levels; those of the user are called what they are.
        namespace if namespace.starts_with("AWS/") => None,
        _ => {
            const WORDS: [&str; 6] = ["alive", "canary", "health", "healthy", "heartbeat", "lag"];
            words(name).any(|word| WORDS.contains(&word.as_str())).then_some(Sign::Life)
        }
    }
}
