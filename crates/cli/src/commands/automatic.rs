//! `tideover automatic`: what alarms may start and have started; turned off and on at once.

use std::io::{Write, stdout};

use anyhow::anyhow;
use cloud::automatic;
use fence::Author;
use runbook::automatic::Kept;
use serde_json::json;
use topology::{ByAlarm, Topology};

use crate::args::{AutomaticArgs, OnOff, Output};
use crate::input;
use crate::live::on::in_aws;
use crate::live::reached::block_on;

pub(crate) fn automatic(args: &AutomaticArgs) -> anyhow::Result<()> {
    block_on(async {
        let topology = input::topology(&args.input)?;
        let reach = in_aws(&topology, None).await?;
        let by = Author::new(args.by.clone().unwrap_or_default());
        let reason = args.reason.clone().unwrap_or_default();
        let kept = match args.switch {
            None => automatic::kept(&reach).await,
            Some(to) => automatic::switch(&reach, to == OnOff::On, &by, &reason).await,
        };
        let kept = kept.map_err(|cause| anyhow!("the control table: {cause}"))?;
        let text = match args.output {
            Output::Text => text(&topology, &kept),
            Output::Json => json(&topology, &kept),
        };
        Ok(stdout().lock().write_all(text.as_bytes())?)
    })
}

/// How it stands, for people.
fn text(topology: &Topology, kept: &Kept) -> String {
    let file = match topology.automatic.failover {
        ByAlarm::Off => "alarms start nothing",
        ByAlarm::Tell => "alarms tell people that a failover would be started, or why not",
        ByAlarm::Start => "alarms start a failover, which waits for people to accept the loss",
    };
    let switch = match &kept.switch {
        None => "on: nobody has turned it off".to_owned(),
        Some(switch) => {
            let is = if switch.is_on { "on" } else { "off" };
            format!("{is}: {} says so, because: {}", switch.by, switch.reason)
        }
    };
    let latest = match &kept.started {
        None => "alarms have started nothing yet".to_owned(),
        Some(started) => format!("run {}, by an alarm in {}", started.run, started.episode.region),
    };
    format!("file    {file}\nswitch  {switch}\nlatest  {latest}\n")
}

/// The same for programs.
fn json(topology: &Topology, kept: &Kept) -> String {
    let file = match topology.automatic.failover {
        ByAlarm::Off => "off",
        ByAlarm::Tell => "tell",
        ByAlarm::Start => "start",
    };
    let switch = kept.switch.as_ref().map(|switch| {
        let (by, at_ms) = (switch.by.as_str(), switch.at.0);
        json!({"is_on": switch.is_on, "by": by, "reason": switch.reason, "at_ms": at_ms})
    });
    let latest = kept.started.as_ref().map(|started| {
        let (run, region) = (started.run.as_str(), started.episode.region.as_str());
        json!({"run": run, "region": region, "at_ms": started.at.0})
    });
    let value = json!({"format": 1, "failover": file, "switch": switch, "latest": latest});
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests {
    use fence::{Millis, RegionName, RunId};
    use runbook::automatic::{Episode, Started, Switch};

    use super::*;

    #[test]
    fn how_it_stands() {
        let kept = Kept::default();
        let told = text(&Topology::default(), &kept);
        assert_eq!(
            told,
            "file    alarms start nothing\nswitch  on: nobody has turned it off\nlatest  alarms have started nothing yet\n"
        );
        let (by, reason, at) = (Author::new("ann"), "moving".to_owned(), Millis(1));
        let region = RegionName::new("us-east-2");
        let episode = Episode { region, since: Millis(1) };
        let started = Started { run: RunId::new("failover-alarm-0"), at, episode };
        let kept = kept.with_started(started).with_switch(Switch { is_on: false, by, reason, at });
        let told = text(&Topology::default(), &kept);
        assert!(told.contains("\nswitch  off: ann says so, because: moving\n"), "{told}");
        assert!(told.contains("run failover-alarm-0, by an alarm in us-east-2\n"), "{told}");
        let told: serde_json::Value =
            serde_json::from_str(&json(&Topology::default(), &kept)).expect("it is JSON");
        assert_eq!(told["switch"]["is_on"], false);
        assert_eq!(told["latest"]["run"], "failover-alarm-0");
    }
}
