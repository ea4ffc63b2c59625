//! Alarms on the lag between the Regions.

use std::collections::BTreeMap;

use super::members::Named;
use crate::alarm::{self, Watched};
use crate::answer::Answer;
use crate::design::Design;
use crate::place::Resource;
use crate::value::Reference;

/// The lag of what users would lose.
pub(super) const LOSS: &str = "AuroraGlobalDBRPOLag";
/// The lag between replication servers.
pub(super) const SERVERS: &str = "AuroraGlobalDBReplicationLag";
/// The lag of the storage volume.
const VOLUME: &str = "AuroraGlobalDBProgressLag";

/// The dimension that names the cluster.
const CLUSTER: &str = "DBClusterIdentifier";

/// An alarm on a lag.
pub(super) struct LagAlarm<'d> {
    /// The alarm with its metric.
    pub(super) watched: Watched<'d>,
    /// The cluster that it watches, where it is in these templates and in the alarm's Region.
    pub(super) cluster: Option<Resource<'d>>,
    /// The cluster of another Region that it refers to.
    pub(super) elsewhere: Option<Resource<'d>>,
    /// The cluster's name in the alarm, where it is a text that is known.
    pub(super) name: Option<String>,
}

/// Every alarm on a lag, also within a sum of metrics.
pub(super) fn all(design: &Design) -> Vec<LagAlarm<'_>> {
    let clusters = Named::of(design, "AWS::RDS::DBCluster");
    let watched = alarm::watched(design, "AWS/RDS").into_iter();
    let lags = watched.filter(|watched| [LOSS, SERVERS, VOLUME].contains(&watched.name.as_str()));
    lags.map(|watched| {
        let dimension = watched.dimensions.get(CLUSTER);
        let value = dimension.and_then(|place| place.value().known());
        let meant = dimension.and_then(|place| clusters.meant(place));
        let is_here = |cluster: &Resource<'_>| cluster.region() == watched.alarm.region();
        LagAlarm {
            cluster: meant.filter(is_here),
            elsewhere: meant.filter(|cluster| !is_here(cluster)),
            name: value.and_then(|value| design.text(value).known()),
            watched,
        }
    })
    .collect()
}

/// Alarms by what they watch.
pub(super) struct Watching<'a, 'd> {
    by_cluster: BTreeMap<Reference, Vec<&'a LagAlarm<'d>>>,
    /// Those of each Region whose cluster is not in these templates, or not known.
    others: BTreeMap<&'a str, Vec<&'a LagAlarm<'d>>>,
}

impl<'a, 'd> Watching<'a, 'd> {
    /// These alarms by what they watch.
    pub(super) fn of(alarms: &'a [LagAlarm<'d>]) -> Self {
        let mut watching = Self { by_cluster: BTreeMap::new(), others: BTreeMap::new() };
        for alarm in alarms.iter().filter(|alarm| alarm.elsewhere.is_none()) {
            match alarm.cluster {
                Some(cluster) => {
                    watching.by_cluster.entry(cluster.reference(None)).or_default().push(alarm);
                }
                None => watching.others.entry(alarm.region()).or_default().push(alarm),
            }
        }
        watching
    }

    /// The alarms that may watch a cluster: those that name it, and those of its Region that name what is not known.
    pub(super) fn of_cluster(
        &self,
        design: &Design,
        cluster: Resource<'_>,
    ) -> Vec<&'a LagAlarm<'d>> {
        let named = self.by_cluster.get(&cluster.reference(None)).into_iter().flatten();
        // A stack whose Region is not known may be in the cluster's.
        let others = [cluster.region(), ""].map(|region| self.others.get(region));
        let others = others.into_iter().flatten().flatten();
        let is_named = design.name(cluster).known().is_some();
        // An alarm that names another cluster than a named one does not watch it.
        let others = others.filter(|alarm| alarm.name.is_none() || !is_named);
        named.chain(others).copied().collect()
    }
}

impl LagAlarm<'_> {
    /// The Region that it watches from.
    pub(super) fn region(&self) -> &str {
        self.watched.alarm.region()
    }

    /// Whether it may tell somebody when the metric is silent.
    pub(super) fn may_notice_silence(&self) -> bool {
        let alarm = self.watched.alarm;
        // What a parameter decides may be right in each Region.
        if matches!(alarm.open("TreatMissingData").value(), Answer::Unknown(_)) {
            return true;
        }
        let missing = alarm.at("TreatMissingData").text();
        let told = alarm.at("InsufficientDataActions").exists() != Answer::Known(false);
        let queries = alarm.at("Metrics").items().known().unwrap_or_default();
        let fills = |query: &crate::place::Place<'_>| match query.at("Expression").text() {
            Answer::Known(expression) => expression.to_uppercase().contains("FILL("),
            Answer::Absent => false,
            Answer::Unknown(_) => true,
        };
        match missing {
            Answer::Unknown(_) => true,
            Answer::Known(word) if word == "breaching" => true,
            Answer::Known(word) if word == "notBreaching" || word == "ignore" => {
                queries.iter().any(fills)
            }
            Answer::Known(_) | Answer::Absent => told || queries.iter().any(fills),
        }
    }
}
