//! Rules about what carries out a takeover.

mod drivers;
mod events_in_both_regions;
mod in_target_region;
mod no_cross_region;
mod standard_workflow;

use crate::rule::{Rule, RunTime, Severity};

/// Sorted by code.
pub(super) const RULES: &[Rule] = &[
    events_in_both_regions::RULE,
    in_target_region::RULE,
    no_cross_region::RULE,
    standard_workflow::RULE,
];

const fn run_time(
    code: &'static str,
    severity: Severity,
    rule: &'static str,
    why: &'static str,
    checked: &'static str,
    source: &'static str,
) -> RunTime {
    RunTime { code, severity, rule, why, checked, source }
}

/// Rules that no template can show to be kept. Sorted by code.
pub(super) const RUN_TIME: &[RunTime] = &[
    run_time(
        "human-approval-before-loss",
        Severity::Error,
        "A named person approves the loss of data, seeing the lag, the estimate of lost transactions, the state of \
         the fence and the alternatives; the approval ends after a time and is logged",
        "otherwise nobody owns the decision to lose records of customers' money",
        "by the record of approvals of each run",
        "ARC Region switch guide, \"Manual approval execution block\"",
    ),
    run_time(
        "orchestrator-second-path",
        Severity::Error,
        "The same runbook runs from an operator's machine, with Regional endpoints and credentials made beforehand",
        "one broken service blocks the whole recovery",
        "by a drill that does without the usual orchestrator",
        "AWS Fault Isolation Boundaries, \"Global services\"",
    ),
    run_time(
        "runbook-data-plane-only",
        Severity::Error,
        "A failover calls control planes only where there is nothing else: `FailoverGlobalCluster` and its descriptions \
         and `UpdateEventSourceMapping`, both in the Region that takes over. The runbook counts them and shows them",
        "each call to a control plane is a chance to be stuck",
        "by comparing the calls of the runbook with the list of control planes; `tideover` tests its own plans so",
        "Well-Architected Framework, Reliability Pillar, \"Rely on the data plane and not the control plane during \
         recovery\"",
    ),
    run_time(
        "runbook-old-region-steps-optional",
        Severity::Blocker,
        "In a failover, steps that touch the lost Region are best effort, with short time-outs, and never block",
        "waiting for a dead Region eats up the time to recover",
        "by the plan (each such step goes on after its time-out) and by a drill with a dead Region",
        "ARC Region switch guide, \"Graceful and ungraceful execution\"",
    ),
    run_time(
        "runbook-single-runner",
        Severity::Blocker,
        "One run at a time, by a conditional write to the strongly consistent control table; a second one is refused \
         with the id of the first",
        "two operators drive in opposite directions",
        "by a drill with two operators at once",
        "Amazon DynamoDB Developer Guide, \"How DynamoDB global tables work\"",
    ),
    run_time(
        "runbook-steps-idempotent",
        Severity::Blocker,
        "Each step observes, decides, acts and verifies; it may run again after a crash, and notes its state with a \
         conditional write under the run's epoch",
        "crashes and repetitions happen exactly then",
        "by a drill that kills the runner at every step boundary",
        "AWS Step Functions Developer Guide, \"Choosing workflow type in Step Functions\"",
    ),
];
