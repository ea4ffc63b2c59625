//! `tideover status`: both Regions side by side.

use std::io::{Write, stdout};

use local::{RegionStatus, Status};

use crate::args::{Output, StatusArgs};
use crate::live::reached::{block_on, reach};

pub(crate) fn status(args: &StatusArgs) -> anyhow::Result<()> {
    block_on(async {
        let reach = reach(&args.up).await?;
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
    let rows = rows(status);
    let width = rows.iter().map(|(_, [left, _])| left.len()).max().unwrap_or(0) + 2;
    let mut text = String::new();
    for (name, [left, right]) in rows {
        text.push_str(&format!("{name:<12}{left:<width$}{right}\n"));
    }
    text.push_str(&record(status));
    for (name, list) in
        [("broken", &status.faults), ("runs", &status.runs), ("warnings", &status.warnings)]
    {
        let list = if list.is_empty() { "none".to_owned() } else { list.join(", ") };
        text.push_str(&format!("{name:<12}{list}\n"));
    }
    text
}

/// What is told of each Region.
fn rows(status: &Status) -> Vec<(&'static str, [String; 2])> {
    let active = status.record.as_ref().and_then(|record| record.active.as_deref());
    let of_both = |of: &dyn Fn(&RegionStatus) -> String| {
        let [primary, standby] = &status.regions;
        [of(primary), of(standby)]
    };
    vec![
        ("", of_both(&|region| format!("{} ({})", region.region, region.role))),
        ("active", of_both(&|region| yes(active == Some(region.region.as_str())))),
        ("takes money", of_both(&|region| region.readiness.clone())),
        ("database", of_both(&|region| database(region))),
        ("store", of_both(&|region| answers(region.store_answers))),
        ("DNS", of_both(&|region| yes(status.dns == region.role))),
        ("service", of_both(&|region| region.service.clone())),
    ]
}

fn database(region: &RegionStatus) -> String {
    match region.behind_ms {
        Some(ms) => format!("{}, its standby {ms} ms behind", region.database),
        None => region.database.clone(),
    }
}

fn answers(it_does: bool) -> String {
    if it_does { "answers" } else { "silent" }.to_owned()
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
