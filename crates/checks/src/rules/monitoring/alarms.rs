//! What alarms watch, and whom they tell.

use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::place::{Place, Resource};

/// The type of an alarm on metrics.
pub(super) const ALARM: &str = "AWS::CloudWatch::Alarm";
/// The type of an alarm on other alarms.
pub(super) const COMPOSITE: &str = "AWS::CloudWatch::CompositeAlarm";

/// A metric that an alarm watches.
pub(super) struct Metric<'d> {
    /// Where its name stands.
    pub(super) place: Place<'d>,
    /// Its namespace, such as `AWS/Lambda`.
    pub(super) namespace: String,
    /// Its name, such as `Errors`.
    pub(super) name: String,
    /// Where its statistic stands.
    pub(super) statistic: Place<'d>,
    /// Names and values of its dimensions.
    pub(super) dimensions: Vec<(String, Place<'d>)>,
}

/// The metrics that an alarm watches, by itself or in metric math.
pub(super) fn metrics<'d>(alarm: Resource<'d>) -> Answer<Vec<Metric<'d>>> {
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
                let place = place.at("MetricName");
                found.push(Metric { place, namespace, name, statistic, dimensions });
            }
            (Answer::Unknown(why), _) | (_, Answer::Unknown(why)) => return Answer::Unknown(why),
            // An expression, or a metric of which nothing is said.
            (Answer::Absent, _) | (_, Answer::Absent) => {}
        }
    }
    Answer::Known(found)
}

fn dimensions<'d>(metric: &Place<'d>) -> Vec<(String, Place<'d>)> {
    let all = metric.at("Dimensions").items().known().unwrap_or_default();
    all.iter().filter_map(|one| Some((one.at("Name").text().known()?, one.at("Value")))).collect()
}

/// Whether an alarm only scales something: it pages nobody, and missing data are no news.
pub(super) fn only_scales(design: &Design, alarm: Resource<'_>) -> bool {
    const POLICIES: [&str; 2] =
        ["AWS::ApplicationAutoScaling::ScalingPolicy", "AWS::AutoScaling::ScalingPolicy"];
    let actions = alarm.at("AlarmActions").items().known().unwrap_or_default();
    let scales = |action: &Place<'_>| {
        let resource = action.reference().known().and_then(|one| design.resource(one));
        resource.is_some_and(|resource| POLICIES.contains(&resource.kind()))
    };
    !actions.is_empty() && actions.iter().all(scales)
}

/// Whether the templates declare alarms that tell somebody something; where not, they may be made elsewhere.
pub(super) fn are_declared(design: &Design) -> bool {
    design.of(ALARM).any(|alarm| !only_scales(design, alarm))
}

/// The expressions of an alarm's metric math, with their places.
pub(super) fn expressions(alarm: Resource<'_>) -> Vec<(Place<'_>, String)> {
    let metrics = alarm.at("Metrics").items().known().unwrap_or_default();
    let places = metrics.iter().map(|metric| metric.at("Expression"));
    places.filter_map(|place| Some((place.clone(), place.text().known()?))).collect()
}

/// The alarms of both types in a Region.
pub(super) fn of_region<'d>(design: &'d Design, region: &str) -> Vec<Resource<'d>> {
    let all = design.of(ALARM).chain(design.of(COMPOSITE));
    all.filter(|alarm| alarm.region() == region).collect()
}

/// Every metric that a Region's alarms watch.
pub(super) struct Watched {
    metrics: Vec<(String, String)>,
    expressions: Vec<String>,
    /// Why not all of it is known.
    pub(super) unknown: Option<Unknown>,
}

impl Watched {
    /// What the alarms of this Region watch.
    pub(super) fn of(design: &Design, region: &str) -> Self {
        let mut watched = Self { metrics: Vec::new(), expressions: Vec::new(), unknown: None };
        for alarm in of_region(design, region) {
            match metrics(alarm) {
                Answer::Known(found) => {
                    let named = found.into_iter().map(|metric| (metric.namespace, metric.name));
                    watched.metrics.extend(named);
                }
                Answer::Unknown(why) => watched.unknown = Some(why),
                Answer::Absent => {}
            }
            watched.expressions.extend(expressions(alarm).into_iter().map(|(_, text)| text));
        }
        if design.may_hide(ALARM, region) {
            let why = format!("whether all alarms of {region} are created is not known");
            watched.unknown.get_or_insert(Unknown(why));
        }
        watched
    }

    /// Whether an alarm watches a metric of this namespace whose name is fit.
    pub(super) fn has(&self, namespace: &str, fits: impl Fn(&str) -> bool) -> bool {
        let named = |(space, name): &(String, String)| space == namespace && fits(name);
        // A search or a query names both in its text.
        let in_text = |text: &String| {
            let mut words = text.split(|letter: char| !letter.is_alphanumeric());
            text.contains(namespace) && words.any(&fits)
        };
        self.metrics.iter().any(named) || self.expressions.iter().any(in_text)
    }
}
