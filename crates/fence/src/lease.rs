//! The lease: until when processes of a Region may write without asking again.
//!
//! Plans the conditional writes of a lease; `drive` carries them out.

use std::collections::BTreeMap;
use std::fmt;

use planted::{Bug, is_planted};

use crate::name::{Epoch, HolderId, RegionName};
use crate::record::{ControlRecord, State};
use crate::store::NoAnswer;
use crate::time::{DurationMs, Millis, Timing};

/// How many holders a lease has at most; it is one item of a table, read on every renewal.
pub const HOLDERS_MAX: usize = 32;

/// The lease of a Region: item `dr#lease#<region>` of the strongly consistent table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The Region whose processes hold it.
    pub region: RegionName,
    /// The epoch under which it may be renewed. A run raises it to the one that it reserved, and
    /// from then on no renewal under the old one is written.
    pub epoch: Epoch,
    /// Until when, by its own clock, each holder's gate may be open.
    pub holders: BTreeMap<HolderId, Millis>,
    /// Raised by one on each write: what the conditional write compares.
    pub revision: u64,
}

impl Lease {
    /// When the last gate closes, by its own clock; nothing when nobody holds the lease.
    #[must_use]
    pub fn expires_at(&self) -> Option<Millis> {
        self.holders.values().max().copied()
    }
}

/// A conditional write of a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseChange {
    expected: Option<u64>,
    lease: Lease,
}

impl LeaseChange {
    /// The revision that must be stored for the write to take place; nothing: no lease at all.
    #[must_use]
    pub fn expected(&self) -> Option<u64> {
        self.expected
    }

    /// What is stored then.
    #[must_use]
    pub fn lease(&self) -> &Lease {
        &self.lease
    }

    /// Whether the write takes place over what is stored: the condition, for stores that compare in
    /// their own process.
    #[must_use]
    pub fn applies_to(&self, stored: Option<&Lease>) -> bool {
        self.expected == stored.map(|lease| lease.revision)
    }

    fn over(stored: Option<&Lease>, lease: Lease) -> Self {
        let expected = stored.map(|lease| lease.revision);
        let revision = expected.map_or(1, |revision| revision.saturating_add(1));
        Self { expected, lease: Lease { revision, ..lease } }
    }
}

/// Who renews a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The Region that it writes in.
    pub region: RegionName,
    /// Its name.
    pub id: HolderId,
    /// Whether the name is its own.
    pub tenure: Tenure,
}

/// Whether a name in the lease stands for one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tenure {
    /// One process, which may leave before its time is over.
    Alone,
    /// A group of processes, such as all instances of a function: who finds the lease fresh leans
    /// on it without a write. None of them may leave, because it cannot speak for the others.
    Shared,
}

/// What a process may rely on after a renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    epoch: Epoch,
    until: Millis,
}

impl Held {
    /// The epoch under which it may write.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Until when, this instant not included, by its own clock.
    #[must_use]
    pub fn until(&self) -> Millis {
        self.until
    }
}

/// Why a lease was not renewed, in order of precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRenewed {
    /// The store did not answer.
    NoAnswer(NoAnswer),
    /// There is no control record.
    NotInitialized,
    /// Another Region is active.
    NotActive,
    /// A switchover drains this Region: whoever holds the lease may finish, nobody may prolong it.
    Draining,
    /// A failover has fenced every Region.
    Fenced,
    /// The lease is in a later epoch than the record that was read: the record has moved on.
    RecordBehindLease,
    /// The lease has [`HOLDERS_MAX`] other holders.
    TooManyHolders,
    /// The store answered neither yes nor no, as often as it was asked.
    Unsettled,
}

impl fmt::Display for NotRenewed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAnswer(no_answer) => return no_answer.fmt(f),
            Self::NotInitialized => "there is no control record yet",
            Self::NotActive => "another Region is active",
            Self::Draining => "a switchover drains this Region",
            Self::Fenced => "a failover has fenced every Region",
            Self::RecordBehindLease => "the record has moved on since it was read",
            Self::TooManyHolders => "the lease has too many holders",
            Self::Unsettled => "it is not known whether the lease was renewed",
        })
    }
}

impl std::error::Error for NotRenewed {}

/// How a lease is to be renewed.
pub(crate) enum Renewal {
    /// It is fresh: the group's name was written a moment ago.
    Lean(Held),
    /// Write this, and rely on the other only when it is written.
    Write(LeaseChange, Held),
}

/// The epoch under which a process of this Region may renew while the record says this.
pub(crate) fn renewable(record: &ControlRecord, region: &RegionName) -> Result<Epoch, NotRenewed> {
    match record.active_region() {
        None => Err(NotRenewed::Fenced),
        Some(active) if active != region && !is_planted(Bug::RegionIgnored) => {
            Err(NotRenewed::NotActive)
        }
        Some(_) if record.state() == State::Active => Ok(record.epoch()),
        Some(_) if is_planted(Bug::DrainingIgnored) => Ok(record.epoch()),
        Some(_) => Err(NotRenewed::Draining),
    }
}

/// How `holder` renews under `epoch`, when it began at `now` by its own clock, before it asked for
/// anything: every delay after that shortens what it may rely on.
pub(crate) fn renewal(
    epoch: Epoch,
    lease: Option<&Lease>,
    holder: &Holder,
    timing: &Timing,
    now: Millis,
) -> Result<Renewal, NotRenewed> {
    let until = now.plus(timing.lease_length);
    let is_revoked = lease.is_some_and(|lease| lease.epoch > epoch);
    if is_revoked && !is_planted(Bug::RevocationOverwritten) {
        return Err(NotRenewed::RecordBehindLease);
    }
    let own = lease.and_then(|lease| lease.holders.get(&holder.id)).copied();
    let is_current = lease.is_some_and(|lease| lease.epoch == epoch);
    if let Some(own) = own.filter(|own| is_current && is_fresh(*own, timing, now)) {
        return Ok(Renewal::Lean(Held { epoch, until: own.min(until) }));
    }
    let mut holders = lease.map_or_else(BTreeMap::new, |lease| living(lease, timing, now));
    // Another of the group may have written a later instant: it relies on it.
    holders.insert(holder.id.clone(), own.map_or(until, |own| own.max(until)));
    if holders.len() > HOLDERS_MAX {
        return Err(NotRenewed::TooManyHolders);
    }
    let renewed = Lease { region: holder.region.clone(), epoch, holders, revision: 0 };
    let overstay =
        if is_planted(Bug::LeaseOverstayed) { timing.clock_bound } else { DurationMs::ZERO };
    let held = Held { epoch, until: until.plus(overstay) };
    Ok(Renewal::Write(LeaseChange::over(lease, renewed), held))
}

/// Whether a name was renewed a moment ago.
fn is_fresh(until: Millis, timing: &Timing, now: Millis) -> bool {
    until.since(now) > timing.left_when_stale()
}

/// The holders whose gates may still be open: a clock behind this one is so by the bound at most.
fn living(lease: &Lease, timing: &Timing, now: Millis) -> BTreeMap<HolderId, Millis> {
    let holders = lease.holders.iter();
    holders
        .filter(|(_, until)| until.plus(timing.clock_bound) > now)
        .map(|(id, until)| (id.clone(), *until))
        .collect()
}

/// The write after which no renewal under an epoch before `epoch` is written; nothing when it is
/// done. The holders stay: their gates are open until then.
pub(crate) fn revocation(
    lease: Option<&Lease>,
    region: &RegionName,
    epoch: Epoch,
) -> Option<LeaseChange> {
    let holders = match lease {
        Some(lease) if lease.epoch >= epoch || is_planted(Bug::LeaseNotRevoked) => return None,
        Some(lease) => lease.holders.clone(),
        None => BTreeMap::new(),
    };
    let revoked = Lease { region: region.clone(), epoch, holders, revision: 0 };
    Some(LeaseChange::over(lease, revoked))
}

/// The write that takes a name out of the lease; nothing when it is not in it.
pub(crate) fn departure(lease: Option<&Lease>, id: &HolderId) -> Option<LeaseChange> {
    let lease = lease.filter(|lease| lease.holders.contains_key(id))?;
    let mut left = lease.clone();
    left.holders.remove(id);
    Some(LeaseChange::over(Some(lease), left))
}
