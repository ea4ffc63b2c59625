//! Alarms on the lag between the Regions.

use super::members::{Member, Named};
use crate::alarm::{self, Watched};
use crate::answer::Answer;
use crate::design::Design;
use crate::place::Resource;

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
}

/// Every alarm on a lag, also within a sum of metrics.
pub(super) fn all(design: &Design) -> Vec<LagAlarm<'_>> {
    let clusters = Named::of(design, "AWS::RDS::DBCluster");
    let watched = alarm::watched(design, "AWS/RDS").into_iter();
    let lags = watched.filter(|watched| [LOSS, SERVERS, VOLUME].contains(&watched.name.as_str()));
    lags.map(|watched| {
        let cluster = watched.dimensions.get(CLUSTER).and_then(|place| clusters.meant(place));
        LagAlarm { cluster, watched }
    })
    .collect()
}

impl LagAlarm<'_> {
    /// The Region that it watches from.
    pub(super) fn region(&self) -> &str {
        self.watched.alarm.region()
    }

    /// Whether it may watch a member: it names it, or is in its Region and names what is not known.
    pub(super) fn may_watch(&self, design: &Design, member: &Member<'_>) -> bool {
        let named = || match (self.named(design), design.name(member.cluster).known()) {
            (Some(name), Some(member)) => name.eq_ignore_ascii_case(&member),
            _ => true,
        };
        let here = self.region() == member.cluster.region();
        here && self.cluster.map_or_else(named, |cluster| cluster.is(member.cluster))
    }

    /// The cluster's name in the alarm, where it is a text that is known.
    pub(super) fn named(&self, design: &Design) -> Option<String> {
        design.text(self.watched.dimensions.get(CLUSTER)?.value().known()?).known()
    }

    /// Whether it may tell somebody when the metric is silent.
    pub(super) fn may_notice_silence(&self) -> bool {
        let alarm = self.watched.alarm;
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
