//! What can be typed to rehearse the loss of a Region.

use std::num::NonZero;
use std::path::PathBuf;

use super::{Between, Output};

#[derive(Debug, clap::Args)]
#[command(after_help = DRILL_HELP)]
pub(crate) struct DrillArgs {
    /// A scenario: the name of one that is shipped, or the file of one of your own; may be repeated [default: all that
    /// are shipped]
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) scenario: Vec<String>,
    /// The seed, or the first of --seeds; given alone, one drill is played and its story told [default: 1]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// How many seeds to play of each scenario [default: 500]
    #[arg(long, value_name = "N")]
    pub(crate) seeds: Option<NonZero<u64>>,
    /// How many threads to play with; what comes of it is the same [default: as many as there are cores]
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZero<usize>>,
    /// How to tell what came of it
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
    /// Write the story that is told as a page: one file, nothing else needed
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
    /// Write the history of the drill that is told, for another judge
    #[arg(long, value_name = "FILE.json")]
    pub(crate) history: Option<PathBuf>,
    /// Write a shortened scenario that breaks the same rule as the drill that is told
    #[arg(long, value_name = "FILE.drill")]
    pub(crate) shortened: Option<PathBuf>,
    /// List the scenarios, and play none
    #[arg(long)]
    pub(crate) list: bool,
    /// Play for real: two Regions on this machine with PostgreSQL, processes and DNS, by its clock [default scenarios:
    /// those in which a Region is lost and replaced, and planned changes]
    #[arg(long, conflicts_with_all = ["seeds", "jobs", "shortened"])]
    pub(crate) live: bool,
    /// How often to play each scenario live
    #[arg(long, requires = "live", default_value = "1", value_name = "N")]
    pub(crate) repeat: NonZero<u64>,
    /// How many payments a second clients offer live
    #[arg(long, requires = "live", default_value = "200", value_name = "N")]
    pub(crate) rate: NonZero<u32>,
    /// Keep what every live drill leaves: logs, votes, journals, histories [default: only of drills in which a rule
    /// was broken, in a new folder for temporary files]
    #[arg(long, requires = "live", value_name = "DIR")]
    pub(crate) evidence: Option<PathBuf>,
    /// What is between the places live [default: namespaces where the system permits them]
    #[arg(long, requires = "live", value_enum, value_name = "KIND")]
    pub(crate) network: Option<Between>,
}

const DRILL_HELP: &str = "\
Two Regions are simulated, the service's own code runs in them, something fails, and a judge reads what happened:
no payment that was acknowledged may be missing, no card charged twice, no two Regions may write under one epoch.
The same seeds give the same output. Nothing is installed, written or sent unless an option says so.
With --live the same happens to real processes and databases on this machine, which needs PostgreSQL 14 to 18.

Exit codes:
  0    every rule was kept
  1    something outside failed: a file cannot be read or written; or something came to nothing: a line of a scenario
       happened in no drill, or a live drill was not what was asked for
  2    the command line is wrong
  3    a scenario's file is wrong; every fault is listed
  4    a rule was broken; what was lost or doubled is named, with the command that plays it again
  130  stopped by Ctrl-C: what was played until then is told

Examples:
  tideover drill                                         all shipped scenarios
  tideover drill --scenario region-lost --seed 7         one drill and its story
  tideover drill --scenario mine.drill --seeds 10000     a scenario of your own
  tideover drill --seed 1 --report drill.html            the story as a page
  tideover drill --live --scenario region-lost           one Region of two real ones is lost under load
  tideover drill --live --repeat 5 --report live.html    five of each of what is played live
";
