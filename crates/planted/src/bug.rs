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
        "Neither renewal nor gate looks at which Region is active.",
        breaks "pay-fencing-epoch", in "crates/fence/src/gate.rs";
    RenewedWhileDraining = "renewed-while-draining":
        "A Region that is to drain renews its lease.",
        breaks "pay-write-gate-lease", in "crates/fence/src/lease.rs";
    RevocationOverwritten = "revocation-overwritten":
        "A renewal does not look at whether the lease was revoked since it read the record.",
        breaks "pay-fencing-epoch", in "crates/fence/src/lease.rs";
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
}

impl fmt::Display for Bug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
