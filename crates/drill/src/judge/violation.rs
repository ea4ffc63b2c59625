//! What a drill can do wrong, as a closed set in order of gravity.

use fence::RunKind;
use payments::{BookFault, Money, ProcessorKey};
use runbook::ActionName;

use crate::history::Site;
use crate::judge::detail::{Books, MissedWhen, Outcome, Premature};
use crate::judge::facts::Pause;
use crate::judge::subject::{At, Subject};

/// Makes the closed set, its names and its order of gravity.
macro_rules! violations {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty,)+ })+) => {
        /// A rule that was broken, and by what. In order of gravity.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Violation { $($(#[doc = $doc])+ $variant { $($(#[$field_doc])* $field: $type,)+ },)+ }

        impl Violation {
            /// The stable names of all that there are, the gravest first.
            pub const NAMES: &[&str] = &[$($name,)+];

            /// Each name and what it means, the gravest first.
            pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
                let meanings = [$(concat!($($doc),+),)+];
                Self::NAMES.iter().copied().zip(meanings.map(str::trim_start))
            }

            /// The stable name that programs compare.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $name,)+ }
            }
        }
    };
}

violations! {
    /// A payment or refund was acknowledged, and is neither in the ledger nor in quarantine.
    Lost = "lost" {
        /// Which.
        subject: Subject,
        /// When it was acknowledged, and by which Region.
        acknowledged: At,
        /// When it was missed.
        missed: MissedWhen,
    }
    /// The processor moved money twice for one movement.
    MovedTwice = "moved-twice" {
        /// Which.
        subject: Subject,
        /// The first time, and the Region that called.
        first: At,
        /// The time after it.
        again: At,
    }
    /// The processor moved money for two movements of one idempotency key.
    MovedForOneKey = "moved-for-one-key" {
        /// One of them.
        subject: Subject,
        /// When its money moved.
        first: At,
        /// The other.
        other: Subject,
        /// When that one's money moved.
        again: At,
    }
    /// Refunds gave back more than their payment had taken.
    RefundedTooMuch = "refunded-too-much" {
        /// The refund with which it became too much.
        subject: Subject,
        /// When it was made.
        at: At,
        /// What the payment had taken until then, in minor units.
        taken: i64,
        /// What its refunds gave back, this one included.
        given: i64,
    }
    /// The processor was called with a key that is not the movement's own.
    OtherProcessorKey = "other-processor-key" {
        /// Which movement.
        subject: Subject,
        /// The key.
        key: ProcessorKey,
        /// When money moved under it.
        at: At,
    }
    /// The books say something else than the processor did.
    MovedUnlikeBooks = "moved-unlike-books" {
        /// Which movement.
        subject: Subject,
        /// What moved, in minor units, and when; nothing when nothing did.
        moved: Option<(i64, At)>,
        /// What the ledger says in the end.
        books: Books,
    }
    /// A payment was acknowledged, its card accepts it, and it ended as declined.
    NotCarriedOut = "not-carried-out" {
        /// Which.
        subject: Subject,
        /// When it was acknowledged, and by which Region.
        acknowledged: At,
    }
    /// One idempotency key had two outcomes.
    TwoOutcomes = "two-outcomes" {
        /// The request.
        request: Subject,
        /// What was told first.
        first: (Outcome, At),
        /// What was told then.
        then: (Outcome, At),
    }
    /// One movement was acknowledged for two idempotency keys.
    SharedMovement = "shared-movement" {
        /// Which.
        subject: Subject,
        /// The other request.
        other: Subject,
        /// When that one was acknowledged.
        at: At,
    }
    /// A client was told 2xx of what somebody else wants, or of a refund of another payment.
    OtherKeysMovement = "other-keys-movement" {
        /// What the client was told of.
        subject: Subject,
        /// When and by whom.
        at: At,
    }
    /// What was acknowledged is in the ledger with another amount.
    OtherAmount = "other-amount" {
        /// Which, with the amount that was asked for.
        subject: Subject,
        /// The amount in the ledger.
        booked: Money,
    }
    /// The books of the ledger that is left are not whole.
    Books = "books" {
        /// What is wrong.
        fault: BookFault,
        /// When they were read.
        at_ms: u64,
    }
    /// Both Regions' databases committed under one epoch.
    TwoRegionsUnderOneEpoch = "two-regions-under-one-epoch" {
        /// What the second committed.
        subject: Subject,
        /// The epoch.
        epoch: u64,
        /// The first commit under it.
        first: At,
        /// The commit in the other Region.
        then: At,
    }
    /// A database committed a transaction whose epoch is not its epoch row's.
    CommittedUnderOtherEpoch = "committed-under-other-epoch" {
        /// What was committed.
        subject: Subject,
        /// When and where.
        at: At,
        /// The transaction's epoch.
        epoch: u64,
        /// The epoch row at that moment.
        row_epoch: u64,
    }
    /// A process committed through an open gate although its Region had no permission any more.
    CommittedThroughGate = "committed-through-gate" {
        /// What was committed.
        subject: Subject,
        /// When and where.
        at: At,
        /// The transaction's epoch.
        epoch: u64,
    }
    /// A Region acknowledged what it committed when the other Region was open already.
    AcknowledgedAfterHandover = "acknowledged-after-handover" {
        /// Which.
        subject: Subject,
        /// When it was committed.
        committed: At,
        /// When the other Region was opened.
        opened: At,
        /// When the client heard of it.
        acknowledged: At,
    }
    /// The epoch row of a ledger went down.
    RowEpochWentDown = "row-epoch-went-down" {
        /// When and where.
        at: At,
        /// From this epoch.
        from: u64,
        /// To this one.
        to: u64,
    }
    /// A gate was open although the control record did not let its Region write.
    GateWithoutPermission = "gate-without-permission" {
        /// The epoch under which it was open.
        epoch: u64,
        /// Whose gate.
        site: Site,
        /// Since when it had no permission.
        since_ms: u64,
        /// When it closed.
        until_ms: u64,
    }
    /// Both Regions' gates were open at once.
    TwoGates = "two-gates" {
        /// Since when.
        since_ms: u64,
        /// Until when.
        until_ms: u64,
    }
    /// The epoch of the control record went down.
    RecordEpochWentDown = "record-epoch-went-down" {
        /// When.
        at_ms: u64,
        /// From this epoch.
        from: u64,
        /// To this one.
        to: u64,
    }
    /// The control record made two Regions active under one epoch.
    TwoActive = "two-active" {
        /// The epoch.
        epoch: u64,
        /// The first that was active under it.
        first: At,
        /// The other.
        then: At,
    }
    /// A promotion lost what had been accepted, and it was not in quarantine when the target was
    /// opened.
    LossUnnamed = "loss-unnamed" {
        /// What was lost.
        subject: Subject,
        /// The promotion.
        promoted: At,
        /// When the target was opened.
        opened: At,
    }
    /// A failover opened its target, and the control record does not say that something may be lost.
    LossNotNoted = "loss-not-noted" {
        /// When, and which Region was opened.
        opened: At,
        /// The epoch of the record.
        epoch: u64,
        /// The epoch since which nothing is lost, as the record says.
        noted: u64,
    }
    /// A promotion lost committed rows that it must not lose.
    RowsLost = "rows-lost" {
        /// The promotion.
        at: At,
        /// The kind of its run.
        kind: RunKind,
        /// How many it lost.
        count: usize,
        /// One of them.
        subject: Subject,
    }
    /// A client was told 2xx of something that no ledger had committed.
    AcknowledgedBeforeCommit = "acknowledged-before-commit" {
        /// Which.
        subject: Subject,
        /// When and by whom.
        at: At,
    }
    /// A ledger committed something whose intent was not written.
    CommittedBeforeIntent = "committed-before-intent" {
        /// Which.
        subject: Subject,
        /// When and where.
        at: At,
    }
    /// A failover began that too few people had approved.
    LossNotApproved = "loss-not-approved" {
        /// The run.
        run: String,
        /// When it began.
        at_ms: u64,
        /// Who had approved.
        approvers: Vec<String>,
        /// How many must.
        needed: u32,
    }
    /// An effect appeared before the journal said that its action began, or after it had ended.
    EffectBeforeJournal = "effect-before-journal" {
        /// The run.
        run: String,
        /// When.
        at_ms: u64,
        /// The action.
        action: ActionName,
    }
    /// Something was done before what makes it safe.
    TooEarly = "too-early" {
        /// What.
        what: Premature,
        /// When, and in which Region.
        at: At,
    }
    /// An action began before another one was over that the plan puts before it.
    OutOfOrder = "out-of-order" {
        /// The run.
        run: String,
        /// When.
        at_ms: u64,
        /// What began.
        action: ActionName,
        /// What was not over; nothing when the plan does not have the action at all.
        before: Option<ActionName>,
    }
    /// The positions of a journal have a gap or a double.
    JournalGap = "journal-gap" {
        /// The run.
        run: String,
        /// When.
        at_ms: u64,
        /// The position that was due.
        expected: u64,
        /// The position that was written.
        position: u64,
    }
    /// DNS led to a closed gate for too long while the other Region's was open.
    DnsAtClosedGate = "dns-at-closed-gate" {
        /// Since when, and to which Region.
        since: At,
        /// Until when.
        until_ms: u64,
        /// For how long it may.
        allowed_ms: u64,
    }
    /// The service was not back in time.
    ServedTooLate = "served-too-late" {
        /// When it was disturbed.
        disturbed_ms: u64,
        /// When it was back, and where; nothing when it never was.
        served: Option<At>,
        /// How long it may take.
        allowed_ms: u64,
    }
    /// Clients tried for too long and none was acknowledged.
    PauseTooLong = "pause-too-long" {
        /// The pause.
        pause: Pause,
        /// How long it may be.
        allowed_ms: u64,
    }
    /// A request has no final answer.
    NoFinalAnswer = "no-final-answer" {
        /// Which.
        request: Subject,
        /// When it was first sent.
        sent_ms: u64,
    }
    /// Another Region is active in the end than should be, or none.
    OtherRegionActive = "other-region-active" {
        /// When the drill ended.
        at_ms: u64,
        /// The Region that should be.
        expected: Site,
        /// The Region that is.
        active: Option<Site>,
    }
    /// Something was left to do.
    NotAtRest = "not-at-rest" {
        /// When the drill ended.
        at_ms: u64,
        /// What was left.
        left: Vec<String>,
    }
}
