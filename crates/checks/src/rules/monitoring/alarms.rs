//! What alarms watch, and whom they tell.

pub(super) use crate::alarm::{ALARM, Watched as Metric, metrics};
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::place::{Place, Resource};

/// The type of an alarm on other alarms.
pub(super) const COMPOSITE: &str = "AWS::CloudWatch::CompositeAlarm";

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
pub(in crate::rules) fn are_declared(design: &Design) -> bool {
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
pub(super) struct Watched<'d> {
    metrics: Vec<Metric<'d>>,
    expressions: Vec<String>,
    /// Why not all of it is known.
    pub(super) unknown: Option<Unknown>,
}

impl<'d> Watched<'d> {
    /// What the alarms of this Region watch.
    pub(super) fn of(design: &'d Design, region: &str) -> Self {
        let mut watched = Self { metrics: Vec::new(), expressions: Vec::new(), unknown: None };
        for alarm in of_region(design, region) {
            match metrics(alarm) {
                Answer::Known(found) => watched.metrics.extend(found),
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

    /// Whether an alarm watches a metric of this namespace whose name is fit, and is about the right thing. A search or
    /// a query is about everything.
    pub(super) fn has(
        &self,
        namespace: &str,
        fits: impl Fn(&str) -> bool,
        is_about: impl Fn(&Metric<'d>) -> bool,
    ) -> bool {
        let named = |metric: &Metric<'d>| {
            metric.namespace == namespace && fits(&metric.name) && is_about(metric)
        };
        // A search or a query names both in its text.
        let in_text = |text: &String| {
            let mut words = text.split(|letter: char| !letter.is_alphanumeric());
            text.contains(namespace) && words.any(&fits)
        };
        self.metrics.iter().any(named) || self.expressions.iter().any(in_text)
    }
}
