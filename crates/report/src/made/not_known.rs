//! What is not known, and why. Each `null` of a report is named here.

use super::{Source, loss, noted};
use crate::report::{NotKnown, Report};

/// What a list of the lost payments tells.
const LISTED: [&str; 4] = [
    "/loss/actual_movements",
    "/reconciliation/movements",
    "/reconciliation/outcomes",
    "/recovery/rpo/measured_ms",
];

pub(super) fn not_known(source: &Source<'_>, report: &Report) -> Vec<NotKnown> {
    let told = places(report).into_iter().filter(|(_, is_known, _)| !is_known);
    let told = told.map(|(what, _, why)| NotKnown {
        what: what.to_owned(),
        why: of_source(source, what).unwrap_or_else(|| why.to_owned()),
    });
    told.collect()
}

/// Why something is not known, where whoever was to know it has said so.
fn of_source(source: &Source<'_>, what: &str) -> Option<String> {
    let noted = || match what {
        "/alarms_at_decision" => noted::why_no_alarms(source.entries),
        _ => None,
    };
    let listed = || LISTED.contains(&what).then(|| loss::why_not_named(source)).flatten();
    source.known.why.get(what).cloned().or_else(noted).or_else(listed)
}

/// Every place that may be `null`: its JSON pointer, whether it is known, and why it usually is not.
fn places(report: &Report) -> Vec<(&'static str, bool, &'static str)> {
    let Report { loss, recovery, reconciliation, dns, .. } = report;
    let decision = if loss.may_lose {
        "the run did not learn it before it was decided"
    } else {
        "a run that loses nothing does not ask"
    };
    let opened = "the run has not told how much the opened ledger lacked";
    vec![
        ("/templates", report.templates.is_some(), "no templates were given"),
        ("/loss/lag_at_decision_ms", loss.lag_at_decision_ms.is_some(), decision),
        ("/loss/estimated_movements", loss.estimated_movements.is_some(), decision),
        ("/loss/actual_movements", loss.actual_movements.is_some(), opened),
        ("/api_calls", report.api_calls.is_some(), "no record of the calls was given"),
        ("/dns/before", dns.before.is_some(), "nobody kept what DNS answered before"),
        ("/dns/after", dns.after.is_some(), "nobody kept what DNS answered after"),
        (
            "/recovery/rto/target_ms",
            recovery.rto.target_ms.is_some(),
            "no file with objectives was given",
        ),
        (
            "/recovery/rto/measured_ms",
            recovery.rto.measured_ms.is_some(),
            "the run has opened no Region",
        ),
        (
            "/recovery/rpo/target_ms",
            recovery.rpo.target_ms.is_some(),
            "no file with objectives was given",
        ),
        (
            "/recovery/rpo/measured_ms",
            recovery.rpo.measured_ms.is_some(),
            "it is not known which payments were lost, or since when",
        ),
        ("/alarms", report.alarms.is_some(), "nobody asked for them"),
        (
            "/alarms_at_decision",
            report.alarms_at_decision.is_some(),
            "the run has not written down how they stood",
        ),
        (
            "/alarms_at_end",
            report.alarms_at_end.is_some(),
            "the run has not written down how they stood",
        ),
        (
            "/reconciliation/outcomes",
            reconciliation.outcomes.is_some(),
            "it is not known which payments were lost, if any",
        ),
        (
            "/reconciliation/movements",
            reconciliation.movements.is_some(),
            "it is not known which payments were lost, if any",
        ),
    ]
}
