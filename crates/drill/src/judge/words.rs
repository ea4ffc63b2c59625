//! Violations in one plain sentence each: what happened, to what, when and where, and what had to
//! be instead.

use std::fmt::{self, Formatter};

use crate::judge::books::write_fault;
use crate::judge::detail::Books;
use crate::judge::subject::{At, Seconds, Subject};
use crate::judge::violation::Violation;

impl Violation {
    /// How grave it is: 0 is the gravest.
    #[must_use]
    pub fn gravity(&self) -> usize {
        let place = Self::NAMES.iter().position(|name| *name == self.name());
        place.expect("the list of names has the name of each")
    }

    /// When it happened, in milliseconds since the beginning of the drill.
    #[must_use]
    pub fn at_ms(&self) -> u64 {
        match self {
            Self::Lost { acknowledged: at, .. }
            | Self::NotCarriedOut { acknowledged: at, .. }
            | Self::MovedTwice { again: at, .. }
            | Self::MovedForOneKey { again: at, .. }
            | Self::RefundedTooMuch { at, .. }
            | Self::OtherProcessorKey { at, .. }
            | Self::TwoOutcomes { then: (_, at), .. }
            | Self::SharedMovement { at, .. }
            | Self::OtherKeysMovement { at, .. }
            | Self::TwoRegionsUnderOneEpoch { then: at, .. }
            | Self::CommittedUnderOtherEpoch { at, .. }
            | Self::CommittedThroughGate { at, .. }
            | Self::AcknowledgedAfterHandover { acknowledged: at, .. }
            | Self::RowEpochWentDown { at, .. }
            | Self::TwoActive { then: at, .. }
            | Self::LossUnnamed { opened: at, .. }
            | Self::LossNotNoted { opened: at, .. }
            | Self::RowsLost { at, .. }
            | Self::AcknowledgedBeforeCommit { at, .. }
            | Self::CommittedBeforeIntent { at, .. }
            | Self::TooEarly { at, .. }
            | Self::DnsAtClosedGate { since: at, .. } => at.ms,
            Self::MovedUnlikeBooks { moved, .. } => moved.map_or(0, |(_, at)| at.ms),
            Self::OtherAmount { .. } => 0,
            Self::GateWithoutPermission { since_ms: ms, .. }
            | Self::TwoGates { since_ms: ms, .. }
            | Self::ServedTooLate { disturbed_ms: ms, .. }
            | Self::NoFinalAnswer { sent_ms: ms, .. }
            | Self::Books { at_ms: ms, .. }
            | Self::RecordEpochWentDown { at_ms: ms, .. }
            | Self::LossNotApproved { at_ms: ms, .. }
            | Self::EffectBeforeJournal { at_ms: ms, .. }
            | Self::OutOfOrder { at_ms: ms, .. }
            | Self::JournalGap { at_ms: ms, .. }
            | Self::OtherRegionActive { at_ms: ms, .. }
            | Self::NotAtRest { at_ms: ms, .. } => *ms,
            Self::PauseTooLong { pause, .. } => pause.from_ms,
        }
    }
}

impl fmt::Display for Violation {
    /// A table: one sentence for each.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost { subject, acknowledged, missed } => write!(
                f,
                "{subject} was acknowledged by {acknowledged} and is neither in the ledger nor in \
                 quarantine {missed}"
            ),
            Self::MovedTwice { subject, first, again } => write!(
                f,
                "{subject} moved money twice: called from {first} and from {again}; once is all \
                 that may be"
            ),
            Self::MovedForOneKey { subject, first, other, again } => write!(
                f,
                "{subject} moved money from {first}, and under the same idempotency key {other} \
                 did from {again}; a key moves money once"
            ),
            Self::RefundedTooMuch { subject, at, taken, given } => write!(
                f,
                "{subject} was given back from {at}: {given} minor units are given back of a \
                 payment that took {taken}"
            ),
            Self::OtherProcessorKey { subject, key, at } => write!(
                f,
                "{subject} moved money from {at} under the processor's key `{key}`, and not under \
                 its own"
            ),
            Self::MovedUnlikeBooks { subject, moved, books } => unlike(f, subject, *moved, books),
            Self::NotCarriedOut { subject, acknowledged } => write!(
                f,
                "{subject} was acknowledged by {acknowledged}, and the ledger has it as declined \
                 although its card accepts it; what was acknowledged is carried out"
            ),
            Self::TwoOutcomes { request, first, then } => write!(
                f,
                "{request} was told {} by {} and {} by {}; a key has one outcome for ever",
                first.0, first.1, then.0, then.1
            ),
            Self::SharedMovement { subject, other, at } => write!(
                f,
                "{subject} was also acknowledged to {other} by {at}; every key has a movement of \
                 its own"
            ),
            Self::OtherKeysMovement { subject, at } => write!(
                f,
                "{subject} is what the client was told of by {at}, and it is not what was asked for \
                 under that key"
            ),
            Self::OtherAmount { subject, booked } => {
                write!(f, "{subject} is in the ledger as {booked}")
            }
            Self::Books { fault, .. } => write_fault(f, fault),
            Self::TwoRegionsUnderOneEpoch { subject, epoch, first, then } => write!(
                f,
                "{subject} was committed in {then} under epoch {epoch}, under which {first} had \
                 committed; an epoch belongs to one Region"
            ),
            Self::CommittedUnderOtherEpoch { subject, at, epoch, row_epoch } => write!(
                f,
                "{subject} was committed in {at} under epoch {epoch} although the ledger's epoch \
                 row said {row_epoch}; the ledger must refuse that"
            ),
            Self::CommittedThroughGate { subject, at, epoch } => write!(
                f,
                "{subject} was committed in {at} through a gate that was open under epoch {epoch}, \
                 and the control record did not let that Region write any more"
            ),
            Self::AcknowledgedAfterHandover { subject, committed, opened, acknowledged } => write!(
                f,
                "{subject} was committed in {committed}, after {} was opened at {}, and \
                 acknowledged by {acknowledged}; only what the open Region commits may be",
                opened.site.region(),
                Seconds(opened.ms)
            ),
            Self::RowEpochWentDown { at, from, to } => write!(
                f,
                "the epoch row of the ledger in {at} went down from {from} to {to}; it only goes up"
            ),
            Self::GateWithoutPermission { epoch, site, since_ms, until_ms } => write!(
                f,
                "the gate of {} was open under epoch {epoch} from {} to {} although the control \
                 record did not let it write; it must be closed before the point of no return",
                site.region(),
                Seconds(*since_ms),
                Seconds(*until_ms)
            ),
            Self::TwoGates { since_ms, until_ms } => write!(
                f,
                "the gates of both Regions were open from {} to {}; one is all that may be",
                Seconds(*since_ms),
                Seconds(*until_ms)
            ),
            Self::RecordEpochWentDown { at_ms, from, to } => write!(
                f,
                "the epoch of the control record went down from {from} to {to} at {}; it only goes \
                 up",
                Seconds(*at_ms)
            ),
            Self::TwoActive { epoch, first, then } => write!(
                f,
                "the control record made {then} active under epoch {epoch}, under which {first} had \
                 been; an epoch belongs to one Region"
            ),
            Self::LossUnnamed { subject, promoted, opened } => write!(
                f,
                "{subject} was lost by the promotion of {promoted} and was not in quarantine when \
                 {} was opened at {}",
                opened.site.region(),
                Seconds(opened.ms)
            ),
            Self::LossNotNoted { opened: at, epoch, noted } => write!(
                f,
                "{} by a failover under epoch {epoch}, and the control record says that nothing is \
                 lost since epoch {noted}; it must be {epoch}",
                opened(*at)
            ),
            Self::RowsLost { at, kind, count, subject } => write!(
                f,
                "the {kind} lost what was committed with the promotion of {at}: {count} in all, \
                 among them {subject}; nothing was to be lost"
            ),
            Self::AcknowledgedBeforeCommit { subject, at } => {
                write!(f, "{subject} was acknowledged by {at} before any ledger had committed it")
            }
            Self::CommittedBeforeIntent { subject, at } => {
                write!(f, "{subject} was committed in {at} before its intent was written")
            }
            Self::LossNotApproved { run, at_ms, approvers, needed } => write!(
                f,
                "the failover {run} began at {} with the approval of {} of {needed} people{}{}",
                Seconds(*at_ms),
                approvers.len(),
                if approvers.is_empty() { "" } else { ": " },
                approvers.join(", ")
            ),
            Self::EffectBeforeJournal { run, at_ms, action } => write!(
                f,
                "`{action}` of run {run} had an effect at {} while its journal had no attempt of it \
                 that was under way",
                Seconds(*at_ms)
            ),
            Self::TooEarly { what, at } => what.write(f, *at),
            Self::OutOfOrder { run, at_ms, action, before: Some(before) } => write!(
                f,
                "`{action}` of run {run} began at {} and `{before}`, which the plan puts before it, \
                 was not over",
                Seconds(*at_ms)
            ),
            Self::OutOfOrder { run, at_ms, action, before: None } => write!(
                f,
                "`{action}` of run {run} began at {} and is not in its plan",
                Seconds(*at_ms)
            ),
            Self::JournalGap { run, at_ms, expected, position } => write!(
                f,
                "the journal of run {run} got entry {position} at {} where {expected} was due",
                Seconds(*at_ms)
            ),
            Self::DnsAtClosedGate { since, until_ms, allowed_ms } => write!(
                f,
                "DNS led to {since}, whose gate was closed while the other Region's was open, and \
                 did so until {}; {} is the longest that may be",
                Seconds(*until_ms),
                Seconds(*allowed_ms)
            ),
            Self::ServedTooLate { disturbed_ms, served: Some(served), allowed_ms } => write!(
                f,
                "the service was disturbed at {} and back with an acknowledgement by {served}; {} \
                 is the longest that may take",
                Seconds(*disturbed_ms),
                Seconds(*allowed_ms)
            ),
            Self::ServedTooLate { disturbed_ms, served: None, allowed_ms } => write!(
                f,
                "the service was disturbed at {} and acknowledged nothing any more; {} is the \
                 longest that may take",
                Seconds(*disturbed_ms),
                Seconds(*allowed_ms)
            ),
            Self::PauseTooLong { pause, allowed_ms } => write!(
                f,
                "clients tried from {} to {} and none was acknowledged; {} is the longest that may \
                 be",
                Seconds(pause.from_ms),
                Seconds(pause.until_ms),
                Seconds(*allowed_ms)
            ),
            Self::NoFinalAnswer { request, sent_ms } => write!(
                f,
                "{request} was first sent at {} and has no final answer",
                Seconds(*sent_ms)
            ),
            Self::OtherRegionActive { at_ms, expected, active } => write!(
                f,
                "{} is active at the end, {}; it had to be {}",
                active.map_or("no Region", |site| site.region()),
                Seconds(*at_ms),
                expected.region()
            ),
            Self::NotAtRest { at_ms, left } => write!(
                f,
                "at the end, {}, this was left to do: {}",
                Seconds(*at_ms),
                left.join("; ")
            ),
        }
    }
}

fn unlike(
    f: &mut Formatter<'_>,
    subject: &Subject,
    moved: Option<(i64, At)>,
    books: &Books,
) -> fmt::Result {
    match moved {
        Some((minor_units, at)) => write!(
            f,
            "{subject} moved {minor_units} minor units at the processor, called from {at}, and the \
             ledger {books}"
        ),
        None => write!(f, "{subject} moved no money at the processor, and the ledger {books}"),
    }
}

/// That a Region was opened, and when.
pub(super) fn opened(At { ms, site }: At) -> String {
    format!("{} was opened at {}", site.region(), Seconds(ms))
}
