//! One live drill from two fresh Regions to what was measured.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use drill::{Scenario, What};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::asked::Asked;
use super::clients::Crowd;
use super::collect::{NotWhole, collect};
use super::conduct::play;
use super::director::Director;
use super::live::Live;
use super::load::Load;
use super::measured::Measured;
use super::playable::fills_a_disk;
use super::tempo::Tempo;
use crate::act::Unreachable;
use crate::place::Place;
use crate::postgres::DISK_LIMIT;
use crate::system::{NotUp, System, SystemSettings};

/// For how long the Regions may still be in use when a drill is over.
const END: Duration = Duration::from_secs(5);

/// A drill that was played and judged.
#[derive(Debug, Clone)]
pub struct Rehearsed {
    /// What it measured.
    pub measured: Measured,
    /// What did not come to what it should in the drill itself, for people.
    pub mishaps: Vec<String>,
}

/// Why there is nothing to judge.
#[derive(Debug, thiserror::Error)]
pub enum NotRehearsed {
    /// The two Regions did not come up.
    #[error(transparent)]
    NotUp(#[from] NotUp),
    /// Whoever runs them does not answer.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// A part of the evidence is missing.
    #[error(transparent)]
    NotWhole(#[from] NotWhole),
    /// The evidence cannot be kept.
    #[error("the evidence cannot be kept")]
    Io(#[from] io::Error),
}

/// Plays a scenario with so many payments in each second on two fresh Regions, and judges it; nothing
/// when it was told to stop. Whoever is told of the steps of runs by the settings is not.
///
/// # Errors
/// When the Regions do not come up, or their evidence is not whole.
pub async fn rehearse(
    settings: SystemSettings,
    scenario: &Scenario,
    seed: u64,
    rate: u32,
    stop: watch::Receiver<bool>,
) -> Result<Option<Rehearsed>, NotRehearsed> {
    let (scenario, tempo) = (scenario.fixed(seed), Tempo(settings.pace.scenario_divisor));
    let director = Director::<Live>::new(&scenario, seed, tempo);
    // Disks of their own are made of memory: only who needs them has them.
    let disk_limit = fills_a_disk(&scenario).then_some(DISK_LIMIT);
    let settings = SystemSettings { hook: Arc::new(director.clone()), disk_limit, ..settings };
    let live = Arc::new(Live::new(System::start(settings).await?).await?);
    let crowd = crowd(&live, Load::new(&scenario.workload, rate, tempo), seed);
    let names = live.system.resolvers();
    let Some(played) = play(&director, &live, &crowd, names, stop).await else { return Ok(None) };
    let evidence = collect(&scenario, &live, &crowd, played).await;
    let directory = live.system.directory().to_owned();
    let mut mishaps = director.mishaps();
    mishaps.extend(crowd.asked.strange());
    live.system.look_for_deaths().await;
    mishaps.extend(live.system.warnings());
    let left_behind = live.system.left_behind();
    // Whatever came of it: what is kept of a drill is moved when its processes have ended.
    end(live).await;
    let evidence = evidence.inspect_err(|_| {
        // That the evidence is not whole weighs more.
        let _ = fs::write(directory.join("mishaps.txt"), mishaps.join("\n"));
        let _ = fs::write(directory.join("scenario.drill"), scenario.to_string());
    })?;
    let measured = Measured {
        unseen_epochs: evidence.unseen_epochs(),
        left_behind: left_behind?,
        unplayed: director.unplayed(),
        ..Measured::of(&scenario, super::history::history(&evidence))
    };
    keep(&directory, &measured)?;
    Ok(Some(Rehearsed { measured, mishaps }))
}

fn crowd(live: &Live, load: Load, seed: u64) -> Arc<Crowd> {
    let ways = live.system.ways(Place::Outside);
    Arc::new(Crowd {
        load,
        host: ways.public_name,
        port: ways.public_port,
        seed,
        asked: Asked::default(),
        notes: live.system.notes(),
    })
}

/// Puts history, journals and scenario beside what the Regions have written.
fn keep(directory: &Path, measured: &Measured) -> io::Result<()> {
    let history = &measured.history;
    let mut journals = String::new();
    for moment in &history.moments {
        if let What::Run { run, step: drill::RunStep::Journaled(entry) } = &moment.what {
            let entry = runbook::wire::encode(entry);
            writeln!(journals, "{}\t{run}\t{entry}", moment.at_ms).map_err(io::Error::other)?;
        }
    }
    fs::write(directory.join("journals.tsv"), journals)?;
    fs::write(directory.join("history.json"), drill::to_json(history))?;
    fs::write(directory.join("scenario.drill"), measured.scenario.to_string())
}

/// The Regions end when the last who acts on them has let go of them.
async fn end(mut live: Arc<Live>) {
    let until = Instant::now() + END;
    while Instant::now() < until {
        match Arc::try_unwrap(live) {
            Ok(alone) => return drop(alone),
            Err(shared) => live = shared,
        }
        sleep(Duration::from_millis(10)).await;
    }
}
