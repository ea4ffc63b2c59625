//! `tideover up`: both Regions on this machine, with demo payments, until it is told to end.

use std::io::{IsTerminal as _, Write, stderr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use drill::{Answer, What, Workload};
use local::postgres::DISK_LIMIT;
use local::rehearsal::{Asked, Crowd, Load, Notes, Tempo, Working};
use local::{Pace, Place, Status, System, SystemSettings};
use tokio::runtime::Builder;
use tokio::time::{Instant, interval, sleep_until};

use crate::args::UpArgs;
use crate::live::reached::folder;
use crate::live::regions::prepare;
use crate::serve::signals::Signals;

/// From one status line to the next.
const LINE: Duration = Duration::from_secs(1);
/// For how long the same clients pay; then others come, and what the first remember is forgotten.
const SHIFT: Duration = Duration::from_secs(300);

pub(crate) fn up(args: &UpArgs) -> anyhow::Result<()> {
    let runtime =
        Builder::new_multi_thread().enable_all().build().context("no threads can be had")?;
    runtime.block_on(async {
        let signals = Signals::listen().context("cannot listen to signals")?;
        let (ground, settings) = prepare(&folder(&args.up), args.network).await?;
        let disk_limit = args.limit_disks.then_some(DISK_LIMIT);
        let settings = SystemSettings { disk_limit, ..settings };
        let system = System::start_on(ground, settings).await?;
        tell(&system)?;
        tokio::select! {
            () = signals.told_to_end() => Ok(()),
            told = keep_telling(&system, args.rate) => told,
        }
    })
}

fn tell(system: &System) -> anyhow::Result<()> {
    let ways = system.ways(Place::Outside);
    let [primary, standby] = ways.services;
    let folder = system.directory().display();
    writeln!(
        stderr().lock(),
        "us-east-1 (primary)  http://{primary}\nus-east-2 (standby)  http://{standby}\n\
         DNS at {} answers `{}` with the Region that traffic is meant for; everything is in `{folder}`\n\
         try: tideover status; tideover fault lose primary; tideover failover --by you --reason 'it is gone'",
        ways.dns,
        ways.public_name
    )?;
    Ok(())
}

/// Lets demo clients pay, and tells how it goes.
async fn keep_telling(system: &System, rate: u32) -> anyhow::Result<()> {
    loop {
        let notes = Notes::default();
        let crowd = crowd(system, rate, &notes);
        let working = (rate > 0).then(|| Working::begin(&crowd, system.resolvers()));
        let until = Instant::now() + SHIFT;
        tokio::select! {
            () = sleep_until(until) => {}
            told = lines(system, &notes) => return told,
        }
        if let Some(working) = working {
            working.end(Duration::from_secs(5)).await;
        }
    }
}

fn crowd(system: &System, rate: u32, notes: &Notes) -> Arc<Crowd> {
    let ways = system.ways(Place::Outside);
    let load =
        Load::new(&Workload::default(), rate.max(1), Tempo(Pace::default().scenario_divisor));
    Arc::new(Crowd {
        load,
        host: ways.public_name,
        port: ways.public_port,
        seed: local::now_us(),
        asked: Asked::default(),
        notes: notes.clone(),
    })
}

/// One line a second on a terminal, in the same place; elsewhere whenever it says something else.
async fn lines(system: &System, notes: &Notes) -> anyhow::Result<()> {
    let mut ticks = interval(LINE);
    let (mut told, mut last) = (0, String::new());
    loop {
        ticks.tick().await;
        let all = notes.all();
        let is_acknowledged =
            |what: &What| matches!(what, What::Told { answer: Answer::Acknowledged(_), .. });
        let acknowledged = all[told..].iter().filter(|one| is_acknowledged(&one.what)).count();
        told = all.len();
        let status = system.status().await;
        let line = line(&status);
        let mut stderr = stderr().lock();
        if stderr.is_terminal() {
            write!(stderr, "\r\x1b[K{line}, {acknowledged} payments/s")?;
            stderr.flush()?;
        } else if line != last {
            writeln!(stderr, "{line}")?;
            last = line;
        }
    }
}

fn line(status: &Status) -> String {
    let record = status.record.as_ref();
    let epoch = record.map_or("?".to_owned(), |record| record.epoch.to_string());
    let active = record.and_then(|record| record.active.clone());
    let active = active.unwrap_or_else(|| "none".to_owned());
    let regions: Vec<String> = status
        .regions
        .iter()
        .map(|region| format!("{}: {}, {}", region.role, region.readiness, region.database))
        .collect();
    let broken = if status.faults.is_empty() {
        String::new()
    } else {
        format!(", broken: {}", status.faults.join(", "))
    };
    format!("active {active}, epoch {epoch}, DNS {}; {}{broken}", status.dns, regions.join("; "))
}
