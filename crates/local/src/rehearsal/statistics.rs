//! What many live drills measured together: each phase of recovery by nearest rank, the pauses of
//! planned changes, and sums.

use drill::{Part, Spread, Totals};
use runbook::PlanKind;

use super::measured::{Handover, LostPayment, Measured};

/// Rules whose breaking means that money which a client was told of is gone.
const LOST: [&str; 1] = ["lost"];
/// Rules whose breaking means that a card was charged twice, or too much was given back.
const DOUBLED: [&str; 3] = ["moved-twice", "moved-for-one-key", "refunded-too-much"];
/// Rules whose breaking means that a write was accepted that no Region was allowed to make.
const OLD_EPOCH: [&str; 3] =
    ["committed-under-other-epoch", "committed-through-gate", "two-regions-under-one-epoch"];

/// Many drills of one scenario, or of all.
#[derive(Debug, Clone, Default)]
pub struct Statistics {
    /// The drills that were played.
    pub drills: u64,
    /// Those in which a rule was broken.
    pub broken: u64,
    /// The sums of what the judge and the reports counted.
    pub counted: Counted,
    /// How many lines and orders of the scenarios nobody played.
    pub unplayed: u64,
    /// How many commits told no event, so that nobody saw which epoch they carried.
    pub unseen_epochs: u64,
    /// How many receipts lost Regions had alone, and how many of them were in the other in the end.
    pub receipts_alone: [u64; 2],
    /// The sums of the reports' numbers.
    pub totals: Totals,
    /// The largest loss in time, in milliseconds.
    pub rpo_max_ms: u64,
    /// The lowest rate at which payments were offered, in each second; none where it was not seen.
    pub offered_least: Option<u64>,
    /// Every payment that a promotion lost, with the number of its drill.
    pub lost: Vec<(u64, LostPayment)>,
    failovers: Vec<Handover>,
    planned: Vec<Handover>,
}

/// What must be none, and what there is to compare it with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Payments that a client was told of and that are neither in the ledger nor in quarantine.
    pub lost: u64,
    /// Payments that money moved for twice, and refunds of more than was paid.
    pub doubled: u64,
    /// Writes accepted under an old epoch or through the gate of a Region that might not write.
    pub old_epoch: u64,
    /// Rows that promotions lost, and that intents named.
    pub rows: u64,
    /// Payments that a client was told of and that would be gone without intents.
    pub lost_without_intents: u64,
}

impl Counted {
    fn of(measured: &Measured) -> Self {
        Self {
            lost: measured.broken(&LOST),
            doubled: measured.broken(&DOUBLED),
            old_epoch: measured.broken(&OLD_EPOCH),
            rows: measured.lost.len() as u64,
            lost_without_intents: measured.lost_without_intents(),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            lost: self.lost + other.lost,
            doubled: self.doubled + other.doubled,
            old_epoch: self.old_epoch + other.old_epoch,
            rows: self.rows + other.rows,
            lost_without_intents: self.lost_without_intents + other.lost_without_intents,
        }
    }
}

impl Statistics {
    /// Takes in one more drill.
    pub fn add(&mut self, measured: &Measured) {
        self.drills += 1;
        self.broken += u64::from(!measured.verdict.holds());
        self.counted = self.counted.plus(Counted::of(measured));
        self.unplayed += measured.unplayed.len() as u64;
        self.unseen_epochs += measured.unseen_epochs;
        for left in &measured.left_behind {
            let [alone, arrived] = &mut self.receipts_alone;
            (*alone, *arrived) = (*alone + left.receipts, *arrived + left.arrived);
        }
        self.totals = self.totals.plus(measured.report.totals);
        self.rpo_max_ms = self.rpo_max_ms.max(measured.report.loss.rpo_ms);
        self.offered_least = self.offered_least.into_iter().chain(measured.offered_per_s).min();
        let drill = self.drills;
        self.lost.extend(measured.lost.iter().map(|row| (drill, row.clone())));
        for handover in &measured.handovers {
            match (handover.kind, &handover.cause) {
                (PlanKind::Failover, _) => self.failovers.push(handover.clone()),
                // What had failed before is no pause of the change.
                (_, None) => self.planned.push(handover.clone()),
                (_, Some(_)) => {}
            }
        }
    }

    /// How many failovers were measured, and how many planned changes.
    #[must_use]
    pub fn handovers(&self) -> [usize; 2] {
        [self.failovers.len(), self.planned.len()]
    }

    /// From the loss to the first payment that the other Region acknowledged.
    #[must_use]
    pub fn rto(&self) -> Option<Spread> {
        let measured: Vec<u64> = self.failovers.iter().filter_map(|one| one.rto_ms).collect();
        Spread::of(&measured)
    }

    /// One part of that.
    #[must_use]
    pub fn part(&self, part: Part) -> Option<Spread> {
        let parts = self.failovers.iter().flat_map(|one| &one.parts);
        let of: Vec<u64> = parts.filter(|(of, _)| *of == part).map(|(_, ms)| *ms).collect();
        Spread::of(&of)
    }

    /// The longest time without an acknowledged payment in planned changes of the active Region.
    #[must_use]
    pub fn clients_pause(&self) -> Option<Spread> {
        Spread::of(&self.pauses(|one| one.pause.clients_ms))
    }

    /// The same without a commit.
    #[must_use]
    pub fn ledger_pause(&self) -> Option<Spread> {
        Spread::of(&self.pauses(|one| one.pause.ledger_ms))
    }

    fn pauses(&self, of: fn(&Handover) -> Option<u64>) -> Vec<u64> {
        self.planned.iter().filter_map(of).collect()
    }
}
