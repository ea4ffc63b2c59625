//! What watches a Region: alarms, each where its metric exists, and a dashboard of both Regions.
//!
//! Alarms on functions stand in the functions' own stacks. Those on tables and on what the service says of itself
//! are written elsewhere.

use cfn::cloudwatch::Dashboard;
use cfn::cloudwatch::alarm::AlarmTreatMissingData;
use cfn::{Stack, Value, set, sub};
use topology::Method;

use crate::alarm::{Series, Statistic, Threshold, alarm, expression_alarm, ratio_alarm};
use crate::dashboard;
use crate::database_events::database_events;
use crate::replication::{MINUTES, RULE_ID};
use crate::service_alarms::service_alarms;
use crate::site::{Site, pascal};
use crate::table_alarms::table_alarms;

/// Fewest requests in five minutes at which a share of failures means something.
const GUARD_REQUESTS: u32 = 20;

pub(crate) fn monitoring(site: Site<'_>) -> Stack {
    let mut stack = site.stack("Monitoring", "Alarms and dashboard of the Region");
    database_alarms(&mut stack, site);
    table_alarms(&mut stack, site);
    bucket_alarms(&mut stack, site);
    api_alarms(&mut stack, site);
    service_alarms(&mut stack, site);
    database_events(&mut stack, site);
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
    let lag = series("AuroraGlobalDBRPOLag", Statistic::Maximum, 60);
    let text = format!("A loss of the other Region would now lose over {seconds} s of the ledger");
    alarm(stack, site, "ReplicationLag", &text, &lag, Threshold::above(seconds * 1000, 2));
    let progress = series("AuroraGlobalDBProgressLag", Statistic::Maximum, 60);
    let text = format!("Readers here are over {seconds} s behind the other Region's writer");
    alarm(stack, site, "ProgressLag", &text, &progress, Threshold::above(seconds * 1000, 2));
    replication_silence(stack, site, &lag, &series("CommitThroughput", Statistic::Average, 60));
    let connections = series("DatabaseConnections", Statistic::Maximum, 300);
    let limit = limits.database_connections;
    let text = format!("More than {limit} connections to one instance");
    alarm(stack, site, "DatabaseConnections", &text, &connections, Threshold::above(limit, 2));
}

/// Only a secondary cluster has the lag metric, and which one that is changes with the roles. A cluster that
/// neither reports lag nor commits anything is no writer and receives nothing: there is no standby
/// (rule `aurora-lag-alarms-where-emitted`).
fn replication_silence(stack: &mut Stack, site: Site<'_>, lag: &Series, commits: &Series) {
    let expression = "IF(FILL(lag, -1) < 0 AND FILL(commits, 0) == 0, 1, 0)".to_owned();
    let series: [(&str, &Series); 2] = [("lag", lag), ("commits", commits)];
    let text = "The cluster neither writes nor receives the other Region's writes";
    let at = Threshold::above(0, 15).when_missing(AlarmTreatMissingData::Breaching);
    expression_alarm(stack, site, "ReplicationSilence", text, (expression, &series), at);
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
    let failed = series("OperationsFailedReplication", site, Statistic::Sum);
    let text = "Objects written here did not reach the other Region's bucket";
    alarm(stack, site, "ObjectReplicationFailed", text, &failed, Threshold::above(0, 1));
    let late = series("ReplicationLatency", site.other(), Statistic::Maximum);
    let seconds = u32::try_from(MINUTES * 60).expect("fifteen minutes are 900 seconds");
    let text =
        "Objects of the other Region's bucket arrive here later than the time control promises";
    alarm(stack, site, "ObjectReplicationLate", text, &late, Threshold::above(seconds, 2));
}

fn bucket(site: Site<'_>) -> Value<String> {
    sub(site.bucket_name()).into()
}

fn api_alarms(stack: &mut Stack, site: Site<'_>) {
    let stage = [("ApiName", site.api_name()), ("Stage", site.topology.api.stage.clone())];
    let stage = stage.map(|(name, value)| (name, value.into())).to_vec();
    let series = |metric, statistic| api_series(metric, &stage, statistic);
    let requests = series("Count", Statistic::Sum);
    let shares = (&series("5XXError", Statistic::Sum), &requests);
    failures(stack, site, "ApiFailures", "requests", shares);
    let text = "No request in ten minutes, though health checks alone come every few seconds";
    alarm(stack, site, "ApiSilent", text, &requests, Threshold::below(1, 2));
    let text = "One request in a hundred takes over three seconds";
    let slow = series("Latency", Statistic::P99);
    alarm(stack, site, "ApiSlow", text, &slow, Threshold::above(3000, 3));
    route_alarms(stack, site, &stage);
}

/// The routes that move money, each by itself: among all requests their failures drown in health checks.
fn route_alarms(stack: &mut Stack, site: Site<'_>, stage: &[(&'static str, Value<String>)]) {
    let routes = site.topology.functions.iter().flat_map(|function| &function.routes);
    for route in routes.filter(|route| route.method == Method::Post) {
        let method = ("Method", route.method.as_str().into());
        let resource = ("Resource", route.path.as_str().into());
        let dimensions = [&[method, resource], stage].concat();
        let series = |metric| api_series(metric, &dimensions, Statistic::Sum);
        let id = format!("{}Failures", route_id(&route.path));
        failures(stack, site, &id, &route.to_string(), (&series("5XXError"), &series("Count")));
    }
}

/// `/payments/{id}/refunds` → `PaymentsIdRefunds`.
fn route_id(path: &str) -> String {
    let words = path.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.map(pascal).collect()
}

fn failures(stack: &mut Stack, site: Site<'_>, id: &str, what: &str, shares: (&Series, &Series)) {
    let percent = site.topology.monitoring.api_error_percent;
    let text = format!("More than {percent} % of {what} failed on our side");
    ratio_alarm(stack, site, id, &text, shares, GUARD_REQUESTS, Threshold::above(percent, 2));
}

fn api_series(
    metric: &'static str,
    dimensions: &[(&'static str, Value<String>)],
    statistic: Statistic,
) -> Series {
    let dimensions = dimensions.to_vec();
    Series { namespace: "AWS/ApiGateway", metric, dimensions, statistic, period_seconds: 300 }
}
