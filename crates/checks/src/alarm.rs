//! Which metrics alarms watch, whether an alarm names one or does sums with several.

use std::collections::BTreeMap;

use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::place::{Place, Resource};

/// The type of an alarm on metrics.
pub(crate) const ALARM: &str = "AWS::CloudWatch::Alarm";

/// A metric that an alarm watches.
#[derive(Debug, Clone)]
pub(crate) struct Watched<'d> {
    /// The alarm.
    pub(crate) alarm: Resource<'d>,
    /// Where the metric is described.
    pub(crate) place: Place<'d>,
    /// Its namespace, such as `AWS/S3`.
    pub(crate) namespace: String,
    /// Its name, such as `ReplicationLatency`.
    pub(crate) name: String,
    /// Where its statistic stands.
    pub(crate) statistic: Place<'d>,
    /// The values of its dimensions, by their names.
    pub(crate) dimensions: BTreeMap<String, Place<'d>>,
}

impl Watched<'_> {
    /// The value of a dimension, as [`Design::symbol`] gives it.
    pub(crate) fn dimension(&self, design: &Design, name: &str) -> Answer<String> {
        let Some(place) = self.dimensions.get(name) else { return Answer::Absent };
        match place.value() {
            Answer::Absent => Answer::Absent,
            Answer::Unknown(why) => Answer::Unknown(why),
            Answer::Known(value) => design.symbol(value).map_or_else(
                || Answer::Unknown(Unknown(format!("`{}` is not known", value.shown()))),
                Answer::Known,
            ),
        }
    }
}

/// The metrics of a namespace that alarms watch.
pub(crate) fn watched<'d>(design: &'d Design, namespace: &str) -> Vec<Watched<'d>> {
    let all = design.of(ALARM).filter_map(|alarm| metrics(alarm).known()).flatten();
    all.filter(|watched| watched.namespace == namespace).collect()
}

/// Why it is not known what all alarms of a Region watch, if it is not.
pub(crate) fn unknown(design: &Design, region: &str) -> Option<Unknown> {
    if design.may_hide(ALARM, region) {
        return Some(Unknown("an alarm may be there that is not seen".into()));
    }
    let here = design.of(ALARM).filter(|alarm| alarm.region() == region);
    here.map(metrics).find_map(|metrics| match metrics {
        Answer::Unknown(why) => Some(why),
        Answer::Known(_) | Answer::Absent => None,
    })
}

/// The metrics that an alarm watches, by itself or in metric math.
pub(crate) fn metrics<'d>(alarm: Resource<'d>) -> Answer<Vec<Watched<'d>>> {
    let own = alarm.at("MetricName");
    let places = match own.exists() {
        Answer::Known(true) => vec![(alarm.whole(), alarm.at("Statistic"))],
        Answer::Known(false) | Answer::Absent => match alarm.at("Metrics").items() {
            Answer::Known(items) => {
                let parts =
                    |item: &Place<'d>| (item.at("MetricStat.Metric"), item.at("MetricStat.Stat"));
                items.iter().map(parts).collect()
            }
            Answer::Absent => Vec::new(),
            Answer::Unknown(why) => return Answer::Unknown(why),
        },
        Answer::Unknown(why) => return Answer::Unknown(why),
    };
    let mut found = Vec::new();
    for (place, statistic) in places {
        match (place.at("Namespace").text(), place.at("MetricName").text()) {
            (Answer::Known(namespace), Answer::Known(name)) => {
                let dimensions = dimensions(&place);
                found.push(Watched { alarm, place, namespace, name, statistic, dimensions });
            }
            (Answer::Unknown(why), _) | (_, Answer::Unknown(why)) => return Answer::Unknown(why),
            // An expression, or a metric of which nothing is said.
            (Answer::Absent, _) | (_, Answer::Absent) => {}
        }
    }
    Answer::Known(found)
}

fn dimensions<'d>(metric: &Place<'d>) -> BTreeMap<String, Place<'d>> {
    let all = metric.at("Dimensions").items().known().unwrap_or_default();
    all.iter().filter_map(|one| Some((one.at("Name").text().known()?, one.at("Value")))).collect()
}
