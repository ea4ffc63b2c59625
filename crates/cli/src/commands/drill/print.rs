//! What came of the drills, as text, as JSON and as a page.

use std::fmt::Write as _;
use std::io::Write as _;

use drill::{Happened, Page, Seconds, Summary, Topic, story, story_text};
use serde_json::{Value, json};

use super::chosen::Chosen;
use super::play::Played;
use super::told::{self, Broken, Told};
use super::verdict;
use crate::terminal::is_coloured;

/// The format of the JSON.
const FORMAT: &str = "tideover-drills/1";

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// For people.
pub(super) fn text(chosen: &[Chosen], played: &Played, told: &Told) -> anyhow::Result<()> {
    let mut text = String::new();
    if played.wanted > 1 {
        text += &table(chosen, played);
        text.push('\n');
    }
    if let Some(drill) = &told.drill {
        let paint = if is_coloured() { coloured } else { plain };
        text += &story_text(&drill.report(), &story(&drill.history), paint);
        text.push('\n');
    }
    if let Some(broken) = &told.broken {
        text += &what_is_broken(chosen, played, broken);
        text.push('\n');
    }
    text += &happened(chosen, played);
    text += &verdict(played);
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

fn table(chosen: &[Chosen], played: &Played) -> String {
    let names = chosen.iter().map(|one| one.scenario.name.chars().count());
    let width = names.max().unwrap_or_default().max("scenario".len());
    let heading =
        ["drills", "broken", "RTO p50", "p99", "max", "pause max", "RPO max", "lost", "settled"];
    let mut text = row("scenario", width, &heading.map(str::to_owned));
    for (one, summary) in chosen.iter().zip(&played.summaries) {
        text += &row(&one.scenario.name, width, &cells(summary));
    }
    text
}

/// The widths of the columns of numbers.
const COLUMNS: [usize; 9] = [7, 7, 9, 9, 9, 10, 9, 6, 8];

fn row(name: &str, width: usize, cells: &[String; 9]) -> String {
    let mut row = format!("{name:width$}");
    for (cell, width) in cells.iter().zip(COLUMNS) {
        write!(row, "{cell:>width$}").expect("writing to memory cannot fail");
    }
    row + "\n"
}

fn cells(summary: &Summary) -> [String; 9] {
    let rto = summary.rto();
    let rto = |of: fn(drill::Spread) -> u64| rto.map_or("-".to_owned(), |rto| seconds(of(rto)));
    let pause = summary.pause().map_or("-".to_owned(), |pause| seconds(pause.max));
    [
        summary.drills.to_string(),
        summary.violated.len().to_string(),
        rto(|rto| rto.p50),
        rto(|rto| rto.p99),
        rto(|rto| rto.max),
        pause,
        seconds(summary.rpo_max_ms),
        summary.totals.lost.to_string(),
        summary.totals.settled.to_string(),
    ]
}

/// Seconds as they fit into a table.
fn seconds(ms: u64) -> String {
    format!("{}.{} s", ms / 1_000, ms % 1_000 / 100)
}

/// What was broken, the short scenario, and how each is played again.
fn what_is_broken(chosen: &[Chosen], played: &Played, broken: &Broken) -> String {
    let mut text = String::new();
    if let Some(message) = &broken.panicked {
        text += &format!("the code under drill panicked: {message}\n\n");
    }
    let Broken { seed, shortened, .. } = broken;
    text += &format!(
        "the same rule is broken by this shorter scenario with seed {seed} (--shortened FILE.drill writes it):\n\n\
         {shortened}\nplay them again:\n"
    );
    for (one, summary) in chosen.iter().zip(&played.summaries) {
        if let Some((_, seed)) = summary.gravest {
            let more = match summary.violated.len() {
                1 => String::new(),
                number => format!("  # and {} more", number - 1),
            };
            text += &format!("  {}{more}\n", told::again(one, seed));
        }
    }
    text
}

/// Of one scenario how often each line happened; of several those that never did.
fn happened(chosen: &[Chosen], played: &Played) -> String {
    let mut text = String::new();
    for (one, summary) in chosen.iter().zip(&played.summaries) {
        for (when, line) in one.scenario.happenings.iter().zip(&summary.lines) {
            let (name, Happened { wanted, times }) = (&one.scenario.name, *line);
            if line.never() {
                text += &format!("NEVER HAPPENED in {wanted} drills of {name}: {when}\n");
            } else if chosen.len() == 1 && played.wanted > 1 {
                text += &format!("happened in {times} of {wanted} drills: {when}\n");
            }
        }
    }
    if text.is_empty() { text } else { text + "\n" }
}

fn verdict(played: &Played) -> String {
    let simulated_ms = played.summaries.iter().map(|summary| summary.simulated_ms).sum::<u64>();
    let (drills, violated) = (played.drills(), played.violated());
    let of = if played.is_stopped() {
        format!("stopped after {drills} of {} drills", played.wanted)
    } else {
        count(drills, "drill", "drills")
    };
    let is_whole = !played.is_stopped() && played.never() == 0;
    let kept = verdict::words(drills, is_whole, violated);
    let time = match simulated_ms {
        ..DAY_MS => Seconds(simulated_ms).to_string(),
        _ => format!("{}.{} days", simulated_ms / DAY_MS, simulated_ms % DAY_MS * 10 / DAY_MS),
    };
    format!("{kept}: {of}, {time} of two Regions\n")
}

fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

pub(super) fn plain(_: Topic, line: &str) -> String {
    line.to_owned()
}

pub(super) fn coloured(topic: Topic, line: &str) -> String {
    let colour = match topic {
        Topic::Fault | Topic::Alarm => "1;31",
        Topic::Scenario | Topic::Record => "33",
        Topic::Run => "36",
        Topic::Gate | Topic::Dns => "35",
        Topic::Ledger => "34",
        Topic::Traffic => "32",
        Topic::Action => return line.to_owned(),
    };
    format!("\x1b[{colour}m{line}\x1b[0m")
}

/// For programs.
pub(super) fn json(chosen: &[Chosen], played: &Played, told: &Told) -> anyhow::Result<()> {
    let scenarios =
        chosen.iter().zip(&played.summaries).map(|(one, summary)| scenario(one, summary));
    let value = json!({
        "format": FORMAT,
        "wanted": played.wanted,
        "drills": played.drills(),
        "violated": played.violated(),
        "scenarios": scenarios.collect::<Vec<_>>(),
        "broken": told.broken.as_ref().map(broken),
        "again": told.again,
        "told": told.drill.as_ref().map(|drill| drill.report().json()),
    });
    writeln!(std::io::stdout().lock(), "{value:#}")?;
    Ok(())
}

fn scenario(one: &Chosen, summary: &Summary) -> Value {
    let mut value = summary.json();
    value["name"] = json!(one.scenario.name);
    value["title"] = json!(one.scenario.title);
    let lines = one.scenario.happenings.iter().zip(&summary.lines).map(|(when, line)| {
        json!({"line": when.to_string(), "wanted": line.wanted, "happened": line.times})
    });
    value["lines"] = lines.collect();
    value
}

fn broken(broken: &Broken) -> Value {
    json!({
        "seed": broken.seed,
        "panicked": broken.panicked,
        "shortened": broken.shortened.to_string(),
    })
}

/// The drill that is told, as a page; none when it panicked.
pub(super) fn page(chosen: &[Chosen], played: &Played, told: &Told) -> Option<String> {
    let drill = told.drill.as_ref()?;
    let drills: Vec<(String, Summary)> = match played.wanted {
        1 => Vec::new(),
        _ => {
            let names = chosen.iter().map(|one| one.scenario.name.clone());
            names.zip(played.summaries.iter().cloned()).collect()
        }
    };
    let (report, story) = (drill.report(), story(&drill.history));
    let scenario = drill.scenario.to_string();
    let page = Page {
        report: &report,
        story: &story,
        scenario: &scenario,
        replay: &told.again,
        drills: &drills,
        played: drill::Played::Simulated,
    };
    Some(page.html())
}
