//! The dashboard: five graphs, each with a series of both Regions, named by Region and not by role, because
//! a role change moves metrics from one to the other (rule `dashboards-role-aware`).

use serde_json::{Value as Wire, json};

use crate::service_alarms::{DIMENSION, NAMESPACE};
use crate::site::Site;

const WIDTH: usize = 12;
const HEIGHT: usize = 6;

pub(crate) fn body(site: Site<'_>) -> String {
    let graphs = [
        ("Database", database as fn(Site<'_>) -> Vec<Wire>),
        ("Function invocations", invocations),
        ("API requests", requests),
        ("API latency", latency),
        ("Payment service", service),
    ];
    let widgets = graphs.into_iter().enumerate().map(|(number, (title, series))| {
        let metrics: Vec<Wire> = [site, site.other()].into_iter().flat_map(series).collect();
        json!({
            "type": "metric",
            "x": WIDTH * (number % 2),
            "y": HEIGHT * (number / 2),
            "width": WIDTH,
            "height": HEIGHT,
            "properties": {
                "title": title,
                "view": "timeSeries",
                "region": site.region().name(),
                "period": 60,
                "metrics": metrics,
            },
        })
    });
    json!({"widgets": widgets.collect::<Vec<_>>()}).to_string()
}

fn series(site: Site<'_>, what: &str, path: &[&str], statistic: &str) -> Wire {
    let mut series: Vec<Wire> = path.iter().map(|part| json!(part)).collect();
    let region = site.region().name();
    series.push(json!({"region": region, "stat": statistic, "label": format!("{region} {what}")}));
    Wire::Array(series)
}

fn database(site: Site<'_>) -> Vec<Wire> {
    let cluster = site.cluster();
    let of = |metric, what, statistic| {
        series(site, what, &["AWS/RDS", metric, "DBClusterIdentifier", &cluster], statistic)
    };
    vec![
        of("DatabaseConnections", "connections", "Maximum"),
        of("CPUUtilization", "CPU %", "Average"),
        of("AuroraGlobalDBRPOLag", "RPO lag ms", "Maximum"),
    ]
}

fn invocations(site: Site<'_>) -> Vec<Wire> {
    let functions = site.topology.functions.iter();
    functions
        .map(|function| {
            let name = site.function_name(function);
            series(
                site,
                &function.name,
                &["AWS/Lambda", "Invocations", "FunctionName", &name],
                "Sum",
            )
        })
        .collect()
}

fn requests(site: Site<'_>) -> Vec<Wire> {
    let name = site.api_name();
    let of =
        |metric, what| series(site, what, &["AWS/ApiGateway", metric, "ApiName", &name], "Sum");
    vec![of("Count", "requests"), of("4XXError", "client errors"), of("5XXError", "server errors")]
}

fn latency(site: Site<'_>) -> Vec<Wire> {
    let name = site.api_name();
    let path = ["AWS/ApiGateway", "Latency", "ApiName", name.as_str()];
    vec![series(site, "average ms", &path, "Average"), series(site, "p99 ms", &path, "p99")]
}

/// What the service says of itself; none of it is about health checks, but for the gate.
fn service(site: Site<'_>) -> Vec<Wire> {
    let name = site.prefix();
    let of = |metric, what, statistic| {
        series(site, what, &[NAMESPACE, metric, DIMENSION, &name], statistic)
    };
    vec![
        of("Requests", "requests", "Sum"),
        of("ServerErrors", "server errors", "Sum"),
        of("LatencyMs", "p99 ms", "p99"),
        of("GateOpen", "gate open", "Maximum"),
        of("EventsSettled", "events settled", "Sum"),
        of("EndpointsDisabled", "endpoints disabled", "Maximum"),
    ]
}
