//! Alarms on the global tables, each Region on its own replicas.

use cfn::Stack;

use crate::alarm::{Series, Statistic, Threshold, alarm, expression_alarm};
use crate::site::Site;

/// AWS's example for a replication that has stalled ("Global tables checklist and FAQ"), in milliseconds.
const SESSION_LAG_MS: u32 = 180_000;

pub(crate) fn table_alarms(stack: &mut Stack, site: Site<'_>) {
    let receiver = ("ReceivingRegion", site.other().region().name());
    let sessions = site.session_table();
    let latency = series(&sessions, "ReplicationLatency", Some(receiver), Statistic::Average);
    let text = "Sessions reach the other Region minutes late";
    let at = Threshold::above(SESSION_LAG_MS, 3);
    alarm(stack, site, "SessionReplicationLatency", text, &latency, at);
    session_silence(stack, site, &latency);
    throttled(stack, site, "Session", &sessions, "the session table");
    throttled(stack, site, "Control", &site.control_table(), "the control table");
}

/// Latency is measured where sessions are written: writes without it are not replicated
/// (rule `ddb-replication-latency-alarm`). The control table has no such metric, and needs none.
fn session_silence(stack: &mut Stack, site: Site<'_>, latency: &Series) {
    let put = ("Operation", "PutItem");
    let table = site.session_table();
    let writes = series(&table, "SuccessfulRequestLatency", Some(put), Statistic::SampleCount);
    let expression = "IF(FILL(writes, 0) > 0 AND FILL(latency, -1) < 0, 1, 0)".to_owned();
    let series: [(&str, &Series); 2] = [("latency", latency), ("writes", &writes)];
    let text = "Sessions are written here and do not reach the other Region";
    expression_alarm(
        stack,
        site,
        "SessionReplicationSilence",
        text,
        (expression, &series),
        Threshold::above(0, 3),
    );
}

fn throttled(stack: &mut Stack, site: Site<'_>, id: &str, table: &str, what: &str) {
    for (kind, metric) in [("Reads", "ReadThrottleEvents"), ("Writes", "WriteThrottleEvents")] {
        let throttled = series(table, metric, None, Statistic::Sum);
        let text = format!("DynamoDB refuses calls to {what} for want of capacity");
        let id = format!("{id}{kind}Throttled");
        alarm(stack, site, &id, &text, &throttled, Threshold::above(0, 2));
    }
}

fn series(
    table: &str,
    metric: &'static str,
    dimension: Option<(&'static str, &str)>,
    statistic: Statistic,
) -> Series {
    Series {
        namespace: "AWS/DynamoDB",
        metric,
        dimensions: dimension
            .map(|(name, value)| (name, value.into()))
            .into_iter()
            .chain([("TableName", table.into())])
            .collect(),
        statistic,
        period_seconds: 300,
    }
}
