//! What came of many live drills: as text for people, as JSON for programs.

use std::fmt::Write as _;

use drill::{Part, Seconds, Spread};
use serde_json::{Value, json};

use super::statistics::Statistics;

/// The format of the JSON.
const FORMAT: &str = "tideover-live-drills/1";

/// How wide the first column of the tables is.
const NAME: usize = 28;

/// The drills of each scenario by its name, and all of them.
#[derive(Debug, Clone, Default)]
pub struct Summaries {
    /// In the order in which they were chosen.
    pub scenarios: Vec<(String, Statistics)>,
    /// All together.
    pub all: Statistics,
}

impl Summaries {
    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = self.scenarios_text();
        text.push('\n');
        text += &self.all.phases_text();
        text.push('\n');
        text += &self.all.counts_text();
        text
    }

    fn scenarios_text(&self) -> String {
        let heading = ["drills", "broken", "RTO p50", "p99", "max", "pause max", "RPO max", "lost"];
        let mut text = row("scenario", &heading.map(str::to_owned));
        let all = (self.scenarios.len() > 1).then_some(("all", &self.all));
        let each = self.scenarios.iter().map(|(name, one)| (name.as_str(), one));
        for (name, one) in each.chain(all) {
            text += &row(name, &cells(one));
        }
        text
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
    fn phases_text(&self) -> String {
        let [failovers, planned] = self.handovers();
        let heading = ["p50", "p99", "max"].map(str::to_owned);
        let mut text = row(&format!("RTO of {failovers} failovers"), &heading);
        for part in Part::ALL {
            text += &spread_row(&format!("  {}", part.as_str()), self.part(part));
        }
        text += &spread_row("  from loss to payment", self.rto());
        text += &row(&format!("pause of {planned} planned changes"), &heading);
        text += &spread_row("  of payments", self.clients_pause());
        text + &spread_row("  of the ledger", self.ledger_pause())
    }

    fn counts_text(&self) -> String {
        let counted = &self.counted;
        let offered = self.offered_least.map_or("unknown".to_owned(), |least| least.to_string());
        let lines = [
            ("acknowledged payments lost", counted.lost.to_string()),
            ("payments doubled", counted.doubled.to_string()),
            ("writes accepted under an old epoch", counted.old_epoch.to_string()),
            ("rows that promotions lost, all named by intents", counted.rows.to_string()),
            ("acknowledged, and gone without intents", counted.lost_without_intents.to_string()),
            ("payments acknowledged", self.totals.acknowledged.to_string()),
            ("offered in each second, at least", offered),
        ];
        let mut text = String::new();
        for (name, value) in lines {
            writeln!(text, "{name:48}{value:>10}").expect("writing to memory cannot fail");
        }
        text
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

fn spread_row(name: &str, spread: Option<Spread>) -> String {
    let cells = match spread {
        Some(spread) => [spread.p50, spread.p99, spread.max].map(shown),
        None => ["-", "-", "-"].map(str::to_owned),
    };
    row(name, &cells)
}

fn row(name: &str, cells: &[String]) -> String {
    let mut row = format!("{name:NAME$}");
    for cell in cells {
        write!(row, "{cell:>11}").expect("writing to memory cannot fail");
    }
    row + "\n"
}

fn shown(ms: u64) -> String {
    Seconds(ms).to_string()
}
