//! Where a run stands, for programs: what `runs` lists, and what is told when a command about a run ends.

use std::io::{Write, stdout};

use fence::{Author, Millis, RunId};
use report::Report;
use runbook::{Action, Next, approvers};
use serde_json::{Value, json};

use crate::args::Output;
use crate::live::on::On;
use crate::live::runs::{Known, find};
use crate::serve::clock;

/// Where a run stands.
pub(crate) fn standing(known: &Known) -> Value {
    let (entries, now) = (&known.entries, Millis(clock().as_ms()));
    let version = env!("CARGO_PKG_VERSION");
    let Some(report) = Report::of(entries, &report::Known::default(), now, version) else {
        return json!({"run": known.run.as_str()});
    };
    let run = report.run;
    let mut told = json!({
        "run": run.id,
        "kind": run.kind,
        "source": run.source,
        "target": run.target,
        "by": run.initiator,
        "planned_at": run.planned_at,
        "status": run.status,
        "standing": run.standing,
    });
    if let Some(waits_for) = waits_for(known, now) {
        told["waits_for"] = waits_for;
    }
    told
}

/// What people are waited for.
fn waits_for(known: &Known, now: Millis) -> Option<Value> {
    Some(match known.next() {
        Next::Approval { action, .. } => {
            let by = approvers(&known.entries, action.name, now);
            let by: Vec<&str> = by.into_iter().map(Author::as_str).collect();
            json!({"what": "approval", "action": name(action), "needed": action.approvers, "approved_by": by})
        }
        Next::Person { action, failure } => json!({
            "what": "decision",
            "action": name(action),
            "failure": failure.to_string(),
            "is_skippable": action.is_skippable,
        }),
        Next::Paused { by } => json!({"what": "resume", "paused_by": by.as_str()}),
        _ => return None,
    })
}

fn name(action: &Action) -> &'static str {
    action.name.as_str()
}

/// Where a run stands at the end of a command about it, on one line, if programs are told.
pub(crate) async fn tell_standing(on: &On, run: &RunId, output: Output) -> anyhow::Result<()> {
    if output == Output::Json {
        let known = find(on, run.as_str()).await?;
        writeln!(stdout().lock(), "{}", standing(&known))?;
    }
    Ok(())
}
