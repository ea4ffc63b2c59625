//! What came of live drills, as text, as JSON and as a page.

use std::io::Write as _;
use std::path::Path;

use drill::{Page, Played as Where, story, story_text};
use serde_json::json;

use super::played::{Played, Told};
use crate::args::DrillArgs;
use crate::commands::drill::chosen::Chosen;
use crate::commands::drill::print::{coloured, plain};
use crate::commands::drill::{told, verdict};
use crate::terminal::is_coloured;

/// For people.
pub(super) fn text(args: &DrillArgs, chosen: &[Chosen], played: &Played) -> anyhow::Result<()> {
    let mut text = String::new();
    if let Some(told) = &played.told {
        let measured = &told.rehearsed.measured;
        let paint = if is_coloured() { coloured } else { plain };
        text += &story_text(&measured.report, &story(&measured.history), paint);
        text += &format!("\nplay it again: {}\n\n", again(args, chosen, told));
    }
    if played.drills() > 0 {
        text += &played.summaries.text();
        text.push('\n');
    }
    for (drill, violation) in &played.violations {
        text += &format!("{drill}: {}: {violation}\n", violation.name());
    }
    for failure in &played.failures {
        text += &format!("came to nothing: {failure}\n");
    }
    text += &verdict(played);
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

fn verdict(played: &Played) -> String {
    let (drills, broken, failures) = (played.drills(), played.broken(), played.failures.len());
    let number = format!("{drills} of {} live drills", played.wanted);
    let failed = match failures {
        0 => String::new(),
        _ => format!(", {failures} CAME TO NOTHING"),
    };
    let is_whole = drills == played.wanted && failures == 0;
    format!("{}: {number}{failed}\n", verdict::words(drills, is_whole, broken))
}

/// For programs.
pub(super) fn json(
    args: &DrillArgs,
    chosen: &[Chosen],
    played: &Played,
    kept: Option<&Path>,
) -> anyhow::Result<()> {
    let mut value = played.summaries.json();
    let violations = played.violations.iter().map(|(drill, violation)| {
        json!({ "drill": drill, "rule": violation.name(), "text": violation.to_string() })
    });
    value["wanted"] = json!(played.wanted);
    value["violations"] = violations.collect();
    value["failures"] = json!(played.failures);
    value["evidence"] = json!(kept.map(|kept| kept.display().to_string()));
    value["again"] = json!(played.told.as_ref().map(|told| again(args, chosen, told)));
    value["told"] = json!(played.told.as_ref().map(|told| told.rehearsed.measured.report.json()));
    writeln!(std::io::stdout().lock(), "{value:#}")?;
    Ok(())
}

/// The drill that is told as a page, with what all drills measured; none when none was played.
pub(super) fn page(args: &DrillArgs, chosen: &[Chosen], played: &Played) -> Option<String> {
    let told = played.told.as_ref()?;
    let measured = &told.rehearsed.measured;
    let (story, tables) = (story(&measured.history), played.summaries.tables());
    let page = Page {
        report: &measured.report,
        story: &story,
        scenario: &measured.scenario.to_string(),
        replay: &again(args, chosen, told),
        drills: &[],
        played: Where::Live(&tables),
    };
    Some(page.html())
}

/// The command that plays a drill again, with as much load.
fn again(args: &DrillArgs, chosen: &[Chosen], told: &Told) -> String {
    format!("{} --live --rate {}", told::again(&chosen[told.at], told.seed), args.rate)
}
