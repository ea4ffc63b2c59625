//! Rules about payments that only code, tests, drills and the running system can show to be kept.

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

const OUTBOX: &str = "AWS Prescriptive Guidance, \"Transactional outbox pattern\"";
const EVACUATION: &str =
    "Amazon DynamoDB Developer Guide, \"Evacuating a Region with global tables\"";

/// Sorted by code.
pub(super) const RULES: &[RunTime] = &[
    rule(
        "pay-at-most-once-external",
        Severity::Blocker,
        "External effects use an idempotency key that is derived from ours, never a new one for a try; once the \
         provider's window has passed, reconcile instead of trying again",
        "the provider cannot recognise our second try and charges twice",
        "by tests of the code that calls the provider, and by drills that cut the reply",
        "API references of the providers, such as Stripe, \"Idempotent requests\"",
    ),
    rule(
        "pay-clock-not-order",
        Severity::Error,
        "Money events are never ordered by wall clock across Regions, but by a sequence number for each account",
        "clocks that differ reorder debits and credits",
        "by reviewing the code that orders events, and by drills with skewed clocks",
        "Amazon DynamoDB Developer Guide, \"How DynamoDB global tables work\"",
    ),
    rule(
        "pay-control-store-two-endpoints",
        Severity::Error,
        "The gate and the writer of intents ask the strongly consistent replica of their own Region first and that of \
         the other Region second; the gate closes only when neither answers",
        "an outage of DynamoDB alone in one Region must not stop a Region whose database is fine, and a Region that is \
         cut off must stop nevertheless",
        "by two drills: DynamoDB down in one Region, and a Region cut off",
        "Amazon DynamoDB Developer Guide, \"How DynamoDB global tables work\"; AWS, \"Summary of the Amazon DynamoDB \
         Service Disruption in the Northern Virginia (US-EAST-1) Region\"",
    ),
    rule(
        "pay-double-entry-invariants",
        Severity::Blocker,
        "Transfers never change; debits equal credits in each currency and transaction; corrections are new entries; \
         amounts are whole minor units",
        "money that a lost tail created or destroyed goes unnoticed",
        "by a query of the invariants that gates the end of a failover",
        "TigerBeetle documentation, \"Debit/Credit\" and \"Transfer\"",
    ),
    rule(
        "pay-hash-chain",
        Severity::Warning,
        "The ledger's log is chained by hashes, so that a lost or changed tail can be proven after a failover",
        "a missing tail looks like a shorter history",
        "by verifying the chain up to the promoted tail",
        "Formance documentation, \"Ledger: hash logs\"",
    ),
    rule(
        "pay-idempotency-key-from-client",
        Severity::Blocker,
        "The client makes the key, stores it before it sends, and uses it again; the server keeps the first outcome \
         with a hash of the parameters and refuses the key with others",
        "a lost reply makes the client try again under a new key",
        "by contract tests, and by a drill that repeats requests across the switch",
        "Stripe API reference, \"Idempotent requests\"; TigerBeetle documentation, \"Reliable transaction submission\"",
    ),
    rule(
        "pay-idempotency-survives-region-loss",
        Severity::Blocker,
        "Keys can be read with certainty in the Region that takes over: from a strongly consistent table, or from the \
         ledger together with an intent there",
        "failover is when retries peak, and a key that was lost charges the customer twice",
        "by a drill that kills the primary after the commit and before replication, and repeats the request",
        "Amazon DynamoDB Developer Guide, \"How DynamoDB global tables work\"; Amazon Aurora User Guide, \"Using \
         switchover or failover in Amazon Aurora Global Database\"",
    ),
    rule(
        "pay-intent-before-effect",
        Severity::Blocker,
        "First the intent in the strongly consistent table, then the ledger's transaction with its outbox row, then the \
         call to the provider, then its result, then the intent's state",
        "otherwise nobody can even list what a lossy failover lost",
        "by tests that stop between every two steps",
        EVACUATION,
    ),
    rule(
        "pay-late-arrivals",
        Severity::Error,
        "What the old Region still delivers after it returned, such as old items and the rest of its queues, is refused \
         by epoch and by the state of the payment",
        "ghosts of old events change payments that are settled",
        "by a drill that revives the old Region",
        EVACUATION,
    ),
    rule(
        "pay-log-redaction",
        Severity::Error,
        "Logs are structured, with a list of allowed fields, and are redacted before they are exported, alike in both \
         Regions",
        "the standby's logs are the ones that nobody looked through",
        "by tests of the logger, and by samples of both Regions' logs",
        "PCI DSS 4.0.1, requirement 3",
    ),
    rule(
        "pay-notify-at-least-once",
        Severity::Warning,
        "Notifications carry an id that never changes, receivers drop what they had, and after a failover everything of \
         the last lag and a margin is sent again",
        "merchants ship twice or never",
        "by a drill that counts what receivers got",
        OUTBOX,
    ),
    rule(
        "pay-outbox",
        Severity::Blocker,
        "Events leave by an outbox row that was written in the same transaction, and consumers take them twice without \
         harm",
        "a crash between commit and publication loses events or invents them",
        "by tests of the code, and by a drill that delivers twice",
        OUTBOX,
    ),
    rule(
        "pay-outbox-not-replayed-by-old-epoch",
        Severity::Blocker,
        "Workers of the outbox carry the epoch, and a Region that returns publishes nothing that was left",
        "the returned Region sends everything once more",
        "by a drill that revives the old Region",
        "Martin Kleppmann, \"How to do distributed locking\"",
    ),
    rule(
        "pay-reconcile-after-loss",
        Severity::Blocker,
        "After an unplanned failover payments with unresolved intents are set apart, compared with the provider's \
         reports and the rescued snapshot, corrected by new entries and released, and the counts are published",
        "customers and providers remember what the ledger forgot",
        "by a step of the runbook, and by the counts in its report",
        EVACUATION,
    ),
    rule(
        "pay-split-brain-drill",
        Severity::Error,
        "Nothing promotes a Region by itself unless a drill has proven the fence: after 43 seconds of partition GitHub \
         needed more than 24 hours in 2018",
        "diverging ledgers cost days, not minutes",
        "by a drill with a partition in which the old Region lives on",
        "GitHub, \"October 21 post-incident analysis\"",
    ),
    rule(
        "pay-unknown-is-a-state",
        Severity::Blocker,
        "A time-out means unknown, not failed: a state of its own that is resolved by asking the provider before any \
         new attempt",
        "whoever takes unknown for failed charges twice",
        "by the state machine, which has no way from unknown to a new attempt under another key",
        "Hyperswitch API reference, \"Payments: retrieve\"",
    ),
    rule(
        "pay-write-gate-lease",
        Severity::Blocker,
        "Writers hold a short lease from the strongly consistent record and refuse to write without it; a failover waits \
         for lease and clock bound to pass before it promotes",
        "a Region that is cut off does not know that it was replaced",
        "by a drill with a partition that does not stop the old Region, counting what it accepts after the lease",
        "Martin Kleppmann, \"How to do distributed locking\"",
    ),
];
