//! What watches a Region: alarms, each where its metric exists, and a dashboard of both Regions.
//!
//! Alarms on functions stand in the functions' own stacks.

use cfn::certificate_manager::Certificate;
use cfn::cloudwatch::Dashboard;
use cfn::cloudwatch::alarm::{AlarmStatistic, AlarmTreatMissingData};
use cfn::{Handle, Stack, Value, set, sub};
use topology::Home;

use crate::alarm::{Series, Threshold, alarm, ratio_alarm};
use crate::dashboard;
use crate::replication::{MINUTES, RULE_ID};
use crate::site::Site;

/// Fewest requests in five minutes at which a share of failures means something.
const GUARD_REQUESTS: u32 = 20;

/// AWS's example for a replication that has stalled ("Global tables checklist and FAQ"), in milliseconds.
const SESSION_LAG_MS: u32 = 180_000;

pub(crate) fn monitoring(site: Site<'_>, certificate: &Handle<Certificate>) -> Stack {
    let mut stack = site.stack("Monitoring", "Alarms and dashboard of the Region");
    database_alarms(&mut stack, site);
    session_alarm(&mut stack, site);
    bucket_alarms(&mut stack, site);
    api_alarms(&mut stack, site);
    certificate_alarm(&mut stack, site, certificate);
    let name = format!("{}-{}", site.prefix(), site.region());
    let board = Dashboard { dashboard_name: set(name), ..Dashboard::new(dashboard::body(site)) };
    stack.add("Dashboard", board);
    stack
}

fn database_alarms(stack: &mut Stack, site: Site<'_>) {
    let series = |metric, statistic, period_seconds| Series {
        namespace: "AWS/RDS",
        metric,
        dimensions: vec![("DBClusterIdentifier", site.cluster().into())],
        statistic,
        period_seconds,
    };
    let limits = &site.topology.monitoring;
    let seconds = limits.replication_lag_seconds;
    let lag = series("AuroraGlobalDBRPOLag", AlarmStatistic::Maximum, 60);
    let text = format!("A loss of the other Region would now lose over {seconds} s of the ledger");
    let at = Threshold::above(seconds * 1000, 2).when_missing(missing_lag(site.home));
    alarm(stack, site, "ReplicationLag", &text, &lag, at);
    let connections = series("DatabaseConnections", AlarmStatistic::Maximum, 300);
    let text = format!("More than {} connections to one instance", limits.database_connections);
    alarm(
        stack,
        site,
        "DatabaseConnections",
        &text,
        &connections,
        Threshold::above(limits.database_connections, 2),
    );
}

/// Only a secondary cluster has the lag metric. In the home standby its silence is an alarm; in the home
/// primary it is the usual state (rule `aurora-lag-alarms-where-emitted`).
fn missing_lag(home: Home) -> AlarmTreatMissingData {
    match home {
        Home::Primary => AlarmTreatMissingData::NotBreaching,
        Home::Standby => AlarmTreatMissingData::Breaching,
    }
}

/// Replication latency is measured where writes are made, so silence is only strange in the home primary.
fn session_alarm(stack: &mut Stack, site: Site<'_>) {
    let latency = Series {
        namespace: "AWS/DynamoDB",
        metric: "ReplicationLatency",
        dimensions: vec![
            ("ReceivingRegion", site.other().region().name().into()),
            ("TableName", site.session_table().into()),
        ],
        statistic: AlarmStatistic::Average,
        period_seconds: 300,
    };
    let missing = match site.home {
        Home::Primary => AlarmTreatMissingData::Breaching,
        Home::Standby => AlarmTreatMissingData::NotBreaching,
    };
    let text = "Sessions reach the other Region minutes late, or not at all";
    let at = Threshold::above(SESSION_LAG_MS, 3).when_missing(missing);
    alarm(stack, site, "SessionReplicationLatency", text, &latency, at);
}

/// Failures are counted at the source, lateness at the destination (rule `s3-replication-metrics-region`).
fn bucket_alarms(stack: &mut Stack, site: Site<'_>) {
    let series = |metric, from: Site<'_>, statistic| Series {
        namespace: "AWS/S3",
        metric,
        dimensions: vec![
            ("DestinationBucket", bucket(from.other())),
            ("RuleId", RULE_ID.into()),
            ("SourceBucket", bucket(from)),
        ],
        statistic,
        period_seconds: 300,
    };
    let failed = series("OperationsFailedReplication", site, AlarmStatistic::Sum);
    let text = "Objects written here did not reach the other Region's bucket";
    alarm(stack, site, "ObjectReplicationFailed", text, &failed, Threshold::above(0, 1));
    let late = series("ReplicationLatency", site.other(), AlarmStatistic::Maximum);
    let seconds = u32::try_from(MINUTES * 60).expect("fifteen minutes are 900 seconds");
    let text =
        "Objects of the other Region's bucket arrive here later than the time control promises";
    alarm(stack, site, "ObjectReplicationLate", text, &late, Threshold::above(seconds, 2));
}

fn bucket(site: Site<'_>) -> Value<String> {
    sub(site.bucket_name()).into()
}

fn api_alarms(stack: &mut Stack, site: Site<'_>) {
    let series = |metric, statistic| Series {
        namespace: "AWS/ApiGateway",
        metric,
        dimensions: vec![
            ("ApiName", site.api_name().into()),
            ("Stage", site.topology.api.stage.as_str().into()),
        ],
        statistic,
        period_seconds: 300,
    };
    let requests = series("Count", AlarmStatistic::Sum);
    let percent = site.topology.monitoring.api_error_percent;
    let failures = series("5XXError", AlarmStatistic::Sum);
    let text = format!("More than {percent} % of requests failed on our side");
    let at = Threshold::above(percent, 2);
    ratio_alarm(stack, site, "ApiFailures", &text, (&failures, &requests), GUARD_REQUESTS, at);
    let text = "No request in ten minutes, though health checks alone come every few seconds";
    alarm(stack, site, "ApiSilent", text, &requests, Threshold::below(1, 2));
    let latency = series("Latency", AlarmStatistic::Average);
    let text = "Requests take over a second on average";
    alarm(stack, site, "ApiSlow", text, &latency, Threshold::above(1000, 3));
}

fn certificate_alarm(stack: &mut Stack, site: Site<'_>, certificate: &Handle<Certificate>) {
    let days = Series {
        namespace: "AWS/CertificateManager",
        metric: "DaysToExpiry",
        dimensions: vec![("CertificateArn", certificate.reference().into())],
        statistic: AlarmStatistic::Minimum,
        period_seconds: 86_400,
    };
    let text = "The certificate expires within 30 days; health checks would not notice";
    let at = Threshold::below(30, 1).when_missing(AlarmTreatMissingData::NotBreaching);
    alarm(stack, site, "CertificateExpiry", text, &days, at);
}
