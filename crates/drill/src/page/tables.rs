//! The tables of a page.

use html::{Column, Markup, table};

use super::Table;
use crate::judge::{RowFate, Seconds};
use crate::report::{ActionReport, Ending, LossRow, Report, RunReport, Spread, Summary};
use crate::story::{StoryLine, Topic};
use crate::words;

/// Every row that a promotion lost, with what became of it.
pub(super) fn loss(report: &Report) -> Markup {
    let rows = &report.loss.rows;
    if rows.is_empty() {
        return Markup::literal(
            "<p>No row was lost: RPO 0. What the old writer had committed, the new one has.</p>\n",
        );
    }
    let columns = [
        Column::Words("Payment or refund"),
        Column::Words("Idempotency key"),
        Column::Number("Amount"),
        Column::Number("Committed"),
        Column::Number("Acknowledged"),
        Column::Number("Money moved"),
        Column::Number("Held"),
        Column::Number("Settled"),
        Column::Words("Became"),
    ];
    let caption = format!(
        "{} of the ledger. Each row was named before it was lost: its intent is in the strongly \
         consistent store.",
        Seconds(report.loss.rpo_ms)
    );
    table(&caption, &columns, &rows.iter().map(lost).collect::<Vec<_>>())
}

fn lost(row: &LossRow) -> Vec<Markup> {
    let at = |at_ms: Option<u64>| Markup::text(at_ms.map_or("–".to_owned(), seconds));
    let key = row.key.as_deref().unwrap_or("no client was told of it");
    let class = match row.row.fate {
        RowFate::Gone => "alarm",
        RowFate::Settled | RowFate::Declined | RowFate::Refused => "good-word",
        RowFate::Open | RowFate::Held => "open-word",
    };
    vec![
        Markup::plain("code", Markup::text(row.row.movement)),
        Markup::plain("code", Markup::text(key)),
        Markup::text(row.money.map_or("–".to_owned(), |money| money.to_string())),
        at(row.row.committed_ms),
        at(row.row.acknowledged_ms),
        moved(row),
        at(row.held_ms),
        at(row.settled_ms),
        Markup::of_class("span", class, Markup::text(row.fate())),
    ]
}

fn moved(row: &LossRow) -> Markup {
    match row.moved_ms.as_slice() {
        [] => Markup::literal("never"),
        [once] => Markup::text(Seconds(*once)),
        more => Markup::of_class("span", "alarm", Markup::text(format!("{} times", more.len()))),
    }
}

fn seconds(at_ms: u64) -> String {
    Seconds(at_ms).to_string()
}

/// What live drills measured.
pub(super) fn measured(measured: &Table) -> Markup {
    let columns = measured.headings.iter().enumerate().map(|(number, heading)| match number {
        0 => Column::Words(heading),
        _ => Column::Number(heading),
    });
    let rows = measured.rows.iter();
    let rows = rows.map(|cells| cells.iter().map(Markup::text).collect::<Vec<_>>());
    table(&measured.title, &columns.collect::<Vec<_>>(), &rows.collect::<Vec<_>>())
}

/// The story line by line.
pub(super) fn story(lines: &[StoryLine]) -> Markup {
    let columns = [Column::Number("Time"), Column::Words("What about"), Column::Words("What")];
    let rows = lines.iter().map(|line| {
        let class = match line.topic {
            Topic::Fault | Topic::Alarm => "alarm",
            Topic::Action => "columns",
            _ => "told",
        };
        vec![
            Markup::text(Seconds(line.at_ms)),
            Markup::of_class("span", "topic", Markup::text(line.topic.as_str())),
            Markup::of_class("span", class, Markup::text(&line.text)),
        ]
    });
    table(
        "Small events are summed up where the last of them was.",
        &columns,
        &rows.collect::<Vec<_>>(),
    )
}

/// Every run with its actions.
pub(super) fn runs(report: &Report) -> Markup {
    if report.runs.is_empty() {
        return Markup::literal("<p>There was no run.</p>\n");
    }
    report.runs.iter().map(run).collect()
}

fn run(run: &RunReport) -> Markup {
    let way = run.route.map_or(String::new(), |route| {
        let (source, target) = (route.source.region(), route.target.region());
        format!(": {} {source} → {target}, epoch {}", route.kind, route.epoch)
    });
    let ending = match &run.ending {
        Ending::NotBegun(reasons) => format!("not begun: {reasons}"),
        other => other.as_str().to_owned(),
    };
    let planned = Seconds(run.planned_ms);
    let text = format!("{}{way}, asked for at {planned}, {ending}", run.run);
    let heading = Markup::plain("h3", Markup::text(text)).line();
    if run.actions.is_empty() {
        return heading;
    }
    let columns = [
        Column::Words("Action"),
        Column::Words("Phase"),
        Column::Words("Region"),
        Column::Number("Began"),
        Column::Number("Took"),
        Column::Number("Attempts"),
        Column::Words("Outcome"),
    ];
    let rows: Vec<_> = run.actions.iter().map(action).collect();
    heading.then(table("The actions in the order in which they began.", &columns, &rows))
}

fn action(action: &ActionReport) -> Vec<Markup> {
    vec![
        Markup::plain("code", Markup::text(action.name)),
        Markup::text(action.stage.as_str()),
        Markup::of_class("span", "keep", Markup::text(&action.region)),
        Markup::text(Seconds(action.began_ms)),
        Markup::text(action.took_ms().map_or("–".to_owned(), seconds)),
        Markup::text(action.attempts),
        Markup::text(words::outcome(&action.outcome)),
    ]
}

/// How much of everything there was.
pub(super) fn totals(report: &Report) -> Markup {
    let columns = [Column::Words("What"), Column::Number("How many")];
    let rows = report
        .totals
        .named()
        .map(|(_, words, number)| vec![Markup::literal(words), Markup::text(number)]);
    table("Over the whole drill.", &columns, &rows)
}

/// All drills, a line for each scenario.
pub(super) fn drills(drills: &[(String, Summary)]) -> Markup {
    let columns = [
        Column::Words("Scenario"),
        Column::Number("Drills"),
        Column::Number("Broken"),
        Column::Number("RTO p50"),
        Column::Number("RTO p99"),
        Column::Number("RTO max"),
        Column::Number("Pause max"),
        Column::Number("RPO max"),
        Column::Number("Rows lost"),
        Column::Number("Settled"),
    ];
    let rows: Vec<_> = drills.iter().map(|(name, summary)| drill(name, summary)).collect();
    table("Every drill that was played along with this one.", &columns, &rows)
}

fn drill(name: &str, summary: &Summary) -> Vec<Markup> {
    let rto = summary.rto();
    let of = |spread: Option<Spread>, of: fn(Spread) -> u64| {
        Markup::text(spread.map_or("–".to_owned(), |spread| seconds(of(spread))))
    };
    let class = if summary.violated.is_empty() { "held" } else { "alarm" };
    vec![
        Markup::plain("code", Markup::text(name)),
        Markup::text(summary.drills),
        Markup::of_class("span", class, Markup::text(summary.violated.len())),
        of(rto, |spread| spread.p50),
        of(rto, |spread| spread.p99),
        of(rto, |spread| spread.max),
        of(summary.pause(), |spread| spread.max),
        Markup::text(Seconds(summary.rpo_max_ms)),
        Markup::text(summary.totals.lost),
        Markup::text(summary.totals.settled),
    ]
}
