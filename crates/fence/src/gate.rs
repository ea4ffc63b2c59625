//! The gate: the check in front of every write of money.
//!
//! It knows only what this process saw last, asks nobody, and closes on any doubt. It is the first
//! of two checks: a process that is paused between this one and its write wakes with a stale yes,
//! and only the epoch row that is compared *inside* each ledger transaction stops it then (rule
//! `pay-fencing-epoch`).

use planted::{Bug, is_planted};

use crate::decision::{ClosedReason, Decision};
use crate::lease::{Held, Holder, Tenure};
use crate::name::{Epoch, HolderId, RegionName};
use crate::record::{ControlRecord, State};
use crate::renew::Sighting;
use crate::time::{Millis, Timing};

/// What one process, or one instance of a function, knows of its permission to write.
///
/// Sights may arrive late and in any order; an older one never undoes a newer one.
#[derive(Debug, Clone)]
pub struct Gate {
    holder: Holder,
    name: HolderId,
    leavings: u64,
    timing: Timing,
    record: Option<ControlRecord>,
    held: Option<Held>,
    ledger_epoch: Option<Epoch>,
}

/// Proof that a gate will not open again under this name, needed to take it out of the lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    region: RegionName,
    id: HolderId,
}

impl Left {
    /// The Region of the lease.
    #[must_use]
    pub fn region(&self) -> &RegionName {
        &self.region
    }

    /// The name that the gate had.
    #[must_use]
    pub fn id(&self) -> &HolderId {
        &self.id
    }
}

impl Gate {
    /// A gate that has seen nothing yet, and so is closed.
    #[must_use]
    pub fn new(holder: Holder, timing: Timing) -> Self {
        let name = holder.id.clone();
        Self { holder, name, leavings: 0, timing, record: None, held: None, ledger_epoch: None }
    }

    /// Who is to renew the lease for this gate.
    #[must_use]
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// How long its lease lasts.
    #[must_use]
    pub fn timing(&self) -> &Timing {
        &self.timing
    }

    /// The latest record that was seen.
    #[must_use]
    pub fn record(&self) -> Option<&ControlRecord> {
        self.record.as_ref()
    }

    /// What this process still relies on, whatever the record says by now.
    #[must_use]
    pub fn held(&self) -> Option<Held> {
        self.held
    }

    /// Takes note of what a renewal saw.
    pub fn saw(&mut self, sighting: &Sighting) {
        if let Some(record) = sighting.record() {
            self.saw_record(record);
        }
        if let Ok(held) = sighting.held()
            && *sighting.id() == self.holder.id
        {
            let later = |seen: &Held| (seen.epoch(), seen.until()) >= (held.epoch(), held.until());
            self.held = self.held.filter(later).or(Some(*held));
        }
    }

    /// Takes note of a record that was read for another reason.
    pub fn saw_record(&mut self, record: &ControlRecord) {
        let is_older = self.record.as_ref().is_some_and(|seen| record.age() < seen.age());
        if !is_older {
            self.record = Some(record.clone());
        }
    }

    /// Takes note of the epoch row of this Region's ledger, read at least as often as the lease is
    /// renewed. Of two reads the one that is told last counts.
    pub fn saw_ledger_epoch(&mut self, epoch: Epoch) {
        self.ledger_epoch = Some(epoch);
    }

    /// Whether this process may write money at `now`.
    #[must_use]
    pub fn decide(&self, now: Millis) -> Decision {
        match self.permission(now) {
            Ok((record, held)) => Decision::Open {
                epoch: held.epoch(),
                nothing_lost_since: record.nothing_lost_since(),
                until: held.until(),
            },
            Err(reason) => {
                let retry_after = reason.retry_after(&self.timing);
                Decision::Closed { reason, retry_after }
            }
        }
    }

    /// Whether it is time to renew the lease, for a process that has no timer of its own.
    #[must_use]
    pub fn is_renewal_due(&self, now: Millis) -> bool {
        self.held.is_none_or(|held| held.until().since(now) <= self.timing.left_when_due())
    }

    /// Closes the gate for good under its present name, and goes on under a new one. Whoever calls
    /// it has let its open writes end, and then tells the store with
    /// [`leave_once`](crate::leave_once), so that a run need not wait for the lease to run out.
    ///
    /// Nothing for a name that others share.
    pub fn leave(&mut self) -> Option<Left> {
        match self.holder.tenure {
            Tenure::Shared => return None,
            Tenure::Alone => self.leavings += 1,
        }
        // A renewal under the old name may still be under way: what it brings is not for this gate.
        let id = HolderId::new(format!("{}.{}", self.name, self.leavings));
        self.held = None;
        let id = std::mem::replace(&mut self.holder.id, id);
        Some(Left { region: self.holder.region.clone(), id })
    }

    /// The record under which this process may write, and the lease under the same epoch.
    fn permission(&self, now: Millis) -> Result<(&ControlRecord, Held), ClosedReason> {
        let record = self.active_record()?;
        let epoch = record.epoch();
        let held =
            self.held.filter(|held| held.epoch() == epoch).ok_or(ClosedReason::NotRenewed)?;
        if held.until() <= now && !is_planted(Bug::LeaseEndIgnored) {
            return Err(ClosedReason::LeaseExpired { at: held.until() });
        }
        // Another thread may have renewed a moment after this one looked at the clock.
        let latest = now.plus(self.timing.lease_length).plus(self.timing.clock_bound);
        if held.until() > latest {
            return Err(ClosedReason::ClockWentBack);
        }
        match self.ledger_epoch {
            _ if is_planted(Bug::RegionIgnored) || is_planted(Bug::DrainingIgnored) => {
                Ok((record, held))
            }
            None => Err(ClosedReason::LedgerUnknown),
            Some(ledger) if ledger == epoch => Ok((record, held)),
            Some(ledger) => Err(ClosedReason::LedgerDiffers { ledger, record: epoch }),
        }
    }

    /// The record when this Region is active in it.
    fn active_record(&self) -> Result<&ControlRecord, ClosedReason> {
        let record = self.record.as_ref().ok_or(ClosedReason::RecordUnknown)?;
        match (record.active_region(), record.state()) {
            (Some(active), _)
                if *active != self.holder.region && !is_planted(Bug::RegionIgnored) =>
            {
                Err(ClosedReason::NotActive { active_region: active.clone() })
            }
            (Some(_), State::Active) => Ok(record),
            (Some(_), State::Draining) if is_planted(Bug::DrainingIgnored) => Ok(record),
            (Some(_), State::Draining) => Err(ClosedReason::Draining),
            (_, State::Fenced) | (None, _) => Err(ClosedReason::Fenced),
        }
    }
}
