//! Alarms on what is in another Region.

use std::collections::BTreeMap;

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
    let alarms = regions_of(design, &[alarms::ALARM, alarms::COMPOSITE], "AlarmName");
    for composite in design.of(alarms::COMPOSITE).filter(|alarm| !alarm.region().is_empty()) {
        judge_composite(design, judge, composite, &alarms);
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
            &metric.place,
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
        if let Some(there) = names.elsewhere(design, &metric.namespace, dimension, &value, region) {
            judge.finding(
                place,
                format!("the alarm is in {region}, and `{value}` is in {there}"),
                format!("declare the alarm in the stack of {there} that has `{value}`"),
            );
        }
    }
}

/// What dimensions of AWS's metrics name: namespace, dimension, types and the property that holds the name.
const NAMED: [(&str, &str, &[&str], &str); 7] = [
    ("AWS/ApiGateway", "ApiName", &["AWS::ApiGateway::RestApi"], "Name"),
    ("AWS/Lambda", "FunctionName", &["AWS::Lambda::Function"], "FunctionName"),
    ("AWS/RDS", "DBClusterIdentifier", &["AWS::RDS::DBCluster"], "DBClusterIdentifier"),
    ("AWS/RDS", "DBInstanceIdentifier", &["AWS::RDS::DBInstance"], "DBInstanceIdentifier"),
    ("AWS/SNS", "TopicName", &["AWS::SNS::Topic"], "TopicName"),
    ("AWS/SQS", "QueueName", &["AWS::SQS::Queue"], "QueueName"),
    ("CloudWatchSynthetics", "CanaryName", &["AWS::Synthetics::Canary"], "Name"),
];

/// The Regions in which the templates declare each name that a dimension may carry.
struct Names(Vec<BTreeMap<String, Vec<String>>>);

impl Names {
    fn of(design: &Design) -> Self {
        Self(
            NAMED
                .iter()
                .map(|(_, _, kinds, property)| regions_of(design, kinds, property))
                .collect(),
        )
    }

    /// The Region in which a name is declared, if it is not declared in the alarm's.
    fn elsewhere(
        &self,
        design: &Design,
        namespace: &str,
        dimension: &str,
        value: &str,
        region: &str,
    ) -> Option<&str> {
        let is_named =
            |named: &&(&str, &str, &[&str], &str)| named.0 == namespace && named.1 == dimension;
        let index = NAMED.iter().position(|named| is_named(&named))?;
        let (_, _, kinds, _) = NAMED[index];
        // One without a name may be called so by the deployment, and one that may be created too.
        if kinds.iter().any(|kind| design.may_hide(kind, region)) {
            return None;
        }
        let regions = self.0[index].get(value)?;
        (!regions.iter().any(|other| other == region)).then(|| regions[0].as_str())
    }
}

/// The Regions in which resources of these types have each name.
fn regions_of(design: &Design, kinds: &[&str], property: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for resource in kinds.iter().flat_map(|kind| design.of(kind)) {
        let name = resource.at(property).value().known().and_then(|name| design.text(name).known());
        if let (Some(name), false) = (name, resource.region().is_empty()) {
            found.entry(name).or_default().push(resource.region().to_owned());
        }
    }
    found
}

fn judge_composite(
    design: &Design,
    judge: &mut Judge<'_>,
    composite: Resource<'_>,
    alarms: &BTreeMap<String, Vec<String>>,
) {
    let place = composite.at("AlarmRule");
    let region = composite.region();
    let Some(rule) = place.value().known().map(crate::Value::shown) else { return };
    judge.subject();
    for child in rule.split(['"', '\'', '(', ')']).map(str::trim).filter(|word| !word.is_empty()) {
        let by_arn = child.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(2));
        let by_name = alarms.get(child).filter(|regions| !regions.iter().any(|one| one == region));
        let hidden = design.may_hide(alarms::ALARM, region);
        let by_name = by_name.filter(|_| !hidden).map(|regions| regions[0].as_str());
        let other = by_arn.filter(|there| !there.contains('$') && !there.is_empty()).or(by_name);
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
