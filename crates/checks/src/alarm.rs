//! Which metrics alarms watch, whether the alarm names one or does sums with several.

use std::collections::BTreeMap;

use crate::answer::Answer;
use crate::design::Design;
use crate::place::{Place, Resource};

/// A metric that an alarm watches.
#[derive(Debug, Clone)]
pub(crate) struct Watched<'d> {
    /// The alarm.
    pub(crate) alarm: Resource<'d>,
    /// Where the metric is named.
    pub(crate) place: Place<'d>,
    /// Its namespace, such as `AWS/S3`; empty where it is not known.
    pub(crate) namespace: String,
    /// Its name, such as `ReplicationLatency`; empty where it is not known.
    pub(crate) name: String,
    /// The values of its dimensions.
    pub(crate) dimensions: BTreeMap<String, Place<'d>>,
}

impl Watched<'_> {
    /// The value of a dimension as [`Design::symbol`] gives it; unknown where the alarm may have one that is not known.
    pub(crate) fn dimension(&self, design: &Design, name: &str) -> Answer<String> {
        let Some(place) = self.dimensions.get(name) else { return Answer::Absent };
        match place.value() {
            Answer::Absent => Answer::Absent,
            Answer::Unknown(why) => Answer::Unknown(why),
            Answer::Known(value) => match design.symbol(value) {
                Some(symbol) => Answer::Known(symbol),
                None => {
                    Answer::Unknown(crate::Unknown(format!("`{}` is not known", value.shown())))
                }
            },
        }
    }
}

/// The metrics of a namespace that alarms watch.
pub(crate) fn watched<'d>(design: &'d Design, namespace: &str) -> Vec<Watched<'d>> {
    let all = design.of("AWS::CloudWatch::Alarm").flat_map(metrics);
    all.filter(|watched| watched.namespace == namespace).collect()
}

/// The metrics of an alarm.
fn metrics(alarm: Resource<'_>) -> Vec<Watched<'_>> {
    let several = alarm.at("Metrics").items().known().unwrap_or_default();
    let several = several.iter().map(|query| query.at("MetricStat.Metric"));
    let several = several.filter(|metric| metric.exists() == Answer::Known(true));
    let one = (alarm.at("MetricName").exists() != Answer::Known(false)).then(|| alarm.whole());
    one.into_iter().chain(several).map(|place| metric(alarm, place)).collect()
}

fn metric<'d>(alarm: Resource<'d>, place: Place<'d>) -> Watched<'d> {
    let text = |key| place.at(key).text().known().unwrap_or_default();
    let dimensions = place.at("Dimensions").items().known().unwrap_or_default().into_iter();
    let dimensions = dimensions.filter_map(|dimension| {
        Some((dimension.at("Name").text().known()?, dimension.at("Value")))
    });
    Watched {
        alarm,
        namespace: text("Namespace"),
        name: text("MetricName"),
        dimensions: dimensions.collect(),
        place,
    }
}
