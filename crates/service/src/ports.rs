//! What HTTP needs of a Region beyond what taking payments needs.

use fence::{Readiness, RegionName};
use payments::{Books, Gatekeeper, Intents, Ledger};

/// One Region, as this process reaches it: the ports of [`payments::pay`] and those of this crate.
pub trait Region: Send + Sync + 'static {
    /// The check in front of every write.
    type Gatekeeper: Gatekeeper + Send + Sync;
    /// The strongly consistent store of intents.
    type Intents: Intents + Send + Sync;
    /// The ledger's writer.
    type Ledger: Ledger + Send + Sync;
    /// What is read and never written.
    type Books: Books + Send + Sync;
    /// What the health endpoints tell.
    type Health: Health + Send + Sync;

    /// The check in front of every write.
    fn gatekeeper(&self) -> &Self::Gatekeeper;
    /// The strongly consistent store of intents.
    fn intents(&self) -> &Self::Intents;
    /// The ledger's writer.
    fn ledger(&self) -> &Self::Ledger;
    /// What is read and never written.
    fn books(&self) -> &Self::Books;
    /// What the health endpoints tell.
    fn health(&self) -> &Self::Health;

    /// Tells the outbox worker that the ledger has something new, so that it need not wait until it
    /// looks by itself. A courtesy after a payment or refund that was acknowledged now: it cannot
    /// fail, may be dropped at any await, and should not take long.
    fn posted(&self) -> impl Future<Output = ()> + Send;
}

/// What is known of the permission to take money.
pub trait Health {
    /// May this Region take money now? [`fence::readiness`] says it.
    fn readiness(&self) -> impl Future<Output = Readiness> + Send;

    /// The Region that traffic is meant for, when the control record was read for this very answer;
    /// nothing in any doubt. [`fence::traffic`] says it.
    fn traffic(&self) -> impl Future<Output = Option<RegionName>> + Send;
}
