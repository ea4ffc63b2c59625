//! Rules about tables that no template can show to be kept.

use crate::rule::{RunTime, Severity};

/// Sorted by code.
pub(super) const RULES: &[RunTime] = &[
    RunTime {
        code: "ddb-client-token-ten-minutes",
        severity: Severity::Error,
        rule: "Idempotency of payments does not rest on the client tokens of `TransactWriteItems`.",
        why: "A token lasts ten minutes and lives in one Region: a retry after the takeover runs again.",
        checked: "By a review of the code, and by a drill that repeats a request in the other Region.",
        source: "Amazon DynamoDB Developer Guide, \"Amazon DynamoDB Transactions: How it works\"",
    },
    RunTime {
        code: "ddb-evacuation-wait",
        severity: Severity::Error,
        rule: "A planned move stops the writes, waits about ten times the greatest recent `ReplicationLatency`, and only \
               then opens the other Region.",
        why: "No metric proves that everything has arrived, so that the new Region starts from old items.",
        checked: "In the runbook, which works out the wait from the metric while it runs.",
        source: "AWS Prescriptive Guidance, \"Using Amazon DynamoDB global tables\", evacuating a Region",
    },
    RunTime {
        code: "ddb-mrec-rpo-not-zero",
        severity: Severity::Error,
        rule: "Whoever takes over counts on missing items in eventually consistent tables, and on their return later: \
               old writes are held apart until they are looked at.",
        why: "Writes that had not arrived come back with the Region, and an old session or key surfaces hours later.",
        checked: "In the runbook, by a quarantine before the lost Region is let back; by drills with delayed \
                  replication.",
        source: "Amazon DynamoDB Developer Guide, \"Global tables\"",
    },
    RunTime {
        code: "ddb-one-replica-per-update",
        severity: Severity::Error,
        rule: "One update of a stack adds or removes one replica of an eventually consistent table, and nothing else.",
        why: "The update fails and rolls back into a table with half a replica.",
        checked: "By the change set before an update: one template does not show what was there before.",
        source: "AWS CloudFormation Template Reference, \"AWS::DynamoDB::GlobalTable\"",
    },
    RunTime {
        code: "ddb-table-to-globaltable-deletes",
        severity: Severity::Blocker,
        rule: "The type of a table is never changed in place from `AWS::DynamoDB::Table` to \
               `AWS::DynamoDB::GlobalTable`: retain it, remove it from the stack, add the replica, import it.",
        why: "The change may delete the table with everything in it.",
        checked: "By `cdk diff` or a change set against the deployed stack: one template does not show what was there \
                  before.",
        source: "Amazon DynamoDB Developer Guide, \"Best practices for global tables\"",
    },
    RunTime {
        code: "ddb-transactions-one-region",
        severity: Severity::Error,
        rule: "Nothing in the other Region rests on seeing all of a transaction at once.",
        why: "A transaction is whole only where it was made; the other Region can read half of it after the takeover.",
        checked: "By a review of the code that reads, and by drills that stop replication between two items.",
        source: "Amazon DynamoDB Developer Guide, \"Global tables\"",
    },
    RunTime {
        code: "ddb-version-2019",
        severity: Severity::Blocker,
        rule: "Global tables are of version 2019.11.21.",
        why: "The older version is neither managed by CloudFormation nor has the settings that recovery needs.",
        checked: "At run time: `DescribeTable` answers `GlobalTableVersion: 2019.11.21`. Tables that CloudFormation made \
                  always are.",
        source: "Amazon DynamoDB Developer Guide, \"Global tables\"",
    },
];
