//! The mistakes, as a closed set: each with its name, what is wrong, the rule that it breaks, and the
//! file that asks for it first.

use std::fmt;

/// Makes the set, so that no mistake is without a name, a sentence, a rule or a place.
macro_rules! bugs {
    ($($name:ident = $text:literal: $mistake:literal, breaks $rule:literal, in $place:literal;)+) => {
        /// A mistake that can be planted, in the order of the crates and then of the code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Bug { $(#[doc = $mistake] $name,)+ }

        impl Bug {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The name in commands and documents.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What the code does when it is planted, in one sentence.
            #[must_use]
            pub const fn mistake(self) -> &'static str {
                match self { $(Self::$name => $mistake,)+ }
            }

            /// The rule that it breaks.
            #[must_use]
            pub const fn rule(self) -> &'static str {
                match self { $(Self::$name => $rule,)+ }
            }

            /// The file with the line that makes it.
            #[must_use]
            pub const fn place(self) -> &'static str {
                match self { $(Self::$name => $place,)+ }
            }

            /// The name in the code.
            #[must_use]
            pub const fn identifier(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }
        }
    };
}

bugs! {
    LeaseNotRevoked = "lease-not-revoked":
        "A run waits for the source's lease and does not revoke it first.",
        breaks "pay-write-gate-lease", in "crates/fence/src/lease.rs";
    LeaseNotWaitedFor = "lease-not-waited-for":
        "A run revokes the source's lease and goes on before it has run out.",
        breaks "pay-write-gate-lease", in "crates/fence/src/wait.rs";
    ClockBoundLeftOut = "clock-bound-left-out":
        "A run waits for the source's lease as if all clocks were the same.",
        breaks "pay-write-gate-lease", in "crates/fence/src/wait.rs";
    LeaseEndIgnored = "lease-end-ignored":
        "A gate that was opened by a lease stays open when the lease has run out.",
        breaks "pay-write-gate-lease", in "crates/fence/src/gate.rs";
    RegionIgnored = "region-ignored":
        "Neither renewal nor gate looks at which Region is active, nor at the ledger.",
        breaks "pay-fencing-epoch", in "crates/fence/src/gate.rs";
    DrainingIgnored = "draining-ignored":
        "A Region that is to drain keeps its lease and its gate as if it were active.",
        breaks "pay-write-gate-lease", in "crates/fence/src/gate.rs";
    LeaseOverstayed = "lease-overstayed":
        "A process relies on its lease for the clock bound longer than it wrote.",
        breaks "pay-write-gate-lease", in "crates/fence/src/lease.rs";
    RevocationOverwritten = "revocation-overwritten":
        "A renewal does not look at whether the lease was revoked since it read the record.",
        breaks "pay-fencing-epoch", in "crates/fence/src/lease.rs";
    TrafficNamedEarly = "traffic-named-early":
        "Health endpoints name the target of a run as soon as it has begun.",
        breaks "r53-promote-before-flip", in "crates/fence/src/health.rs";
    AbortUnderOldEpoch = "abort-under-old-epoch":
        "An aborted run gives the source its old epoch back.",
        breaks "pay-fencing-epoch", in "crates/fence/src/judge.rs";
    AbortPastNoReturn = "abort-past-no-return":
        "A run may be aborted when the target's database is promoted.",
        breaks "ops-abort-and-rollback", in "crates/fence/src/judge.rs";
    LossNotNoted = "loss-not-noted":
        "A failover opens its target and does not note that something may be lost.",
        breaks "pay-reconcile-after-loss", in "crates/fence/src/judge.rs";
    RecordWrittenUnconditionally = "record-written-unconditionally":
        "The control record is written without comparing what is stored.",
        breaks "runbook-single-runner", in "crates/fence/src/order.rs";

    IntentNotWritten = "intent-not-written":
        "A payment goes to the ledger without an intent.",
        breaks "pay-intent-before-effect", in "crates/payments/src/pay.rs";
    IntentAfterLedger = "intent-after-ledger":
        "A payment's intent is written when the ledger has it and the client was told.",
        breaks "pay-intent-before-effect", in "crates/payments/src/pay.rs";
    AcknowledgedOnUnknownCommit = "acknowledged-on-unknown-commit":
        "A payment is acknowledged when nobody knows whether the ledger took it.",
        breaks "pay-unknown-is-a-state", in "crates/payments/src/view.rs";
    FingerprintNotCompared = "fingerprint-not-compared":
        "A key that comes with another request is answered as if it were the same.",
        breaks "pay-idempotency-key-from-client", in "crates/payments/src/decide.rs";
    QuarantineIgnored = "quarantine-ignored":
        "What a failover may have lost is not held in the ledger, and its key is paid again.",
        breaks "pay-reconcile-after-loss", in "crates/payments/src/decide.rs";
    TakeoverRenames = "takeover-renames":
        "A try that takes an intent over gives the payment an id of its own.",
        breaks "pay-at-most-once-external", in "crates/payments/src/intent.rs";
    GateAskedOnce = "gate-asked-once":
        "A request or a worker that began behind an open gate goes on when the gate has closed.",
        breaks "pay-write-gate-lease", in "crates/payments/src/epoch.rs";
    NotesTrusted = "notes-trusted":
        "Reconciliation does not look for what intents say the ledger has.",
        breaks "pay-reconcile-after-loss", in "crates/payments/src/reconcile.rs";
    ReleasedUnasked = "released-unasked":
        "What is in quarantine is released and called for without asking the processor.",
        breaks "pay-reconcile-after-loss", in "crates/payments/src/reconcile.rs";
    UnknownSentAgain = "unknown-sent-again":
        "A call that the processor did not answer is taken for one that never left, and sent again.",
        breaks "pay-unknown-is-a-state", in "crates/payments/src/work.rs";
    SilenceTakenForDecline = "silence-taken-for-decline":
        "A call that the processor did not answer is booked as declined.",
        breaks "pay-unknown-is-a-state", in "crates/payments/src/work.rs";
    CalledOnUnknownCommit = "called-on-unknown-commit":
        "The processor is called when nobody knows whether the ledger noted that it would be.",
        breaks "pay-unknown-is-a-state", in "crates/payments/src/work.rs";
    NotAskedAfterLoss = "not-asked-after-loss":
        "A worker calls for a payment from before a failover with loss without asking first.",
        breaks "pay-at-most-once-external", in "crates/payments/src/work.rs";
    OpenRefundsNotCounted = "open-refunds-not-counted":
        "What is left to refund does not count refunds under way.",
        breaks "pay-double-entry-invariants", in "crates/payments/src/record.rs";
    ReservationLeftOut = "reservation-left-out":
        "A payment that leaves quarantine as paid is posted without having been reserved.",
        breaks "pay-double-entry-invariants", in "crates/payments/src/transaction.rs";

    FencedBeforeApproval = "fenced-before-approval":
        "A failover fences every Region before people have approved of the loss.",
        breaks "human-approval-before-loss", in "crates/runbook/src/plans/misplaced.rs";
    LostRegionRequired = "lost-region-required":
        "A failover waits for a step in the Region that is lost.",
        breaks "runbook-old-region-steps-optional", in "crates/runbook/src/plans/misplaced.rs";
    PromotedBeforeFence = "promoted-before-fence":
        "A failover promotes the target's database before the source's lease has run out.",
        breaks "pay-write-gate-lease", in "crates/runbook/src/plans/misplaced.rs";
    SwitchedBeforeFence = "switched-before-fence":
        "A switchover moves the database while the source's gates are open.",
        breaks "pay-write-gate-lease", in "crates/runbook/src/plans/misplaced.rs";
    EpochNotRaised = "epoch-not-raised":
        "The ledger that is opened keeps the epoch of the Region that wrote it before.",
        breaks "pay-fencing-epoch", in "crates/runbook/src/plans/misplaced.rs";
    HoldingLeftOut = "holding-left-out":
        "A failover opens its target without looking for what is missing in its ledger.",
        breaks "pay-reconcile-after-loss", in "crates/runbook/src/plans/misplaced.rs";
    OpenedBeforeHolding = "opened-before-holding":
        "A failover opens its target first and looks then for what is missing in its ledger.",
        breaks "pay-reconcile-after-loss", in "crates/runbook/src/plans/misplaced.rs";
    SettlingLeftOut = "settling-left-out":
        "A failover is closed without asking the processor about what is in quarantine.",
        breaks "pay-reconcile-after-loss", in "crates/runbook/src/plans/misplaced.rs";
    ApprovalNotNeeded = "approval-not-needed":
        "A run goes on where people have to approve and have not.",
        breaks "human-approval-before-loss", in "crates/runbook/src/next.rs";
    ExpiredApprovalCounts = "expired-approval-counts":
        "An approval counts when its time is over.",
        breaks "human-approval-before-loss", in "crates/runbook/src/next.rs";
    BegunTakenForDone = "begun-taken-for-done":
        "A runner that goes on after a death takes an action that began for one that ended.",
        breaks "runbook-steps-idempotent", in "crates/runbook/src/next.rs";
    EffectBeforeJournal = "effect-before-journal":
        "The beginning of an action is not written down before its effect.",
        breaks "runbook-steps-idempotent", in "crates/runbook/src/driver.rs";
    OtherRunnerIgnored = "other-runner-ignored":
        "A runner goes on with a run that another one has taken.",
        breaks "runbook-single-runner", in "crates/runbook/src/driver.rs";
    EntryTakenForWritten = "entry-taken-for-written":
        "A runner goes on when the journal did not take its entry.",
        breaks "runbook-single-runner", in "crates/runbook/src/writing.rs";

    IntentsOverwritten = "intents-overwritten":
        "Intents are kept in a store in which the last write wins.",
        breaks "pay-idempotency-survives-region-loss", in "crates/drill/src/world/store.rs";
    EpochNotCompared = "epoch-not-compared":
        "A ledger transaction does not compare the epoch row.",
        breaks "pay-fencing-epoch", in "crates/drill/src/world/database/volume.rs";
    VersionNotCompared = "version-not-compared":
        "A ledger transaction does not compare the version of the record.",
        breaks "pay-double-entry-invariants", in "crates/drill/src/world/database/volume.rs";
    PostingLeftOut = "posting-left-out":
        "Of a transfer that posts money only the debit is written.",
        breaks "pay-double-entry-invariants", in "crates/drill/src/world/mistakes.rs";
    OutboxBesideTransaction = "outbox-beside-transaction":
        "Outbox rows are written a moment after the transaction that they tell of.",
        breaks "pay-outbox", in "crates/drill/src/world/mistakes.rs";
    GateNotAsked = "gate-not-asked":
        "Requests and outbox are seen to by the ledger's epoch row alone, whatever the gate says.",
        breaks "pay-outbox-not-replayed-by-old-epoch", in "crates/drill/src/world/ports.rs";
    ProcessorKeyPerTry = "processor-key-per-try":
        "Every call of the processor has an idempotency key of its own.",
        breaks "pay-at-most-once-external", in "crates/drill/src/world/ports.rs";
    JournalOverwritten = "journal-overwritten":
        "An entry of a journal is written over the one that has its number.",
        breaks "runbook-single-runner", in "crates/drill/src/world/runs.rs";
}

impl fmt::Display for Bug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
