//! Where the lag is watched.

use std::collections::BTreeMap;

use topology::Home;

use super::lag_alarms::{self, LagAlarm, Watching};
use super::members::{Member, Members};
use crate::answer::Unknown;
use crate::design::Design;
use crate::judge::Judge;
use crate::rule::rule;
use crate::rules::monitoring::alarms;

rule! {
    /// Each Region has an alarm on the lag of its own member, and the standby's notices silence too.
    ///
    /// ## What is checked
    ///
    /// An alarm on `AuroraGlobalDBRPOLag`, `AuroraGlobalDBProgressLag` or `AuroraGlobalDBReplicationLag` names a
    /// cluster of its own Region. Both Regions have one. In the home standby at least one of them notices missing
    /// data: by `TreatMissingData: breaching`, by `InsufficientDataActions`, or by a sum with `FILL`. In the home
    /// primary missing data is the rule, and is not to alarm. Where no template declares an alarm that tells anybody,
    /// they may be made elsewhere, and none is missed.
    ///
    /// ## Why it hurts
    ///
    /// The metrics are emitted in the secondary's Region only, and move when the roles do. An alarm on the primary
    /// never has data; one that takes missing data for good stays green while nothing is replicated.
    ///
    /// ## What to change
    ///
    /// The same alarm in both Regions:
    ///
    /// ```yaml
    /// Type: AWS::CloudWatch::Alarm
    /// Properties:
    ///   Namespace: AWS/RDS
    ///   MetricName: AuroraGlobalDBRPOLag
    ///   Dimensions: [{Name: DBClusterIdentifier, Value: !Ref Cluster}]
    ///   Statistic: Maximum
    ///   Period: 60
    ///   EvaluationPeriods: 5
    ///   Threshold: 10000
    ///   ComparisonOperator: GreaterThanThreshold
    ///   TreatMissingData: breaching   # notBreaching in the home primary
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Amazon CloudWatch metrics for Amazon Aurora" and "Using switchover or failover in
    /// Amazon Aurora Global Database".
    "aurora-lag-alarms-where-emitted": Error, Unseen, Documented, Pair;
    why: "replication can stand still for days, and the loss of the Region then loses all of them";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let (alarms, members) = (lag_alarms::all(design), Members::of(design));
    judge_regions(design, &members, &alarms, judge);
    let watching = Watching::of(&alarms);
    for (primary, standby) in members.pairs() {
        for member in [primary, standby] {
            judge.subject();
            let mine = watching.of_cluster(design, member.cluster);
            if mine.is_empty() {
                judge_missing(design, member, judge);
            } else if members.home(member) == Some(Home::Standby) {
                judge_silence(&mine, judge);
            }
        }
    }
}

/// Alarms that name a cluster of another Region.
fn judge_regions(
    design: &Design,
    members: &Members<'_>,
    alarms: &[LagAlarm<'_>],
    judge: &mut Judge<'_>,
) {
    let names = members.iter().filter_map(|member| {
        Some((design.name(member.cluster).known()?.to_lowercase(), member.cluster))
    });
    let by_name: BTreeMap<_, _> = names.collect();
    for alarm in alarms.iter().filter(|alarm| alarm.cluster.is_none()) {
        let named = alarm.name.as_ref().and_then(|name| by_name.get(&name.to_lowercase()));
        let Some(cluster) = alarm.elsewhere.or(named.copied()) else { continue };
        judge.finding_with(
            &alarm.watched.place.at("Dimensions"),
            &[cluster.whole()],
            format!(
                "the alarm is in {} and watches `{}` of `{}`, a cluster of {}: it never has data",
                alarm.region(),
                alarm.watched.name,
                alarm.name.as_deref().unwrap_or(cluster.id()),
                cluster.region()
            ),
            format!(
                "name the cluster of {} in `DBClusterIdentifier`, and give {} an alarm of its own",
                alarm.region(),
                cluster.region()
            ),
        );
    }
}

fn judge_missing(design: &Design, member: &Member<'_>, judge: &mut Judge<'_>) {
    let (whole, region) = (member.cluster.whole(), member.cluster.region());
    let unknown = if design.may_hide("AWS::CloudWatch::Alarm", region) {
        Some(format!("it is not known which alarms {region} has"))
    } else {
        let elsewhere = "no template declares alarms: they may be made elsewhere";
        (!alarms::are_declared(design)).then(|| elsewhere.to_owned())
    };
    if let Some(why) = unknown {
        return judge.cannot_judge(&whole, Unknown(why));
    }
    judge.finding(
        &whole,
        format!("no alarm in {region} watches the lag of this cluster, which is emitted there while it is the secondary"),
        format!(
            "add an `AWS::CloudWatch::Alarm` on `{}` of `AWS/RDS` with the dimension `DBClusterIdentifier` of this cluster in {region}",
            lag_alarms::LOSS
        ),
    );
}

fn judge_silence(alarms: &[&LagAlarm<'_>], judge: &mut Judge<'_>) {
    if alarms.iter().any(|alarm| alarm.may_notice_silence()) {
        return;
    }
    let missing = alarms[0].watched.alarm.at("TreatMissingData");
    let related: Vec<_> = alarms[1..].iter().map(|alarm| alarm.watched.alarm.whole()).collect();
    let said = missing.text().known().unwrap_or_else(|| "missing".into());
    judge.finding_with(
        &missing,
        &related,
        format!("`TreatMissingData` is `{said}`: when replication falls silent, no alarm of the standby is raised"),
        "set `TreatMissingData: breaching` on the standby's alarm, or add one that fills missing data: `FILL(lag, 999999)`",
    );
}
