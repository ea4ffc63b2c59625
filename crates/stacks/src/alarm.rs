//! Alarms: how one is written, with what it means when data is missing stated every time
//! (rule `cw-missing-data-explicit`).

use cfn::cloudwatch::Alarm;
use cfn::cloudwatch::alarm::{
    AlarmComparisonOperator, AlarmStatistic, AlarmTreatMissingData, Dimension, Metric,
    MetricDataQuery, MetricStat,
};
use cfn::{Handle, Stack, Text, Value, set};

use crate::site::Site;

/// How the points of a period are put together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Statistic {
    Average,
    Maximum,
    Minimum,
    P99,
    SampleCount,
    Sum,
}

impl Statistic {
    fn name(self) -> &'static str {
        match self {
            Self::Average => "Average",
            Self::Maximum => "Maximum",
            Self::Minimum => "Minimum",
            Self::P99 => "p99",
            Self::SampleCount => "SampleCount",
            Self::Sum => "Sum",
        }
    }

    /// CloudFormation has one property for percentiles and another for all else.
    fn plain(self) -> Option<AlarmStatistic> {
        match self {
            Self::Average => Some(AlarmStatistic::Average),
            Self::Maximum => Some(AlarmStatistic::Maximum),
            Self::Minimum => Some(AlarmStatistic::Minimum),
            Self::P99 => None,
            Self::SampleCount => Some(AlarmStatistic::SampleCount),
            Self::Sum => Some(AlarmStatistic::Sum),
        }
    }
}

/// A metric of CloudWatch over periods.
#[derive(Clone)]
pub(crate) struct Series {
    pub(crate) namespace: &'static str,
    pub(crate) metric: &'static str,
    pub(crate) dimensions: Vec<(&'static str, Value<String>)>,
    pub(crate) statistic: Statistic,
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

/// Where alarms stand: what their names begin with, and the topic of their own Region that they tell
/// (rule `sns-topics-both`).
pub(crate) struct Place {
    pub(crate) prefix: String,
    pub(crate) topic: Text,
}

impl From<Site<'_>> for Place {
    fn from(site: Site<'_>) -> Self {
        Self { prefix: site.prefix(), topic: site.alarm_topic_arn() }
    }
}

/// An alarm on one series.
pub(crate) fn alarm(
    stack: &mut Stack,
    place: impl Into<Place>,
    id: &str,
    text: &str,
    series: &Series,
    at: Threshold,
) -> Handle<Alarm> {
    let alarm = Alarm {
        namespace: set(series.namespace),
        metric_name: set(series.metric),
        dimensions: set(dimensions(series)),
        statistic: series.statistic.plain().map(Into::into),
        extended_statistic: series
            .statistic
            .plain()
            .is_none()
            .then(|| series.statistic.name().into()),
        period: set(series.period_seconds),
        ..described(place.into(), id, text, at)
    };
    stack.add(id, alarm)
}

/// An alarm on what an expression makes of several series, each under a name.
pub(crate) fn expression_alarm(
    stack: &mut Stack,
    site: Site<'_>,
    id: &str,
    text: &str,
    (expression, series): (String, &[(&str, &Series)]),
    at: Threshold,
) -> Handle<Alarm> {
    let result = MetricDataQuery {
        expression: set(expression),
        return_data: set(true),
        ..MetricDataQuery::new("result")
    };
    let queries = series.iter().map(|(name, series)| query(name, series));
    let queries: Vec<Value<MetricDataQuery>> =
        [result].into_iter().chain(queries).map(Into::into).collect();
    stack.add(id, Alarm { metrics: set(queries), ..described(site.into(), id, text, at) })
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
    expression_alarm(stack, site, id, text, (expression, &[("bad", bad), ("all", all)]), at)
}

fn described(Place { prefix, topic }: Place, id: &str, text: &str, at: Threshold) -> Alarm {
    Alarm {
        alarm_name: set(format!("{prefix}-{id}")),
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
    MetricDataQuery {
        metric_stat: set(MetricStat::new(metric, series.period_seconds, series.statistic.name())),
        return_data: set(false),
        ..MetricDataQuery::new(id)
    }
}
