//! Numbers of CloudWatch: how far copies are behind, and what goes on.

use std::time::Duration;

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat};
use fence::{DurationMs, Millis, RegionName};
use runbook::System;

use crate::fault::{Fault, within};
use crate::site::Site;

/// The name of the rule by which each bucket replicates.
const REPLICATION_RULE: &str = "to-the-other-region";

/// The dimension that names a certificate.
pub(crate) const CERTIFICATE_DIMENSION: &str = "CertificateArn";

/// A metric, and how its values of a minute are put together.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    namespace: &'static str,
    name: &'static str,
    statistic: &'static str,
    dimensions: Vec<(&'static str, String)>,
}

/// A value of a minute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) at: Millis,
    pub(crate) value: f64,
}

/// For how long a value says how far a copy is behind now: metrics of a minute come up to some minutes late.
pub(crate) const FRESH: DurationMs = DurationMs(300_000);

impl Point {
    /// Whether it says how it is now. One that is older only says how it was.
    pub(crate) fn is_of(&self, now: Millis) -> bool {
        now.since(self.at) <= FRESH
    }

    /// The value as milliseconds, which are at least none.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a lag is shorter than 2^53 ms"
    )]
    pub(crate) fn as_ms(&self) -> DurationMs {
        DurationMs(self.value.max(0.0) as u64)
    }

    /// The value without what is behind the point, such as of days.
    #[expect(clippy::cast_possible_truncation, reason = "days are fewer than 2^53")]
    pub(crate) fn as_whole(&self) -> i64 {
        self.value.floor() as i64
    }
}

impl Series {
    /// How much a follower's database would lose, in milliseconds; only the Region that follows has it.
    pub(crate) fn database_lag(system: &System, follower: &RegionName) -> Self {
        Self {
            namespace: "AWS/RDS",
            name: "AuroraGlobalDBRPOLag",
            statistic: "Maximum",
            dimensions: vec![("DBClusterIdentifier", system.cluster(follower))],
        }
    }

    /// How late items of the session table come to the other Region, in milliseconds; the Region that sends has it.
    pub(crate) fn table_lag(system: &System, receiver: &RegionName) -> Self {
        Self {
            namespace: "AWS/DynamoDB",
            name: "ReplicationLatency",
            statistic: "Maximum",
            dimensions: vec![
                ("TableName", format!("SessionTable-{}", system.names.suffix)),
                ("ReceivingRegion", receiver.as_str().to_owned()),
            ],
        }
    }

    /// How late objects come to the other Region's bucket, in seconds; the Region that receives has it.
    pub(crate) fn bucket_lag(system: &System, receiver: &RegionName, account: &str) -> Self {
        Self::bucket(system, receiver, account, "ReplicationLatency")
    }

    /// How many bytes have not come yet; the Region that receives has it.
    pub(crate) fn bucket_backlog(system: &System, receiver: &RegionName, account: &str) -> Self {
        Self::bucket(system, receiver, account, "BytesPendingReplication")
    }

    fn bucket(system: &System, receiver: &RegionName, account: &str, name: &'static str) -> Self {
        let sender = system.other(receiver);
        Self {
            namespace: "AWS/S3",
            name,
            statistic: "Maximum",
            dimensions: vec![
                ("SourceBucket", system.bucket(sender, account)),
                ("DestinationBucket", system.bucket(receiver, account)),
                ("RuleId", REPLICATION_RULE.to_owned()),
            ],
        }
    }

    /// How many requests the API answered.
    pub(crate) fn requests(system: &System) -> Self {
        Self {
            namespace: "AWS/ApiGateway",
            name: "Count",
            statistic: "Sum",
            dimensions: vec![("ApiName", system.api()), ("Stage", system.names.stage.clone())],
        }
    }

    /// How many days a certificate is good for still.
    pub(crate) fn certificate_days(certificate: &str) -> Self {
        Self {
            namespace: "AWS/CertificateManager",
            name: "DaysToExpiry",
            statistic: "Minimum",
            dimensions: vec![(CERTIFICATE_DIMENSION, certificate.to_owned())],
        }
    }

    fn metric(&self) -> Metric {
        let dimensions = self
            .dimensions
            .iter()
            .map(|(name, value)| Dimension::builder().name(*name).value(value).build());
        Metric::builder()
            .namespace(self.namespace)
            .metric_name(self.name)
            .set_dimensions(Some(dimensions.collect()))
            .build()
    }
}

impl Site {
    /// The values of the last minutes, oldest first.
    pub(crate) async fn points(
        &self,
        series: &Series,
        now: Millis,
        minutes: u64,
        limit: Duration,
    ) -> Result<Vec<Point>, Fault> {
        let statistic =
            MetricStat::builder().metric(series.metric()).period(60).stat(series.statistic).build();
        let query = MetricDataQuery::builder().id("asked").metric_stat(statistic).build();
        let from = Millis(now.0.saturating_sub(minutes * 60_000));
        let asked = self.cloudwatch().await.get_metric_data().metric_data_queries(query);
        let asked = asked.start_time(instant(from)).end_time(instant(now));
        let answer = within(limit, asked.send()).await?;
        let results = answer.metric_data_results().iter();
        let mut points: Vec<Point> = results
            .flat_map(|result| result.timestamps().iter().zip(result.values()))
            .map(|(at, value)| Point { at: millis(at), value: *value })
            .collect();
        points.sort_by_key(|point| point.at);
        Ok(points)
    }
}

fn instant(at: Millis) -> DateTime {
    DateTime::from_millis(i64::try_from(at.0).unwrap_or(i64::MAX))
}

fn millis(at: &DateTime) -> Millis {
    Millis(at.to_millis().ok().and_then(|ms| u64::try_from(ms).ok()).unwrap_or(0))
}
