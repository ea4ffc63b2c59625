//! Alarms on what is in another Region.

use std::collections::{BTreeMap, BTreeSet};

use super::alarms::{self, Metric};
use crate::answer::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;

rule! {
    /// An alarm watches metrics, and a composite alarm watches alarms, of its own Region.
    ///
    /// ## What is checked
    ///
    /// Metrics of Route 53, CloudFront and Billing are watched from us-east-1, where they are. A dimension of a
    /// metric of AWS does not name a cluster, function, queue, topic, API or state machine that the templates
    /// declare in another Region only. The alarms that a composite alarm names are not declared in another Region
    /// only, nor is that Region in their ARNs.
    ///
    /// ## Why it hurts
    ///
    /// CloudWatch looks for the metric in the alarm's Region, where it never has data: the alarm never rings. A
    /// composite alarm on alarms of another Region is refused.
    ///
    /// ## What to change
    ///
    /// Declare the alarm in the stack of the Region in which the thing is. A dashboard can show both Regions.
    ///
    /// ## Source
    ///
    /// Amazon CloudWatch User Guide, "Cross-account cross-Region CloudWatch console" and "Create a composite
    /// alarm"; Amazon Route 53 Developer Guide, "Monitoring your resources with Amazon Route 53 health checks and
    /// Amazon CloudWatch".
    "cw-alarm-same-region": Blocker, Unseen, Documented, Template;
    why: "the alarm never has data, or is refused, so that the loss of what it should watch rings nothing";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let names = Names::of(design);
    for alarm in design.of(alarms::ALARM).filter(|alarm| !alarm.region().is_empty()) {
        if let Answer::Known(metrics) = alarms::metrics(alarm) {
            for metric in metrics {
                judge.subject();
                judge_metric(design, judge, alarm, &metric, &names);
            }
        }
    }
    let alarms = Declared::of(design, &[alarms::ALARM, alarms::COMPOSITE], "AlarmName");
    for composite in design.of(alarms::COMPOSITE).filter(|alarm| !alarm.region().is_empty()) {
        judge_composite(judge, composite, &alarms);
    }
}

/// The one Region that has the metrics of a global service, in the commercial partition.
fn only_region(namespace: &str) -> Option<&'static str> {
    matches!(namespace, "AWS/Route53" | "AWS/CloudFront" | "AWS/Billing").then_some("us-east-1")
}

fn judge_metric(
    design: &Design,
    judge: &mut Judge<'_>,
    alarm: Resource<'_>,
    metric: &Metric<'_>,
    names: &Names,
) {
    let region = alarm.region();
    let is_commercial = !region.starts_with("us-gov-") && !region.starts_with("cn-");
    if let Some(only) =
        only_region(&metric.namespace).filter(|only| is_commercial && *only != region)
    {
        judge.finding(
            &metric.place.at("MetricName"),
            format!(
                "the alarm is in {region}, and `{}` has metrics in {only} only",
                metric.namespace
            ),
            format!("declare the alarm in a stack of {only}, with a topic there"),
        );
        return;
    }
    for (dimension, place) in &metric.dimensions {
        let Some(value) = place.value().known().and_then(|value| design.text(value).known()) else {
            continue;
        };
        if let Some(there) = names.elsewhere(metric, dimension, &value, region) {
            judge.finding(
                place,
                format!("the alarm is in {region}, and `{value}` is in {there}"),
                format!("declare the alarm in the stack of {there} that has `{value}`"),
            );
        }
    }
}

/// What a dimension of AWS's metrics names.
struct Dimension {
    namespace: &'static str,
    dimension: &'static str,
    kind: &'static str,
    /// The property that holds the name.
    property: &'static str,
}

const fn dimension(
    namespace: &'static str,
    dimension: &'static str,
    kind: &'static str,
    property: &'static str,
) -> Dimension {
    Dimension { namespace, dimension, kind, property }
}

static DIMENSIONS: [Dimension; 7] = [
    dimension("AWS/ApiGateway", "ApiName", "AWS::ApiGateway::RestApi", "Name"),
    dimension("AWS/Lambda", "FunctionName", "AWS::Lambda::Function", "FunctionName"),
    dimension("AWS/RDS", "DBClusterIdentifier", "AWS::RDS::DBCluster", "DBClusterIdentifier"),
    dimension("AWS/RDS", "DBInstanceIdentifier", "AWS::RDS::DBInstance", "DBInstanceIdentifier"),
    dimension("AWS/SNS", "TopicName", "AWS::SNS::Topic", "TopicName"),
    dimension("AWS/SQS", "QueueName", "AWS::SQS::Queue", "QueueName"),
    dimension("CloudWatchSynthetics", "CanaryName", "AWS::Synthetics::Canary", "Name"),
];

/// What the templates declare that a dimension may name.
struct Names(Vec<Declared>);

impl Names {
    fn of(design: &Design) -> Self {
        let of_dimension = |one: &Dimension| Declared::of(design, &[one.kind], one.property);
        Self(DIMENSIONS.iter().map(of_dimension).collect())
    }

    /// The Region in which the value of a dimension is declared, if it is not declared in the alarm's.
    fn elsewhere(
        &self,
        metric: &Metric<'_>,
        name: &str,
        value: &str,
        region: &str,
    ) -> Option<&str> {
        let index = DIMENSIONS
            .iter()
            .position(|one| one.namespace == metric.namespace && one.dimension == name)?;
        self.0[index].elsewhere(value, region)
    }
}

/// The names of resources of some types.
struct Declared {
    /// The Regions of each name.
    regions: BTreeMap<String, BTreeSet<String>>,
    /// Regions in which there may be more of them.
    hiding: BTreeSet<String>,
}

impl Declared {
    fn of(design: &Design, kinds: &[&str], property: &str) -> Self {
        let mut regions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for resource in kinds.iter().flat_map(|kind| design.of(kind)) {
            let name = resource.at(property).value().known();
            let name = name.and_then(|name| design.text(name).known());
            if let (Some(name), false) = (name, resource.region().is_empty()) {
                regions.entry(name).or_default().insert(resource.region().to_owned());
            }
        }
        let all: BTreeSet<&String> =
            design.stacks().iter().filter_map(|stack| stack.region.as_ref()).collect();
        let may_hide = |region: &&String| kinds.iter().any(|kind| design.may_hide(kind, region));
        Self { regions, hiding: all.into_iter().filter(may_hide).cloned().collect() }
    }

    /// A Region in which a name is declared, if it certainly is not declared in this one.
    fn elsewhere(&self, name: &str, region: &str) -> Option<&str> {
        let regions = self.regions.get(name)?;
        let is_here = regions.contains(region) || self.hiding.contains(region);
        regions.first().filter(|_| !is_here).map(String::as_str)
    }
}

fn judge_composite(judge: &mut Judge<'_>, composite: Resource<'_>, alarms: &Declared) {
    let place = composite.at("AlarmRule");
    let region = composite.region();
    let Some(rule) = place.value().known().map(crate::Value::shown) else { return };
    judge.subject();
    for child in rule.split(['"', '\'', '(', ')']).map(str::trim).filter(|word| !word.is_empty()) {
        let by_arn = child.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(2));
        let by_arn = by_arn.filter(|there| !there.contains('$') && !there.is_empty());
        let other = by_arn.or_else(|| alarms.elsewhere(child, region));
        if let Some(there) = other.filter(|there| *there != region) {
            judge.finding(
                &place,
                format!(
                    "the composite alarm is in {region}, and its alarm `{child}` is in {there}"
                ),
                format!("name alarms of {region} only, and make a composite alarm in {there} too"),
            );
        }
    }
}
