//! The plan as a page for people, who may have nothing but the AWS CLI.

mod commands;
mod intro;
mod orders;
mod preamble;
mod sql;
mod typed;

use std::fmt::Write as _;

use super::numbers::{self, is_point_of_no_return};
use super::paragraph;
use super::sentences;
use super::words::Words;
use crate::action::{Action, Call};
use crate::plan::Plan;

pub use preamble::Names;

/// Where lines of prose end.
const COLUMNS: usize = 118;

/// The plan as a page in Markdown, for a system of these names. It does not depend on the run's id.
#[must_use]
pub fn page(plan: &Plan, names: &Names) -> String {
    let mut page = format!("# {}\n\n", sentences::title(plan));
    for text in intro::paragraphs(plan) {
        push_paragraph(&mut page, &text);
    }
    push_preparation(&mut page, plan, names);
    push_overview(&mut page, plan);
    page.push_str("## The way forward\n\n");
    for (number, action) in (1..).zip(&plan.actions) {
        if is_point_of_no_return(action) {
            push_point_of_no_return(&mut page, plan);
        }
        push_action(&mut page, plan, &number.to_string(), action);
    }
    page.push_str("## The way back\n\n");
    push_paragraph(&mut page, &intro::way_back(plan));
    for (number, action) in (1..).zip(&plan.way_back) {
        push_action(&mut page, plan, &format!("B{number}"), action);
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

fn push_paragraph(page: &mut String, text: &str) {
    for line in paragraph::lines(text, COLUMNS) {
        let _ = writeln!(page, "{line}");
    }
    page.push('\n');
}

fn push_item(page: &mut String, head: &str, text: &str) {
    let lines = paragraph::lines(&format!("**{head}:** {text}"), COLUMNS - 2);
    for (number, line) in lines.iter().enumerate() {
        let _ = writeln!(page, "{} {line}", if number == 0 { "-" } else { " " });
    }
}

fn push_code(page: &mut String, code: &str) {
    let _ = write!(page, "```bash\n{}\n```\n\n", code.trim_end());
}

fn push_preparation(page: &mut String, plan: &Plan, names: &Names) {
    page.push_str("## Before you begin\n\n");
    for text in intro::conditions(plan) {
        let lines = paragraph::lines(text, COLUMNS - 2);
        for (number, line) in lines.iter().enumerate() {
            let _ = writeln!(page, "{} {line}", if number == 0 { "-" } else { " " });
        }
    }
    page.push('\n');
    push_paragraph(page, intro::TOOLS);
    push_code(page, &preamble::names(plan, names));
    push_paragraph(page, intro::FUNCTIONS);
    push_code(page, preamble::functions());
}

fn push_overview(page: &mut String, plan: &Plan) {
    page.push_str("## At a glance\n\n");
    page.push_str("| # | action | Region | effort | limit | attempts | notes |\n");
    page.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
    for (number, action) in (1..).zip(&plan.actions) {
        if is_point_of_no_return(action) {
            page.push_str("| | **point of no return** | | | | | |\n");
        }
        push_row(page, &number.to_string(), action);
    }
    page.push_str("| | **the way back** | | | | | |\n");
    for (number, action) in (1..).zip(&plan.way_back) {
        push_row(page, &format!("B{number}"), action);
    }
    page.push('\n');
    let calls = sentences::control_plane_calls(plan);
    push_paragraph(page, &format!("Control-plane calls that users wait for: {calls}."));
}

fn push_row(page: &mut String, number: &str, action: &Action) {
    let Action { name, region, .. } = action;
    let effort = if action.is_required() { "required" } else { "best effort" };
    let (limit, attempts) = (numbers::limit(action), numbers::attempts(action));
    let notes = sentences::notes(action).unwrap_or_default();
    let _ = writeln!(
        page,
        "| {number} | {name} | {region} | {effort} | {limit} | {attempts} | {notes} |"
    );
}

fn push_point_of_no_return(page: &mut String, plan: &Plan) {
    page.push_str("---\n\n");
    push_paragraph(page, &intro::point_of_no_return(plan));
    page.push_str("---\n\n");
}

fn push_action(page: &mut String, plan: &Plan, number: &str, action: &Action) {
    let words = Words::on_page(plan, action);
    let _ = write!(page, "### {number}. {}\n\n", action.name);
    push_paragraph(page, &words.does);
    let calls: Vec<String> = action.calls.iter().map(called).collect();
    let calls = if calls.is_empty() { "nothing".to_owned() } else { calls.join("; ") };
    push_item(page, "Calls", &calls);
    if let Some(due) = sentences::condition(action) {
        push_item(page, "When", &due);
    }
    push_item(page, "Before", &words.precondition);
    push_item(page, "Done when", &words.verification);
    push_item(page, "By hand", &words.by_hand);
    push_item(
        page,
        "When it fails",
        &format!("{} {}", sentences::on_failure(action), words.when_it_fails),
    );
    push_item(page, "Time", &numbers::time(action));
    let skip = if action.is_skippable {
        format!(
            "a person may leave it out: `tideover skip RUN {} --by NAME --reason TEXT`",
            action.name
        )
    } else {
        "never".to_owned()
    };
    push_item(page, "Skip", &skip);
    page.push('\n');
    push_code(page, &commands::commands(plan, action));
}

fn called(call: &Call) -> String {
    let (service, plane) = (call.service.as_str(), call.plane.as_str());
    format!("{service} {} ({plane} plane, {})", call.api, call.region)
}
