//! What a promoted cluster does not take over from the old primary.

use std::collections::{BTreeMap, BTreeSet};

use super::members::{Member, Members, Named};
use super::parameters;
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;

/// Properties of a cluster, with what holds where they are not set; `None` where the engine decides.
const OF_CLUSTER: [(&str, Option<&str>); 8] = [
    ("DatabaseInsightsMode", Some("standard")),
    ("EnableCloudwatchLogsExports", Some("")),
    ("EnableHttpEndpoint", Some("false")),
    ("EnableIAMDatabaseAuthentication", Some("false")),
    ("NetworkType", Some("IPV4")),
    ("PerformanceInsightsEnabled", Some("false")),
    ("Port", None),
    ("StorageType", Some("aurora")),
];

/// The same of instances.
const OF_INSTANCE: [(&str, Option<&str>); 2] =
    [("EnablePerformanceInsights", Some("false")), ("MonitoringInterval", Some("0"))];

rule! {
    /// Both members of a global database are configured alike: nothing of it is inherited at promotion.
    ///
    /// ## What is checked
    ///
    /// The two members of a pair have the same `DatabaseInsightsMode`, `EnableCloudwatchLogsExports`,
    /// `EnableHttpEndpoint`, `EnableIAMDatabaseAuthentication`, `NetworkType`, `PerformanceInsightsEnabled` and
    /// `StorageType`, and the same `Port` where both say it. They have roles for the same features, and cluster
    /// parameter groups with the same family and parameters, but for `rds.global_db_rpo`. Their instances have the
    /// same `EnablePerformanceInsights` and `MonitoringInterval`. Names of Regions in values count as equal.
    /// Extensions, and parameters that were changed by hand, only the databases themselves show.
    ///
    /// ## Why it hurts
    ///
    /// The promoted cluster runs with what it was given: another limit, no logs, no IAM login. That shows in the
    /// first minutes of the full load.
    ///
    /// ## What to change
    ///
    /// Make both clusters from the same code or the same template, with the Region as the only difference.
    ///
    /// ## Source
    ///
    /// Amazon Aurora User Guide, "Using switchover or failover in Amazon Aurora Global Database" and "Using Amazon
    /// Aurora Global Database with other AWS services".
    "aurora-config-parity": Error, SlowTakeover, Documented, Pair;
    why: "the promoted cluster behaves differently under the full load, and nobody has seen it before";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let groups = parameters::groups(design);
    for (primary, standby) in Members::of(design).pairs() {
        judge.subject();
        for (property, default) in OF_CLUSTER {
            let sides = [primary, standby].map(|member| vec![member.cluster]);
            compare(&sides, property, default, judge);
        }
        for (property, default) in OF_INSTANCE {
            let sides = [primary, standby].map(|member| member.instances.clone());
            compare(&sides, property, default, judge);
        }
        judge_roles(primary, standby, judge);
        judge_groups(&groups, primary, standby, judge);
    }
}

/// Compares a property of the primary's resources with that of the standby's.
fn compare(
    sides: &[Vec<Resource<'_>>; 2],
    property: &str,
    default: Option<&str>,
    judge: &mut Judge<'_>,
) {
    let [Some(first), Some(second)] = sides.each_ref().map(|side| side.first().copied()) else {
        return;
    };
    let mut read = |side: &[Resource<'_>]| -> Option<BTreeSet<Said>> {
        side.iter().map(|one| said(&one.at(property), default, judge)).collect()
    };
    let (Some(left), Some(right)) = (read(&sides[0]), read(&sides[1])) else { return };
    if left != right {
        let shown = |values: &BTreeSet<Said>| {
            values.iter().map(|value| value.shown.as_str()).collect::<Vec<_>>().join(", ")
        };
        let (left, right) = (shown(&left), shown(&right));
        judge.finding_with(
            &second.at(property),
            &[first.at(property)],
            differs(property, [(&left, first.region()), (&right, second.region())]),
            same(property, &left, &right),
        );
    }
}

fn differs(what: &str, [(left, here), (right, there)]: [(&str, &str); 2]) -> String {
    format!("`{what}` is {left} in {here} and {right} in {there}")
}

/// The change: the value that is set at all, on both sides.
fn same(what: &str, left: &str, right: &str) -> String {
    let value = if left.starts_with("not set") { right } else { left };
    format!("set `{what}` to {value} in both Regions")
}

/// The value of a property.
#[derive(Debug, Clone)]
struct Said {
    /// For people.
    shown: String,
    /// To be compared: lists in order, and without the name of the Region.
    compared: String,
}

impl PartialEq for Said {
    fn eq(&self, other: &Self) -> bool {
        self.compared == other.compared
    }
}

impl Eq for Said {}

impl PartialOrd for Said {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Said {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.compared.cmp(&other.compared)
    }
}

/// What a property says, or what holds where it does not, which is empty if that is nothing; `None` if not known.
fn said(place: &Place<'_>, default: Option<&str>, judge: &mut Judge<'_>) -> Option<Said> {
    let Some(items) = judge.known(place, place.items())? else {
        let default = default?;
        let shown =
            if default.is_empty() { "not set".into() } else { format!("not set (`{default}`)") };
        return Some(Said { shown, compared: default.to_owned() });
    };
    let mut texts = Vec::new();
    for item in items {
        texts.push(judge.text(&item)?.unwrap_or_default());
    }
    texts.sort();
    let text = texts.join(", ");
    let region = place.stack.region.as_deref().filter(|region| !region.is_empty());
    let compared = region.map_or_else(|| text.clone(), |region| text.replace(region, "REGION"));
    Some(Said { shown: format!("`{text}`"), compared })
}

/// Compares for which features the clusters have roles.
fn judge_roles(primary: &Member<'_>, standby: &Member<'_>, judge: &mut Judge<'_>) {
    let sides = [primary, standby].map(|member| member.cluster.at("AssociatedRoles"));
    let mut read = |roles: &Place<'_>| -> Option<BTreeSet<String>> {
        let roles = judge.known(roles, roles.items())?.unwrap_or_default();
        let names = roles.iter().map(|role| judge.text(&role.at("FeatureName")));
        names.map(|name| name.map(Option::unwrap_or_default)).collect()
    };
    let (Some(left), Some(right)) = (read(&sides[0]), read(&sides[1])) else { return };
    if left != right {
        let lacking: Vec<_> = left.symmetric_difference(&right).cloned().collect();
        judge.finding_with(
            &sides[1],
            &sides[..1],
            format!(
                "one of the clusters has a role for `{}`, the other has none",
                lacking.join("`, `")
            ),
            "give both clusters `AssociatedRoles` for the same features",
        );
    }
}

fn judge_groups(
    groups: &Named<'_>,
    primary: &Member<'_>,
    standby: &Member<'_>,
    judge: &mut Judge<'_>,
) {
    let places = [primary, standby].map(|member| member.cluster.at(parameters::GROUP));
    match places.each_ref().map(|place| groups.meant(place)) {
        [Some(mine), Some(theirs)] => judge_parameters(mine, theirs, judge),
        [Some(_), None] if is_default(&places[1]) => judge_default([&places[0], &places[1]], judge),
        [None, Some(_)] if is_default(&places[0]) => judge_default([&places[1], &places[0]], judge),
        // A group that is not in these templates may be any.
        _ => {}
    }
}

fn is_default(group: &Place<'_>) -> bool {
    match group.text() {
        Answer::Absent => true,
        Answer::Known(name) => name.starts_with("default."),
        Answer::Unknown(_) => false,
    }
}

fn judge_default([own, default]: [&Place<'_>; 2], judge: &mut Judge<'_>) {
    let region = |place: &Place<'_>| place.stack.region.clone().unwrap_or_default();
    judge.finding_with(
        default,
        std::slice::from_ref(own),
        format!(
            "the cluster in {} has the default parameter group, and the one in {} its own",
            region(default),
            region(own)
        ),
        format!(
            "declare the same `AWS::RDS::DBClusterParameterGroup` in {} and name it in `{}`",
            region(default),
            parameters::GROUP
        ),
    );
}

fn judge_parameters(mine: Resource<'_>, theirs: Resource<'_>, judge: &mut Judge<'_>) {
    compare(&[vec![mine], vec![theirs]], "Family", Some(""), judge);
    let sides = [mine, theirs].map(|group| BTreeMap::from_iter(parameters::set(group)));
    let names: BTreeSet<&str> = sides.iter().flat_map(|side| side.keys().copied()).collect();
    for name in names.into_iter().filter(|name| *name != "rds.global_db_rpo") {
        let mut read = |side: &BTreeMap<&str, Place<'_>>| match side.get(name) {
            Some(place) => said(place, Some(""), judge),
            None => Some(Said { shown: "not set".into(), compared: String::new() }),
        };
        let (Some(left), Some(right)) = (read(&sides[0]), read(&sides[1])) else { continue };
        if left != right {
            let there = sides[1].get(name).cloned();
            let regions = [(left.shown.as_str(), mine.region()), (&right.shown, theirs.region())];
            judge.finding_with(
                &there.unwrap_or_else(|| theirs.at("Parameters")),
                &[mine.at("Parameters")],
                format!("parameter {}", differs(name, regions)),
                same(name, &left.shown, &right.shown),
            );
        }
    }
}
