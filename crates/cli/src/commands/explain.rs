//! `tideover explain`: what a rule wants, why, and what to change.

use std::io::Write;

use anyhow::Context;
use checks::output;
use checks::{Rule, RunTime, rules};
use serde_json::{Value, json};

use crate::args::{ExplainArgs, PageForm};
use crate::failure::with_hint;

pub(crate) fn explain(args: &ExplainArgs) -> anyhow::Result<()> {
    let text = match &args.rule {
        Some(code) => one(code, args.output)?,
        None => all(args.output),
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

fn one(code: &str, form: PageForm) -> anyhow::Result<String> {
    let text = output::explain(code, super::check::colour()).map_err(|error| {
        with_hint(error.to_string(), "type `tideover explain` for the list of all rules")
    })?;
    Ok(match form {
        PageForm::Text => text,
        PageForm::Json => {
            format!("{:#}\n", entry(code).context("a rule that is explained is one")?)
        }
        PageForm::Markdown => rules::find(code).map_or(text, output::page),
    })
}

fn all(form: PageForm) -> String {
    match form {
        PageForm::Markdown => output::index(),
        PageForm::Json => {
            let judged = rules::all().map(judged);
            let elsewhere = rules::run_time().map(elsewhere);
            format!("{:#}\n", json!({"rules": judged.chain(elsewhere).collect::<Vec<_>>()}))
        }
        PageForm::Text => {
            let judged = rules::all().map(|rule| (rule.code, rule.severity, rule.summary()));
            let elsewhere = rules::run_time().map(|rule| {
                (rule.code, rule.severity, format!("{} (no template shows it)", rule.rule))
            });
            let lines = judged.chain(elsewhere);
            lines
                .map(|(code, severity, summary)| format!("{severity:<7}  {code:<44}  {summary}\n"))
                .collect()
        }
    }
}

fn entry(code: &str) -> Option<Value> {
    let elsewhere = || rules::run_time().find(|rule| rule.code == code).map(elsewhere);
    rules::find(code).map(judged).or_else(elsewhere)
}

/// A rule as programs see it.
fn judged(rule: &Rule) -> Value {
    json!({
        "code": rule.code,
        "severity": rule.severity.word(),
        "consequence": rule.consequence.word(),
        "judged": true,
        "summary": rule.summary(),
        "why": rule.why,
        "page": output::page(rule),
    })
}

fn elsewhere(rule: &RunTime) -> Value {
    json!({
        "code": rule.code,
        "severity": rule.severity.word(),
        "judged": false,
        "summary": rule.rule,
        "why": rule.why,
        "checked": rule.checked,
        "source": rule.source,
    })
}
