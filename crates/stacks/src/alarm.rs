//! Alarms: how one is written, with what it means when data is missing stated every time
//! (rule `cw-missing-data-explicit`).

use cfn::cloudwatch::Alarm;
use cfn::cloudwatch::alarm::{
    AlarmComparisonOperator, AlarmStatistic, AlarmTreatMissingData, Dimension, Metric,
    MetricDataQuery, MetricStat,
};
use cfn::{Handle, Stack, Value, set};

use crate::site::Site;

/// A metric of CloudWatch and how its points are put together.
#[derive(Clone)]
pub(crate) struct Series {
    pub(crate) namespace: &'static str,
    pub(crate) metric: &'static str,
    pub(crate) dimensions: Vec<(&'static str, Value<String>)>,
    pub(crate) statistic: AlarmStatistic,
    pub(crate) period_seconds: i64,
}

/// When an alarm rings.
pub(crate) struct Threshold {
    pub(crate) comparison: AlarmComparisonOperator,
    pub(crate) value: f64,
    pub(crate) periods: i64,
    pub(crate) missing: AlarmTreatMissingData,
}

impl Threshold {
    /// Rings above a value; silence is taken for health, as for counts of errors.
    pub(crate) fn above(value: impl Into<f64>, periods: i64) -> Self {
        let comparison = AlarmComparisonOperator::GreaterThanThreshold;
        Self {
            comparison,
            value: value.into(),
            periods,
            missing: AlarmTreatMissingData::NotBreaching,
        }
    }

    /// Rings below a value, and on silence, as for heartbeats.
    pub(crate) fn below(value: impl Into<f64>, periods: i64) -> Self {
        let comparison = AlarmComparisonOperator::LessThanThreshold;
        Self { comparison, value: value.into(), periods, missing: AlarmTreatMissingData::Breaching }
    }

    pub(crate) fn when_missing(self, missing: AlarmTreatMissingData) -> Self {
        Self { missing, ..self }
    }
}

/// An alarm on one series.
pub(crate) fn alarm(
    stack: &mut Stack,
    site: Site<'_>,
    id: &str,
    text: &str,
    series: &Series,
    at: Threshold,
) -> Handle<Alarm> {
    let alarm = Alarm {
        namespace: set(series.namespace),
        metric_name: set(series.metric),
        dimensions: set(dimensions(series)),
        statistic: set(series.statistic),
        period: set(series.period_seconds),
        ..described(site, id, text, at)
    };
    stack.add(id, alarm)
}

/// An alarm on the share of bad events among all, in percent. Below `guard` events in a period the share is
/// zero: one error in two requests is no incident, and without requests there is nothing to divide
/// (rule `cw-ratio-alarm-guard`).
pub(crate) fn ratio_alarm(
    stack: &mut Stack,
    site: Site<'_>,
    id: &str,
    text: &str,
    (bad, all): (&Series, &Series),
    guard: u32,
    at: Threshold,
) -> Handle<Alarm> {
    let expression = format!("IF(FILL(all, 0) >= {guard}, 100 * FILL(bad, 0) / all, 0)");
    let share = MetricDataQuery {
        expression: set(expression),
        label: set("percent"),
        return_data: set(true),
        ..MetricDataQuery::new("share")
    };
    let alarm = Alarm {
        metrics: set([share, query("bad", bad), query("all", all)]),
        ..described(site, id, text, at)
    };
    stack.add(id, alarm)
}

fn described(site: Site<'_>, id: &str, text: &str, at: Threshold) -> Alarm {
    let topic = site.alarm_topic_arn();
    Alarm {
        alarm_name: set(format!("{}-{id}", site.prefix())),
        alarm_description: set(text),
        alarm_actions: set([topic.clone()]),
        ok_actions: set([topic]),
        comparison_operator: set(at.comparison),
        threshold: set(at.value),
        evaluation_periods: set(at.periods),
        treat_missing_data: set(at.missing),
        ..Alarm::default()
    }
}

fn dimensions(series: &Series) -> Vec<Value<Dimension>> {
    let dimensions = series.dimensions.iter();
    dimensions.map(|(name, value)| Dimension::new(*name, value.clone()).into()).collect()
}

fn query(id: &str, series: &Series) -> MetricDataQuery {
    let metric = Metric {
        namespace: set(series.namespace),
        metric_name: set(series.metric),
        dimensions: set(dimensions(series)),
    };
    let statistic = match series.statistic {
        AlarmStatistic::Average => "Average",
        AlarmStatistic::Maximum => "Maximum",
        AlarmStatistic::Minimum => "Minimum",
        AlarmStatistic::SampleCount => "SampleCount",
        AlarmStatistic::Sum => "Sum",
    };
    MetricDataQuery {
        metric_stat: set(MetricStat::new(metric, series.period_seconds, statistic)),
        return_data: set(false),
        ..MetricDataQuery::new(id)
    }
}
