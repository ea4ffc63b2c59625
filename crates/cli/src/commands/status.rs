//! `tideover status`: both Regions side by side.

mod in_aws;
mod readiness;

use std::io::{Write, stderr, stdout};
use std::time::Duration;

use local::{RegionStatus, Status};
use payments::rfc3339;
use runbook::Readiness;
use serde::Serialize;
use tokio::time::sleep;

use crate::args::{Output, StatusArgs};
use crate::failure::{Ended, reader_has_gone};
use crate::live::on::{On, on};
use crate::live::reached::block_on;
use crate::serve::clock;

/// From one look to the next, when it is watched.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// The exit code for monitoring: a failover could not be done now.
const NOT_READY: u8 = 8;

pub(crate) fn status(args: &StatusArgs) -> anyhow::Result<()> {
    block_on(async {
        let on = on(&args.on, &args.input, None).await?;
        if !args.watch {
            let is_ready = tell(&on, args.output).await?;
            return if is_ready { Ok(()) } else { Err(not_ready().into()) };
        }
        loop {
            match tell(&on, args.output).await {
                Err(error) if reader_has_gone(&error) => return Err(error),
                // Whoever watches does so because something fails: the next look may see more.
                Err(error) => writeln!(stderr().lock(), "{}: {error:#}", rfc3339(clock()))?,
                Ok(_) => {}
            }
            sleep(LOOK_AGAIN).await;
        }
    })
}

/// Tells how everything is; whether a failover could be done now.
async fn tell(on: &On, output: Output) -> anyhow::Result<bool> {
    match on {
        On::Here(reach) => {
            let status = reach.status().await?;
            write_as(output, &status, &status.readiness(), text)
        }
        On::Aws(reach) => {
            let status = cloud::status(reach).await?;
            write_as(output, &status, &status.readiness, in_aws::text)
        }
    }
}

fn write_as<T: Serialize>(
    output: Output,
    status: &T,
    readiness: &Readiness,
    text: fn(&T) -> String,
) -> anyhow::Result<bool> {
    let mut stdout = stdout().lock();
    match output {
        Output::Json => {
            let all = readiness::Told::of(status, readiness);
            writeln!(stdout, "{}", serde_json::to_string_pretty(&all)?)?;
        }
        Output::Text => write!(stdout, "{}{}", text(status), readiness::text(readiness))?,
    }
    Ok(readiness.is_ready())
}

fn not_ready() -> Ended {
    Ended {
        code: NOT_READY,
        error: "a failover could not be done now".to_owned(),
        hint: "why not stands above, beside each condition".to_owned(),
    }
}

/// Two columns, one for each Region.
fn text(status: &Status) -> String {
    let mut text = columns(&rows(status), 12);
    text.push_str(&record(status));
    for (name, list) in
        [("broken", &status.faults), ("runs", &status.runs), ("warnings", &status.warnings)]
    {
        let list = if list.is_empty() { "none".to_owned() } else { list.join(", ") };
        text.push_str(&format!("{name:<12}{list}\n"));
    }
    text
}

/// What is told of each Region in a column of its own, behind a column of names that is so wide.
fn columns(rows: &[(&str, [String; 2])], names: usize) -> String {
    let width = rows.iter().map(|(_, [left, _])| left.chars().count()).max().unwrap_or(0) + 2;
    let lines =
        rows.iter().map(|(name, [left, right])| format!("{name:<names$}{left:<width$}{right}\n"));
    lines.collect()
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
        ("receipts", of_both(&|region| receipts(region.receipts_behind))),
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

fn receipts(behind: u64) -> String {
    match behind {
        0 => "all copied".to_owned(),
        _ => format!("{behind} not in the other Region yet"),
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
