//! Rules about global databases that only a running system, a runbook or a drill can show to be kept.

use crate::rule::{RunTime, Severity};

const DISASTER_RECOVERY: &str =
    "Amazon Aurora User Guide, \"Using switchover or failover in Amazon Aurora Global Database\"";
const UPGRADES: &str = "Amazon Aurora User Guide, \"Upgrading an Amazon Aurora global database\"";
const EVENTS: &str =
    "Amazon Aurora User Guide, \"Amazon RDS event categories and event messages for Aurora\"";

/// Sorted by code.
pub(super) const RULES: &[RunTime] = &[
    RunTime {
        code: "aurora-delete-order",
        severity: Severity::Warning,
        rule: "A global database is taken down step by step: secondaries are detached and deleted, then the primary, then the global cluster. Teardown is a runbook, not the deletion of a stack.",
        why: "Deletions stall half way, and leave orphans or a broken replication.",
        checked: "A drill takes an environment down and sees that nothing is left.",
        source: "Amazon Aurora User Guide, \"Deleting an Amazon Aurora global database\"",
    },
    RunTime {
        code: "aurora-detach-is-last-resort",
        severity: Severity::Error,
        rule: "A secondary is detached and promoted by itself only where versions differ, so that a managed failover is refused.",
        why: "It breaks the global database, its other secondaries must be removed, and two databases may take writes.",
        checked: "The runbook asks twice before it detaches.",
        source: DISASTER_RECOVERY,
    },
    RunTime {
        code: "aurora-expected-drift-list",
        severity: Severity::Error,
        rule: "After a role change drift detection is compared with a list of differences that are expected: `SourceDBClusterIdentifier` of the global cluster, `GlobalClusterIdentifier` of secondaries.",
        why: "People mend harmless drift, and detach a cluster by it.",
        checked: "The result of drift detection minus the list is shown after every role change.",
        source: "Public reports in the CloudFormation coverage roadmap, issues 1856 and 1857",
    },
    RunTime {
        code: "aurora-failback-is-switchover",
        severity: Severity::Error,
        rule: "The way back to the first Region is a switchover at a time that people choose, never automatic.",
        why: "An automatic return repeats the outage, and may lose data a second time.",
        checked: "The failback runbook begins with a person's decision and calls `SwitchoverGlobalCluster`.",
        source: DISASTER_RECOVERY,
    },
    RunTime {
        code: "aurora-failover-call-in-target-region",
        severity: Severity::Blocker,
        rule: "`FailoverGlobalCluster` is sent to the Region that is promoted, with the ARN of its cluster and with `AllowDataLoss`. Without that flag the same call is a switchover.",
        why: "A call to the lost Region never arrives, and a switchover waits for the dead primary.",
        checked: "The runbook's step shows endpoint, flag and the approval; a drill carries it out.",
        source: DISASTER_RECOVERY,
    },
    RunTime {
        code: "aurora-fencing-is-best-effort",
        severity: Severity::Blocker,
        rule: "The application has a fence of its own: Aurora's is tried only, and reports RDS-EVENT-0390 (done) or RDS-EVENT-0391 (timed out).",
        why: "For a while two Regions could accept payments.",
        checked: "The runbook branches on the event, and a drill is played with the one of the timeout.",
        source: EVENTS,
    },
    RunTime {
        code: "aurora-logical-slots",
        severity: Severity::Warning,
        rule: "Logical replication slots are looked after at every role change.",
        why: "Feeds of changes stop, or tell everything again, after the promotion.",
        checked: "The runbook lists the slots before and after.",
        source: DISASTER_RECOVERY,
    },
    RunTime {
        code: "aurora-no-dr-until-resync",
        severity: Severity::Error,
        rule: "After a failover there is no standby until the old primary was rebuilt as a secondary: RDS-EVENT-0241 came, and `SynchronizationStatus` is connected.",
        why: "A second failover in that time loses everything since the first.",
        checked: "Readiness is shown as not given, with an alarm, until both are seen.",
        source: DISASTER_RECOVERY,
    },
    RunTime {
        code: "aurora-rpo-param-blocks-major-upgrade",
        severity: Severity::Warning,
        rule: "`rds.global_db_rpo` is reset before a major upgrade, which is refused while it is set.",
        why: "The upgrade's window is lost to a refused call.",
        checked: "The upgrade's runbook asks the database for the parameter first.",
        source: UPGRADES,
    },
    RunTime {
        code: "aurora-stop-writes-first",
        severity: Severity::Error,
        rule: "Before a failover the application's writes are stopped, where they can be reached.",
        why: "There are fewer writes to lose, and less time with two writers.",
        checked: "The runbook closes the gate before it calls RDS.",
        source: DISASTER_RECOVERY,
    },
    RunTime {
        code: "aurora-switchover-only-when-healthy",
        severity: Severity::Blocker,
        rule: "`SwitchoverGlobalCluster` is for healthy systems: it is called in the Region of the primary, with all members available and a small lag. In an outage it fails or hangs.",
        why: "Minutes are lost with a call that cannot succeed.",
        checked: "The switchover's first step compares the members' state and lag, and refuses.",
        source: DISASTER_RECOVERY,
    },
];
