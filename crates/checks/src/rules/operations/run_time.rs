//! Rules about operations that only drills, reports and people can show to be kept.

use crate::rule::{RunTime, Severity};

const fn rule(
    code: &'static str,
    severity: Severity,
    rule: &'static str,
    why: &'static str,
    checked: &'static str,
    source: &'static str,
) -> RunTime {
    RunTime { code, severity, rule, why, checked, source }
}

const AURORA: &str =
    "Amazon Aurora User Guide, \"Using switchover or failover in Amazon Aurora Global Database\"";
const RELIABILITY: &str =
    "Well-Architected Framework, Reliability Pillar, \"Plan for Disaster Recovery (DR)\"";

/// Sorted by code.
pub(super) const RULES: &[RunTime] = &[
    rule(
        "ops-abort-and-rollback",
        Severity::Error,
        "Before the promotion every step can be undone; after it there is no way back, only completion or a later \
         switchover. The runbook shows the point of no return",
        "operators hesitate, or turn back when it is too late",
        "by the plan, which marks that point, and by drills that abort on both sides of it",
        AURORA,
    ),
    rule(
        "ops-drill-failures-included",
        Severity::Error,
        "Drills include what goes wrong: a lost Region whose writers live on, a fence that timed out, a refused \
         promotion, a killed orchestrator, a stuck DNS switch, too much lag, a denied key, too little capacity, failback, \
         two operators at once, a deployment over drift",
        "the path on which everything works is not the disaster",
        "by the list of scenarios and the date on which each passed",
        RELIABILITY,
    ),
    rule(
        "ops-drill-regularly",
        Severity::Error,
        "The recovery is exercised: a local drill at each change, a switchover in production and a failover in a test \
         environment each quarter",
        "a path that nobody walks is overgrown when it is needed",
        "by the date of the last drill that passed",
        RELIABILITY,
    ),
    rule(
        "ops-evidence-report",
        Severity::Error,
        "Each run yields a signed report: who, why, which plan and templates, preconditions, lag, loss, steps with times \
         and request ids, fence, DNS, measured RTO and RPO beside their targets, reconciliation, deviations, follow-ups",
        "auditors accept measured results, not plans",
        "by validating the report against its schema",
        "Regulation (EU) 2022/2554 (DORA), articles 11 and 12",
    ),
    rule(
        "ops-failback-preconditions",
        Severity::Error,
        "Going home waits until all members are connected, lag has been low for 30 minutes, replication is drained both \
         ways, reconciliation is closed, configuration is equal and a change window is approved",
        "going home too early is a second incident",
        "by the preconditions of the runbook, read from the running system",
        AURORA,
    ),
    rule(
        "ops-objectives-stated",
        Severity::Error,
        "RTO and RPO are stated for each capability (accept, ledger, notify, report) and each scenario, with measured \
         values beside the targets",
        "nobody can say whether the recovery succeeded",
        "by the file that states them and by the report of the last drill",
        RELIABILITY,
    ),
    rule(
        "ops-partial-failure-decision",
        Severity::Error,
        "The aid to decide tells apart one impaired service, an impaired Region whose database can be reached, and a lost \
         Region; a switchover is tried first, with a short time-out, only if the primary's RDS control plane answers",
        "a failover for a partial fault costs data for nothing",
        "by the runbook, and by drills of each of the three",
        AURORA,
    ),
    rule(
        "ops-report-in-two-places",
        Severity::Warning,
        "Reports are stored with Object Lock in the Region that is left, and outside of AWS",
        "the report must outlive the Region and the account",
        "by looking for the last report in both places",
        "Amazon S3 User Guide, \"Using S3 Object Lock\"",
    ),
];
