//! What an outbox worker does, one row at a time: the ports of `notify` and `payments`, tied together. When, and how
//! many at once, is the worker's.

use std::sync::Arc;
use std::time::Duration;

use notify::{
    Caller, ClaimedDelivery, ClaimedEvent, DeliverPorts, Delivered, EndpointReport, EndpointSource,
    Outbox, OutboxFault, Receipts, TellPorts, Told, Topic, deliver, tell, visible,
};
use payments::{Epoch, Gate, Gatekeeper, Intents, Ledger, Processor, Time};

/// The rows of an outbox, and what is done about them. [`WorkPorts`] is one.
pub trait Work: Send + Sync + 'static {
    /// Whether this Region may act now, and under which epoch.
    fn gate(&self) -> Gate;

    /// Held from before the gate is asked until rows are claimed: [`Gatekeeper::writing`].
    fn writing(&self) -> impl Send {}

    /// Claims up to `limit` events.
    fn claim_events(
        &self,
        epoch: Epoch,
        limit: u32,
        lease: Duration,
    ) -> impl Future<Output = Result<Vec<ClaimedEvent>, OutboxFault>> + Send;

    /// Sees to an event. May be dropped at any await.
    fn tell(
        &self,
        epoch: Epoch,
        claimed: &ClaimedEvent,
        random: u64,
    ) -> impl Future<Output = Told> + Send;

    /// Claims up to `limit` callbacks.
    fn claim_callbacks(
        &self,
        epoch: Epoch,
        limit: u32,
        lease: Duration,
    ) -> impl Future<Output = Result<Vec<ClaimedDelivery>, OutboxFault>> + Send;

    /// Sees to a callback. May be dropped at any await.
    fn deliver(
        &self,
        epoch: Epoch,
        claimed: &ClaimedDelivery,
        now: Time,
        random: u64,
    ) -> impl Future<Output = Delivered> + Send;

    /// How every endpoint is; nothing when that cannot be read now.
    fn survey(&self) -> impl Future<Output = Option<Vec<EndpointReport>>> + Send;
}

/// Everything that a worker reaches. One store may be several of them.
pub struct WorkPorts<G, I, L, P, O, T, R, E, C> {
    /// The gate of this Region: a [`crate::Keeper`].
    pub gatekeeper: G,
    /// The store of intents.
    pub intents: Arc<I>,
    /// The ledger.
    pub ledger: Arc<L>,
    /// Whoever moves the money.
    pub processor: P,
    /// The outbox, in the ledger.
    pub outbox: Arc<O>,
    /// Whoever tells everybody.
    pub topic: T,
    /// The bucket of receipts.
    pub receipts: R,
    /// The configuration of endpoints.
    pub endpoints: E,
    /// Whoever calls endpoints.
    pub caller: C,
}

impl<G, I, L, P, O, T, R, E, C> Work for WorkPorts<G, I, L, P, O, T, R, E, C>
where
    G: Gatekeeper + Send + Sync + 'static,
    I: Intents + Send + Sync + 'static,
    L: Ledger + Send + Sync + 'static,
    P: Processor + Send + Sync + 'static,
    O: Outbox + Send + Sync + 'static,
    T: Topic + Send + Sync + 'static,
    R: Receipts + Send + Sync + 'static,
    E: EndpointSource + Send + Sync + 'static,
    C: Caller + Send + Sync + 'static,
{
    fn gate(&self) -> Gate {
        self.gatekeeper.gate()
    }

    fn writing(&self) -> impl Send {
        self.gatekeeper.writing()
    }

    async fn claim_events(
        &self,
        epoch: Epoch,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<ClaimedEvent>, OutboxFault> {
        self.outbox.claim_events(epoch, limit, lease).await
    }

    async fn tell(&self, epoch: Epoch, claimed: &ClaimedEvent, random: u64) -> Told {
        let ports = TellPorts {
            gatekeeper: &self.gatekeeper,
            intents: &*self.intents,
            ledger: &*self.ledger,
            processor: &self.processor,
            outbox: &*self.outbox,
            topic: &self.topic,
            receipts: &self.receipts,
            endpoints: &self.endpoints,
        };
        tell(&ports, epoch, claimed, random).await
    }

    async fn claim_callbacks(
        &self,
        epoch: Epoch,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<ClaimedDelivery>, OutboxFault> {
        match self.endpoints.endpoints().await {
            Ok(endpoints) => {
                self.outbox.claim_deliveries(epoch, &endpoints.revisions(), limit, lease).await
            }
            // Nothing can be sent, so nothing is claimed; each event says so in the log.
            Err(_) => Ok(Vec::new()),
        }
    }

    async fn deliver(
        &self,
        epoch: Epoch,
        claimed: &ClaimedDelivery,
        now: Time,
        random: u64,
    ) -> Delivered {
        let ports = DeliverPorts {
            gatekeeper: &self.gatekeeper,
            outbox: &*self.outbox,
            caller: &self.caller,
            endpoints: &self.endpoints,
        };
        deliver(&ports, epoch, claimed, now, random).await
    }

    async fn survey(&self) -> Option<Vec<EndpointReport>> {
        let endpoints = self.endpoints.endpoints().await.ok()?;
        let states = self.outbox.endpoints().await.ok()?;
        Some(visible(&endpoints, &states))
    }
}
