//! The plan as text, for `--dry-run`: a line for each action with all that is declared of it, and
//! below it what verifies it.

use std::fmt::Write as _;

use super::paragraph::{self, width};
use super::words::Words;
use super::{numbers, sentences};
use crate::action::{Action, ActionName};
use crate::plan::Plan;

/// No line is wider.
const COLUMNS: usize = 120;

/// The columns that calls share.
const CALLS: usize = 34;

/// Where the lines below an action begin.
const INDENT: &str = "    ";

/// The plan as text, at most 120 columns wide.
#[must_use]
pub fn text(plan: &Plan) -> String {
    let tables = [rows(&plan.actions, ""), rows(&plan.way_back, "B")];
    let widths = widths(tables.iter().flatten());
    let mut text = header(plan);
    text.push('\n');
    push_cells(&mut text, &HEADS.map(str::to_owned), &widths);
    let [forward, back] = &tables;
    for (row, action) in forward.iter().zip(&plan.actions) {
        if action.name == ActionName::PassPointOfNoReturn {
            text.push_str(&line_across());
        }
        push_row(&mut text, row, &widths);
        push_below(&mut text, plan, action);
    }
    text.push_str(WAY_BACK);
    for (row, action) in back.iter().zip(&plan.way_back) {
        push_row(&mut text, row, &widths);
        push_below(&mut text, plan, action);
    }
    text
}

const HEADS: [&str; 8] = ["#", "action", "Region", "calls", "plane", "effort", "limit", "tries"];

const WAY_BACK: &str = "\nthe way back, from anywhere above the point of no return:\n\n";

type Cells = [String; HEADS.len()];

/// The lines of an action: one, and another for each call after the first.
type Row = Vec<Cells>;

fn header(plan: &Plan) -> String {
    let mut text = String::new();
    for line in sentences::head(plan).iter().flat_map(|line| paragraph::lines(line, COLUMNS)) {
        let _ = writeln!(text, "{line}");
    }
    text
}

fn line_across() -> String {
    let words = " point of no return: what follows can only be finished ";
    let dashes = COLUMNS - width(words);
    format!("{}{words}{}\n", "─".repeat(dashes / 2), "─".repeat(dashes - dashes / 2))
}

fn rows(actions: &[Action], prefix: &str) -> Vec<Row> {
    let numbered = (1..).zip(actions);
    numbered.map(|(number, action)| row(&format!("{prefix}{number}"), action)).collect()
}

fn row(number: &str, action: &Action) -> Row {
    let mut calls = calls(action).into_iter();
    let (region, call, plane) =
        calls.next().unwrap_or_else(|| (action.region.to_string(), "-".to_owned(), "-"));
    let effort = if action.is_required() { "required" } else { "best effort" };
    let first = [
        number.to_owned(),
        action.name.to_string(),
        region,
        call,
        plane.to_owned(),
        effort.to_owned(),
        numbers::limit(action),
        numbers::attempts(action),
    ];
    let more = calls.map(|(region, call, plane)| {
        let mut cells = Cells::default();
        [cells[2], cells[3], cells[4]] = [region, call, plane.to_owned()];
        cells
    });
    std::iter::once(first).chain(more).collect()
}

/// Region, what is called there, and its plane. Calls that differ in the operation only share a line
/// as long as it is short.
fn calls(action: &Action) -> Vec<(String, String, &'static str)> {
    let mut lines: Vec<(String, String, &'static str)> = Vec::new();
    let mut last = None;
    for call in &action.calls {
        let alike = Some((call.service, call.plane, &call.region));
        match lines.last_mut() {
            Some((_, line, _)) if last == alike && width(line) + 2 + width(call.api) <= CALLS => {
                let _ = write!(line, ", {}", call.api);
            }
            _ => {
                let line = format!("{} {}", call.service.as_str(), call.api);
                lines.push((call.region.to_string(), line, call.plane.as_str()));
            }
        }
        last = alike;
    }
    lines
}

fn widths<'r>(rows: impl Iterator<Item = &'r Row>) -> [usize; HEADS.len()] {
    let mut widths = HEADS.map(width);
    for cells in rows.flatten() {
        for (widest, cell) in widths.iter_mut().zip(cells) {
            *widest = width(cell).max(*widest);
        }
    }
    widths
}

fn push_row(text: &mut String, row: &Row, widths: &[usize]) {
    for cells in row {
        push_cells(text, cells, widths);
    }
}

fn push_cells(text: &mut String, cells: &Cells, widths: &[usize]) {
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        let _ = write!(line, "{cell:width$}  ");
    }
    let _ = writeln!(text, "{}", line.trim_end());
}

fn push_below(text: &mut String, plan: &Plan, action: &Action) {
    let verified = format!("verified: {}", Words::of(plan, action).verification);
    for paragraph in sentences::notes(action).into_iter().chain([verified]) {
        for line in paragraph::lines(&paragraph, COLUMNS - INDENT.len()) {
            let _ = writeln!(text, "{INDENT}{line}");
        }
    }
}
