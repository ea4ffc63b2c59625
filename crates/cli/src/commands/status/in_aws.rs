//! Two Regions in AWS, as text: two columns, then what a run has changed.

use cloud::{AutomaticStatus, RegionStatus, Status};

use super::{columns, yes};

/// Two columns, one for each Region.
pub(super) fn text(status: &Status) -> String {
    let mut text = columns(&rows(status), 15);
    text.push_str(&record(status));
    text.push_str(&automatic(status.automatic.as_ref()));
    if status.drift.is_empty() {
        text.push_str(
            "drift          none: everything is as the templates and the active Region say\n",
        );
    }
    for drift in &status.drift {
        text.push_str(&format!("drift          {drift}\n"));
    }
    text
}

fn rows(status: &Status) -> Vec<(&'static str, [String; 2])> {
    let active = status.record.as_ref().and_then(|record| record.active.as_deref());
    let of_both = |of: &dyn Fn(&RegionStatus) -> String| {
        let [primary, standby] = &status.regions;
        [of(primary), of(standby)]
    };
    vec![
        ("", of_both(&|region| format!("{} ({})", region.region, region.role))),
        ("active", of_both(&|region| yes(active == Some(region.region.as_str())))),
        ("lease", of_both(&|region| region.lease.clone())),
        ("database", of_both(&|region| region.database.clone())),
        ("its service", of_both(&|region| region.database_service.clone())),
        ("behind", of_both(&behind)),
        ("API", of_both(&|region| region.service.clone())),
        ("says traffic", of_both(&|region| region.traffic.clone().unwrap_or_else(unknown))),
        ("event sources", of_both(&|region| region.event_sources.clone())),
        ("alarms", of_both(&alarms)),
    ]
}

fn behind(region: &RegionStatus) -> String {
    match (region.behind_ms, region.behind_age_ms) {
        (Some(ms), Some(age)) => format!("{ms} ms, {} s ago", age / 1_000),
        _ => "not measured".to_owned(),
    }
}

fn alarms(region: &RegionStatus) -> String {
    match &region.ringing {
        None => unknown(),
        Some(ringing) if ringing.is_empty() => "none rings".to_owned(),
        Some(ringing) => ringing.join(", "),
    }
}

fn record(status: &Status) -> String {
    match &status.record {
        None => "record         the control table does not answer, or has none\n".to_owned(),
        Some(record) => {
            let (epoch, state, traffic) = (record.epoch, &record.state, &record.traffic);
            let run = record
                .run
                .as_ref()
                .map_or_else(|| "no run open".to_owned(), |run| format!("run {run} open"));
            format!("record         epoch {epoch}, {state}, traffic to {traffic}, {run}\n")
        }
    }
}

/// Whether alarms start anything at all is in the file; what people have said since is not.
fn automatic(automatic: Option<&AutomaticStatus>) -> String {
    let Some(AutomaticStatus { is_on, by, reason, latest_run }) = automatic else {
        return "automatic      not known\n".to_owned();
    };
    let is = if *is_on { "as deployed" } else { "turned off" };
    let said = by.iter().zip(reason).map(|(by, reason)| format!(", {by} says so: {reason}"));
    let latest = latest_run.iter().map(|run| format!("; latest by an alarm: {run}"));
    let more: String = said.chain(latest).collect();
    format!("automatic      {is}{more}\n")
}

fn unknown() -> String {
    "not known".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_alarms_may_start() {
        let status = |is_on, by: Option<&str>, latest: Option<&str>| AutomaticStatus {
            is_on,
            by: by.map(str::to_owned),
            reason: by.map(|_| "moving".to_owned()),
            latest_run: latest.map(str::to_owned),
        };
        let rows = [
            (None, "not known"),
            (Some(status(true, None, None)), "as deployed"),
            (Some(status(true, Some("ann"), None)), "as deployed, ann says so: moving"),
            (
                Some(status(false, Some("ann"), Some("failover-alarm-1"))),
                "turned off, ann says so: moving; latest by an alarm: failover-alarm-1",
            ),
        ];
        for (seen, told) in rows {
            assert_eq!(automatic(seen.as_ref()), format!("automatic      {told}\n"));
        }
    }
}
