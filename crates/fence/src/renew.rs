//! Renewing a lease, and leaving it: the small loops over the port.
//!
//! Each may be dropped at any point and begun again. There is no waiting here: an interval between
//! two tries is the caller's.

use crate::ATTEMPTS_MAX;
use crate::gate::Left;
use crate::lease::{Held, Holder, NotRenewed, Renewal, departure, renewable, renewal};
use crate::name::HolderId;
use crate::record::ControlRecord;
use crate::store::{ControlStore, Unsettled, WriteOutcome};
use crate::time::{Millis, Timing};

/// What a renewal saw, for [`Gate::saw`](crate::Gate::saw).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    id: HolderId,
    record: Option<ControlRecord>,
    held: Result<Held, NotRenewed>,
}

impl Sighting {
    /// The name that it renewed.
    #[must_use]
    pub fn id(&self) -> &HolderId {
        &self.id
    }

    /// The control record, if it was read.
    #[must_use]
    pub fn record(&self) -> Option<&ControlRecord> {
        self.record.as_ref()
    }

    /// What the process may rely on, or why on nothing new.
    ///
    /// # Errors
    /// When the lease was not renewed, or when that is not known.
    pub fn held(&self) -> Result<&Held, &NotRenewed> {
        self.held.as_ref()
    }
}

/// Reads the record and renews the lease of `holder`, whose clock showed `now` *before* this was
/// called. The order of the two is what makes it safe: who is fenced after the record was read
/// finds the lease in a later epoch.
pub async fn renew_once(
    store: &impl ControlStore,
    holder: &Holder,
    timing: &Timing,
    now: Millis,
) -> Sighting {
    let id = holder.id.clone();
    match store.read_record().await {
        Ok(record) => {
            let held = renew_under(store, record.as_ref(), holder, timing, now).await;
            Sighting { id, record, held }
        }
        Err(no_answer) => Sighting { id, record: None, held: Err(NotRenewed::NoAnswer(no_answer)) },
    }
}

async fn renew_under(
    store: &impl ControlStore,
    record: Option<&ControlRecord>,
    holder: &Holder,
    timing: &Timing,
    now: Millis,
) -> Result<Held, NotRenewed> {
    let epoch = renewable(record.ok_or(NotRenewed::NotInitialized)?, &holder.region)?;
    let mut lease = store.read_lease(&holder.region).await.map_err(NotRenewed::NoAnswer)?;
    for _ in 0..ATTEMPTS_MAX {
        let (change, held) = match renewal(epoch, lease.as_ref(), holder, timing, now)? {
            Renewal::Lean(held) => return Ok(held),
            Renewal::Write(change, held) => (change, held),
        };
        lease = match store.write_lease(&change).await {
            WriteOutcome::Written => return Ok(held),
            WriteOutcome::Refused(stored) => stored,
            WriteOutcome::Unknown => {
                store.read_lease(&holder.region).await.map_err(NotRenewed::NoAnswer)?
            }
        };
    }
    Err(NotRenewed::Unsettled)
}

/// Takes a name out of the lease.
///
/// # Errors
/// When the store does not answer, or not clearly: the name then runs out by itself, and a run
/// waits for it.
pub async fn leave_once(store: &impl ControlStore, left: &Left) -> Result<(), Unsettled> {
    let mut lease = store.read_lease(left.region()).await?;
    for _ in 0..ATTEMPTS_MAX {
        let Some(change) = departure(lease.as_ref(), left.id()) else { return Ok(()) };
        lease = match store.write_lease(&change).await {
            WriteOutcome::Written => return Ok(()),
            WriteOutcome::Refused(stored) => stored,
            WriteOutcome::Unknown => store.read_lease(left.region()).await?,
        };
    }
    Err(Unsettled::StillUnknown)
}
