//! The report as JSON, for programs: `docs/drill.md` says what each field means.
//!
//! Fields are only ever added; whoever takes one away or changes what it means writes another
//! number into `format`.

use serde_json::{Value, json};

use super::{
    ActionOutcome, ActionReport, Course, Ending, LossRow, Recovery, Report, Route, RunReport,
    Spread, Summary, Totals,
};
use crate::history::Site;
use crate::judge::Violation;
use crate::words;

/// The format of [`Report::json`].
const FORMAT: &str = "tideover-drill-report/1";

impl Report {
    /// For programs. The same report gives the same value.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "format": FORMAT,
            "scenario": self.scenario,
            "title": self.title,
            "seed": self.seed,
            "end_ms": self.end_ms,
            "left": self.left,
            "regions": { "primary": Site::Primary.region(), "standby": Site::Standby.region() },
            "violations": self.violations.iter().map(violation).collect::<Vec<_>>(),
            "rto_ms": self.rto_ms(),
            "recoveries": self.recoveries.iter().map(recovery).collect::<Vec<_>>(),
            "pause": { "from_ms": self.pause.from_ms, "until_ms": self.pause.until_ms },
            "rpo_ms": self.loss.rpo_ms,
            "lost": self.loss.rows.iter().map(lost).collect::<Vec<_>>(),
            "totals": totals(&self.totals),
            "runs": self.runs.iter().map(run).collect::<Vec<_>>(),
            "course": course(&self.course),
        })
    }
}

impl Summary {
    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let spread =
            |spread: Spread| json!({ "p50": spread.p50, "p99": spread.p99, "max": spread.max });
        json!({
            "drills": self.drills,
            "violated_seeds": self.violated,
            "rto_ms": self.rto().map(spread),
            "pause_ms": self.pause().map(spread),
            "rpo_max_ms": self.rpo_max_ms,
            "simulated_ms": self.simulated_ms,
            "totals": totals(&self.totals),
        })
    }
}

fn violation(violation: &Violation) -> Value {
    json!({
        "rule": violation.name(),
        "at_ms": violation.at_ms(),
        "text": violation.to_string(),
    })
}

fn totals(totals: &Totals) -> Value {
    totals.named().into_iter().map(|(name, _, count)| (name.to_owned(), json!(count))).collect()
}

fn recovery(recovery: &Recovery) -> Value {
    let parts = recovery.parts.iter();
    json!({
        "run": recovery.run,
        "route": route(&recovery.route),
        "cause": recovery.cause,
        "began_ms": recovery.began_ms,
        "served_ms": recovery.served_ms,
        "was_felt": recovery.was_felt,
        "rto_ms": recovery.rto_ms(),
        "parts": parts
            .map(|(part, took_ms)| json!({ "part": part.as_str(), "took_ms": took_ms }))
            .collect::<Vec<_>>(),
    })
}

fn route(route: &Route) -> Value {
    json!({
        "kind": route.kind.as_str(),
        "source": route.source.region(),
        "target": route.target.region(),
        "epoch": route.epoch,
    })
}

fn lost(row: &LossRow) -> Value {
    json!({
        "movement": row.row.movement.to_string(),
        "request": row.request,
        "key": row.key,
        "minor_units": row.money.map(|money| money.amount.minor_units()),
        "currency": row.money.map(|money| money.currency.to_string()),
        "committed_ms": row.row.committed_ms,
        "acknowledged_ms": row.row.acknowledged_ms,
        "moved_ms": row.moved_ms,
        "lost_ms": row.row.promoted.ms,
        "held_ms": row.held_ms,
        "settled_ms": row.settled_ms,
        "fate": row.fate(),
    })
}

fn run(run: &RunReport) -> Value {
    let reasons = match &run.ending {
        Ending::NotBegun(reasons) => Some(reasons),
        Ending::Closed | Ending::Aborted | Ending::Open => None,
    };
    json!({
        "run": run.run,
        "route": run.route.as_ref().map(route),
        "planned_ms": run.planned_ms,
        "ending": run.ending.as_str(),
        "reasons": reasons,
        "actions": run.actions.iter().map(action).collect::<Vec<_>>(),
    })
}

fn action(action: &ActionReport) -> Value {
    let outcome = match action.outcome {
        ActionOutcome::Done(_) => "done",
        ActionOutcome::Failed(_) => "failed",
        ActionOutcome::Skipped(_) => "skipped",
        ActionOutcome::Approved(_) | ActionOutcome::Begun => "begun",
    };
    json!({
        "action": action.name.as_str(),
        "stage": action.stage.as_str(),
        "region": action.region,
        "attempts": action.attempts,
        "began_ms": action.began_ms,
        "ended_ms": action.ended_ms,
        "outcome": outcome,
        "said": words::outcome(&action.outcome),
    })
}

fn course(course: &Course) -> Value {
    json!({
        "happenings": course.happenings.iter().map(|happening| json!({
            "at_ms": happening.at_ms,
            "line": happening.line,
            "is_fault": happening.is_fault,
        })).collect::<Vec<_>>(),
        "gates": course.gates.iter().map(|gate| json!({
            "region": gate.site.region(),
            "epoch": gate.epoch,
            "from_ms": gate.from_ms,
            "until_ms": gate.until_ms,
            "reason": gate.reason,
        })).collect::<Vec<_>>(),
        "dns": course.dns.iter().map(|dns| json!({
            "region": dns.site.region(),
            "from_ms": dns.from_ms,
            "until_ms": dns.until_ms,
        })).collect::<Vec<_>>(),
        "lag": course.lag.iter().map(|point| json!({
            "at_ms": point.at_ms,
            "lag_ms": point.lag_ms,
        })).collect::<Vec<_>>(),
        "bin_ms": course.bin_ms,
        "traffic": course.traffic.iter().map(|bin| json!({
            "primary": bin.by_primary,
            "standby": bin.by_standby,
            "put_off": bin.put_off,
            "unanswered": bin.unanswered,
        })).collect::<Vec<_>>(),
    })
}
