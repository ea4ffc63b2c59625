//! The report as text: the lines that a story ends with.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{LossRow, Recovery, Report};
use crate::judge::{RowFate, Seconds};
use crate::words;

/// How wide the words before the figures are.
const LABEL: usize = 9;

impl Report {
    /// For people: verdict, RTO, RPO, pause, lost rows. Lines are at most 110 wide.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.verdict(&mut text);
        self.recovery(&mut text);
        self.pause(&mut text);
        self.loss(&mut text);
        text
    }

    fn verdict(&self, text: &mut String) {
        match self.violations.len() as u64 {
            0 => line(text, "verdict", "every rule was kept"),
            number => {
                line(text, "verdict", &words::count(number, "RULE WAS BROKEN", "RULES WERE BROKEN"))
            }
        }
        for violation in &self.violations {
            line(text, "", &format!("{}: {violation}", violation.name()));
        }
        for left in &self.left {
            line(text, "not over", left);
        }
    }

    fn recovery(&self, text: &mut String) {
        if self.recoveries.is_empty() {
            line(text, "RTO", "no run changed the active Region");
        }
        for recovery in &self.recoveries {
            line(text, "RTO", &rto(recovery));
            let more = match recovery.rto_ms() {
                Some(_) => parts(recovery),
                None => unmeasured(recovery),
            };
            line(text, "", &more);
        }
    }

    fn pause(&self, text: &mut String) {
        let (length, from) = (Seconds(self.pause_ms()), Seconds(self.pause.from_ms));
        line(
            text,
            "pause",
            &format!("{length} from {from}: the longest without an acknowledgement"),
        );
    }

    fn loss(&self, text: &mut String) {
        let rows = &self.loss.rows;
        if rows.is_empty() {
            return line(text, "RPO", "0: no row was lost");
        }
        let (time, number) = (Seconds(self.loss.rpo_ms), rows.len() as u64);
        let lost = words::count(number, "row was lost", "rows were lost");
        line(text, "RPO", &format!("{time} of the ledger: {lost}; {}", fates(rows)));
        for row in [lost_heading()].into_iter().chain(rows.iter().map(lost_row)) {
            writeln!(text, "{row}").expect("writing to memory cannot fail");
        }
    }
}

fn line(text: &mut String, label: &str, what: &str) {
    for (number, part) in words::wrapped(what, words::WIDTH - LABEL - 1).iter().enumerate() {
        let row = match number {
            0 => format!("{label:LABEL$} {part}"),
            _ => format!("{:LABEL$}   {part}", ""),
        };
        writeln!(text, "{row}").expect("writing to memory cannot fail");
    }
}

fn rto(recovery: &Recovery) -> String {
    let route = recovery.route;
    let kind = route.kind;
    let way = format!("{kind} {} → {}", route.source.region(), route.target.region());
    let from = match &recovery.cause {
        Some(cause) => format!("after {}", words::happened(cause)),
        None => "planned".to_owned(),
    };
    match recovery.rto_ms() {
        Some(rto_ms) => format!("{}: {way}, {from}", Seconds(rto_ms)),
        None => format!("not measured: {way}, {from}"),
    }
}

/// Why there is no RTO.
pub(crate) fn unmeasured(recovery: &Recovery) -> String {
    match recovery.served_ms {
        Some(ms) => format!("nobody had asked in vain before {}", Seconds(ms)),
        None => "no payment was acknowledged any more".to_owned(),
    }
}

fn parts(recovery: &Recovery) -> String {
    let digits = |ms: u64| format!("{}.{:03}", ms / 1_000, ms % 1_000);
    let parts = recovery.parts.iter();
    let parts = parts.map(|(part, took_ms)| format!("{} {}", part.as_str(), digits(*took_ms)));
    format!("= {}", parts.collect::<Vec<_>>().join(" + "))
}

/// How many rows came to which end.
fn fates(rows: &[LossRow]) -> String {
    let mut counts: BTreeMap<(RowFate, &'static str), u64> = BTreeMap::new();
    for row in rows {
        *counts.entry((row.row.fate, row.fate())).or_default() += 1;
    }
    let counts = counts.iter().map(|((_, fate), number)| format!("{number} {fate}"));
    counts.collect::<Vec<_>>().join(", ")
}

fn lost_heading() -> String {
    let cells = ["request", "amount", "acknowledged", "money moved", "settled"];
    lost_columns("lost row", cells, "became")
}

fn lost_row(row: &LossRow) -> String {
    let request = row.request.map_or("unknown".to_owned(), |request| request.to_string());
    let money = row.money.map_or("unknown".to_owned(), |money| money.to_string());
    let acknowledged =
        row.row.acknowledged_ms.map_or("never".to_owned(), |ms| Seconds(ms).to_string());
    let moved = moved(row);
    let settled = row.settled_ms.map_or("no".to_owned(), |ms| Seconds(ms).to_string());
    let cells = [request, money, acknowledged, moved, settled];
    let cells = cells.each_ref().map(String::as_str);
    lost_columns(&row.row.movement.to_string(), cells, row.fate())
}

fn lost_columns(id: &str, cells: [&str; 5], became: &str) -> String {
    let [request, money, acknowledged, moved, settled] = cells;
    format!(
        "  {id:<30}  {request:>7}  {money:>12}  {acknowledged:>12}  {moved:>11}  {settled:>10}  {became}"
    )
}

/// When the money of a lost row moved.
pub(crate) fn moved(row: &LossRow) -> String {
    match row.moved_ms.as_slice() {
        [] => "never".to_owned(),
        [once] => Seconds(*once).to_string(),
        more => format!("{} TIMES", more.len()),
    }
}
