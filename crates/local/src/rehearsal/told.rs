//! What came of many live drills: as tables and text for people, as JSON for programs.

use std::collections::BTreeMap;

use drill::{Part, Seconds, Spread, Table};
use serde_json::{Value, json};

use super::statistics::Statistics;

/// The format of the JSON.
const FORMAT: &str = "tideover-live-drills/1";

/// The drills of each scenario by its name, and all of them.
#[derive(Debug, Clone, Default)]
pub struct Summaries {
    /// In the order in which they were chosen.
    pub scenarios: Vec<(String, Statistics)>,
    /// All together.
    pub all: Statistics,
}

impl Summaries {
    /// For people, who see the payments that were lost by their outcomes only.
    #[must_use]
    pub fn text(&self) -> String {
        let tables = [self.each(), self.all.phases(), self.all.counts(), self.all.outcomes()];
        let texts: Vec<String> = tables.iter().map(text).collect();
        texts.join("\n")
    }

    /// For a page, with every payment that was lost.
    #[must_use]
    pub fn tables(&self) -> Vec<Table> {
        vec![self.each(), self.all.phases(), self.all.counts(), self.all.payments()]
    }

    fn each(&self) -> Table {
        let all = (self.scenarios.len() > 1).then_some(("all", &self.all));
        let each = self.scenarios.iter().map(|(name, one)| (name.as_str(), one));
        let rows = each.chain(all).map(|(name, one)| row(name, cells(one)));
        Table {
            title: "Each scenario".to_owned(),
            headings: vec![
                "scenario",
                "drills",
                "broken",
                "RTO p50",
                "p99",
                "max",
                "pause max",
                "RPO max",
                "lost",
            ],
            rows: rows.collect(),
        }
    }

    /// For programs: `docs/drill.md` says what each field is.
    #[must_use]
    pub fn json(&self) -> Value {
        let scenarios = self.scenarios.iter().map(|(name, one)| {
            let mut value = one.json();
            value["name"] = json!(name);
            value
        });
        json!({
            "format": FORMAT,
            "scenarios": scenarios.collect::<Vec<_>>(),
            "all": self.all.json(),
        })
    }
}

impl Statistics {
    /// The phases of recovery, and the pauses of planned changes.
    fn phases(&self) -> Table {
        let [failovers, planned] = self.handovers();
        let parts = Part::ALL.into_iter();
        let parts = parts.map(|part| spread_row(part.as_str(), self.part(part)));
        let whole = [
            spread_row("from the loss to the first payment elsewhere", self.rto()),
            spread_row("planned: no payment acknowledged for", self.clients_pause()),
            spread_row("planned: no commit in the ledger for", self.ledger_pause()),
        ];
        Table {
            title: format!("{failovers} failovers, {planned} planned changes"),
            headings: vec!["phase", "p50", "p99", "max"],
            rows: parts.chain(whole).collect(),
        }
    }

    fn counts(&self) -> Table {
        let counted = &self.counted;
        let offered = self.offered_least.map_or("unknown".to_owned(), |least| least.to_string());
        let number = |name: &str, count: u64| row(name, [count.to_string()]);
        Table {
            title: "All drills".to_owned(),
            headings: vec!["what", "number"],
            rows: vec![
                number("acknowledged payments lost", counted.lost),
                number("payments doubled", counted.doubled),
                number("writes accepted under an old epoch", counted.old_epoch),
                number("rows that promotions lost, each named by its intent", counted.rows),
                number(
                    "of them acknowledged, and gone without intents",
                    counted.lost_without_intents,
                ),
                number("receipts that lost Regions had alone", self.receipts_alone[0]),
                number("of them in the other Region in the end", self.receipts_alone[1]),
                number("commits of which no event tells the epoch", self.unseen_epochs),
                number("lines of scenarios that never happened", self.unplayed),
                number("requests acknowledged", self.totals.acknowledged),
                row("payments offered in a second, at least", [offered]),
            ],
        }
    }

    fn outcomes(&self) -> Table {
        let mut outcomes: BTreeMap<&str, u64> = BTreeMap::new();
        for (_, lost) in &self.lost {
            *outcomes.entry(lost.outcome).or_default() += 1;
        }
        let rows = outcomes.into_iter().map(|(outcome, count)| row(outcome, [count.to_string()]));
        Table {
            title: "What became of what promotions lost".to_owned(),
            headings: vec!["outcome", "number"],
            rows: rows.collect(),
        }
    }

    fn payments(&self) -> Table {
        let rows = self.lost.iter().map(|(drill, lost)| {
            let key = lost.key.clone().unwrap_or_else(|| "no client was told of it".to_owned());
            let told = if lost.was_acknowledged { "yes" } else { "no" }.to_owned();
            row(&lost.movement.to_string(), [drill.to_string(), key, told, lost.outcome.to_owned()])
        });
        Table {
            title: "Every payment and refund that a promotion lost".to_owned(),
            headings: vec!["payment or refund", "drill", "key", "was acknowledged", "became"],
            rows: rows.collect(),
        }
    }

    fn json(&self) -> Value {
        let [failovers, planned] = self.handovers();
        let parts = Part::ALL.into_iter();
        let parts = parts.map(|part| (part.as_str().to_owned(), json!(spread(self.part(part)))));
        let totals = self.totals.named().into_iter();
        json!({
            "drills": self.drills,
            "broken": self.broken,
            "failovers": failovers,
            "planned": planned,
            "rto_ms": spread(self.rto()),
            "parts_ms": parts.collect::<serde_json::Map<_, _>>(),
            "pause_of_payments_ms": spread(self.clients_pause()),
            "pause_of_ledger_ms": spread(self.ledger_pause()),
            "rpo_max_ms": self.rpo_max_ms,
            "acknowledged_lost": self.counted.lost,
            "doubled": self.counted.doubled,
            "under_old_epoch": self.counted.old_epoch,
            "unseen_epochs": self.unseen_epochs,
            "unplayed": self.unplayed,
            "receipts_alone": self.receipts_alone[0],
            "receipts_arrived": self.receipts_alone[1],
            "rows_lost": self.counted.rows,
            "acknowledged_lost_without_intents": self.counted.lost_without_intents,
            "offered_per_s_least": self.offered_least,
            "totals": totals.map(|(name, _, count)| (name.to_owned(), json!(count)))
                .collect::<serde_json::Map<_, _>>(),
            "lost": self.lost.iter().map(|(drill, row)| json!({
                "drill": drill,
                "movement": row.movement.to_string(),
                "key": row.key,
                "was_acknowledged": row.was_acknowledged,
                "outcome": row.outcome,
            })).collect::<Vec<_>>(),
        })
    }
}

fn spread(spread: Option<Spread>) -> Option<Value> {
    spread.map(|spread| json!({ "p50": spread.p50, "p99": spread.p99, "max": spread.max }))
}

fn cells(one: &Statistics) -> [String; 8] {
    let rto = one.rto();
    let rto = |of: fn(Spread) -> u64| rto.map_or("-".to_owned(), |rto| shown(of(rto)));
    [
        one.drills.to_string(),
        one.broken.to_string(),
        rto(|rto| rto.p50),
        rto(|rto| rto.p99),
        rto(|rto| rto.max),
        one.clients_pause().map_or("-".to_owned(), |pause| shown(pause.max)),
        shown(one.rpo_max_ms),
        one.counted.rows.to_string(),
    ]
}

fn spread_row(name: &str, spread: Option<Spread>) -> Vec<String> {
    let unmeasured = || ["-"; 3].map(str::to_owned);
    row(name, spread.map_or_else(unmeasured, |it| [it.p50, it.p99, it.max].map(shown)))
}

fn row<const N: usize>(name: &str, cells: [String; N]) -> Vec<String> {
    [name.to_owned()].into_iter().chain(cells).collect()
}

fn shown(ms: u64) -> String {
    Seconds(ms).to_string()
}

/// A table in columns: words from the left, numbers from the right. One without rows says nothing.
fn text(table: &Table) -> String {
    if table.rows.is_empty() {
        return String::new();
    }
    let headings: Vec<String> = table.headings.iter().map(|&heading| heading.to_owned()).collect();
    let lines: Vec<&Vec<String>> = [&headings].into_iter().chain(&table.rows).collect();
    let widths: Vec<usize> = (0..headings.len())
        .map(|at| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or_default())
        .collect();
    let mut text = format!("{}\n", table.title);
    for line in lines {
        let cells = line.iter().zip(&widths).enumerate();
        let cells = cells.map(|(number, (cell, &width))| match number {
            0 => format!("  {cell:width$}"),
            _ => format!("  {cell:>width$}"),
        });
        text += &cells.collect::<String>();
        text.push('\n');
    }
    text
}
