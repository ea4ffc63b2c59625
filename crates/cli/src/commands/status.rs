//! `tideover status`: both Regions side by side.

use std::io::{Write, stdout};

use fence::RunId;
use local::{RegionStatus, Status};

use crate::args::{Output, StatusArgs};
use crate::live::reached::{block_on, reach};

pub(crate) fn status(args: &StatusArgs) -> anyhow::Result<()> {
    block_on(async {
        let reach = reach(&args.up, &RunId::new("none")).await?;
        let status = reach.status().await?;
        let mut stdout = stdout().lock();
        match args.output {
            Output::Json => writeln!(stdout, "{}", serde_json::to_string_pretty(&status)?)?,
            Output::Text => write!(stdout, "{}", text(&status))?,
        }
        Ok(())
    })
}

/// Two columns, one for each Region.
fn text(status: &Status) -> String {
    let [primary, standby] = &status.regions;
    let active = status.record.as_ref().and_then(|record| record.active.as_deref());
    let mut text = String::new();
    let mut row = |name: &str, of: &dyn Fn(&RegionStatus) -> String| {
        text.push_str(&format!("{name:<12}{:<32}{}\n", of(primary), of(standby)));
    };
    row("", &|region| format!("{} ({})", region.region, region.role));
    row("active", &|region| yes(active == Some(region.region.as_str())));
    row("takes money", &|region| region.readiness.clone());
    row("database", &|region| match region.behind_ms {
        Some(ms) => format!("{}, its standby {ms} ms behind", region.database),
        None => region.database.clone(),
    });
    row("store", &|region| if region.store_answers { "answers".into() } else { "silent".into() });
    row("DNS", &|region| yes(status.dns == region.role));
    row("service", &|region| region.service.clone());
    text.push_str(&record(status));
    for (name, list) in
        [("broken", &status.faults), ("runs", &status.runs), ("warnings", &status.warnings)]
    {
        let list = if list.is_empty() { "none".to_owned() } else { list.join(", ") };
        text.push_str(&format!("{name:<12}{list}\n"));
    }
    text
}

fn record(status: &Status) -> String {
    match &status.record {
        None => "record      the strongly consistent store does not answer\n".to_owned(),
        Some(record) => {
            let run = record
                .run
                .as_ref()
                .map_or("no run open".to_owned(), |run| format!("run {run} open"));
            format!("record      epoch {}, {}, {run}\n", record.epoch, record.state)
        }
    }
}

fn yes(is_so: bool) -> String {
    if is_so { "yes" } else { "no" }.to_owned()
}
