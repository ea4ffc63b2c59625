//! Stops a served Region before and after each of its effects, for tests that kill it, or its database, just there.
//!
//! Compiled in by the feature `crash-points` only, and then at work only when `TIDEOVER_CRASH_POINTS` names a socket.
//! At each point the name of the effect goes to the socket as one line, and the process waits there for a line back:
//! whoever listens counts the points, and kills what it wants to kill while nothing moves.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use notify::{
    Called, Caller, ClaimedDelivery, ClaimedEvent, DeliveryChange, EndpointChange, EndpointId,
    EndpointState, Handed, Outbox, OutboxFault, Receipts, Remaining, Topic, WebhookRequest,
};
use payments::{
    Call, Committed, Epoch, Event, EventId, Intent, IntentWrite, Intents, Ledger, PaymentId,
    PaymentRecord, Processor, ProcessorKey, Read, ScopedKey, Sent, Status, Transaction, Written,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

/// A port whose effects can be stopped at.
#[derive(Clone, Debug)]
pub(crate) struct Stoppable<P> {
    port: P,
    socket: Option<PathBuf>,
}

impl<P> Stoppable<P> {
    /// The port, stopped at where the environment says so.
    pub(crate) fn new(port: P) -> Self {
        Self { port, socket: std::env::var_os("TIDEOVER_CRASH_POINTS").map(PathBuf::from) }
    }

    async fn around<T>(&self, effect: &str, effects: impl Future<Output = T>) -> T {
        self.stop(&format!("before {effect}")).await;
        let answer = effects.await;
        self.stop(&format!("after {effect}")).await;
        answer
    }

    async fn stop(&self, point: &str) {
        let Some(socket) = &self.socket else { return };
        // Whoever listened has gone: the test is over, and so is this process.
        let Ok(mut stream) = UnixStream::connect(socket).await else { std::process::abort() };
        let told = stream.write_all(format!("{point}\n").as_bytes()).await;
        let answered = stream.read_u8().await;
        if told.is_err() || answered.is_err() {
            std::process::abort();
        }
    }
}

impl<P: Intents + Sync> Intents for Stoppable<P> {
    async fn read(&self, key: &ScopedKey) -> Read<Intent> {
        self.port.read(key).await
    }

    async fn write(&self, write: &IntentWrite) -> Written {
        self.around("the intent is written", self.port.write(write)).await
    }
}

impl<P: Ledger + Sync> Ledger for Stoppable<P> {
    async fn read(&self, payment: PaymentId) -> Read<PaymentRecord> {
        self.port.read(payment).await
    }

    async fn commit(&self, transaction: &Transaction) -> Committed {
        self.around("the ledger commits", self.port.commit(transaction)).await
    }
}

impl<P: Processor + Sync> Processor for Stoppable<P> {
    async fn send(&self, call: &Call) -> Sent {
        self.around("the processor is called", self.port.send(call)).await
    }

    async fn status(&self, key: ProcessorKey) -> Status {
        self.port.status(key).await
    }
}

impl<P: Topic + Sync> Topic for Stoppable<P> {
    async fn publish(&self, event: &Event, json: &str) -> Handed {
        self.around("the event is published", self.port.publish(event, json)).await
    }
}

impl<P: Receipts + Sync> Receipts for Stoppable<P> {
    async fn put(&self, name: &str, json: &str) -> Handed {
        self.around("the receipt is stored", self.port.put(name, json)).await
    }
}

impl<P: Caller + Sync> Caller for Stoppable<P> {
    async fn call(&self, request: &WebhookRequest) -> Called {
        self.around("the webhook is called", self.port.call(request)).await
    }
}

impl<P: Outbox + Sync> Outbox for Stoppable<P> {
    async fn claim_events(
        &self,
        epoch: Epoch,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<ClaimedEvent>, OutboxFault> {
        self.port.claim_events(epoch, limit, lease).await
    }

    async fn told(
        &self,
        epoch: Epoch,
        event: EventId,
        endpoints: &[EndpointId],
        remaining: Remaining,
    ) -> Result<(), OutboxFault> {
        let told = self.port.told(epoch, event, endpoints, remaining);
        self.around("the outbox notes what was told", told).await
    }

    async fn done(&self, epoch: Epoch, event: EventId) -> Result<(), OutboxFault> {
        self.around("the outbox notes what is done", self.port.done(epoch, event)).await
    }

    async fn postpone(
        &self,
        epoch: Epoch,
        claimed: &ClaimedEvent,
        after: Duration,
    ) -> Result<(), OutboxFault> {
        self.port.postpone(epoch, claimed, after).await
    }

    async fn claim_deliveries(
        &self,
        epoch: Epoch,
        endpoints: &BTreeMap<EndpointId, u64>,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<ClaimedDelivery>, OutboxFault> {
        self.port.claim_deliveries(epoch, endpoints, limit, lease).await
    }

    async fn tried(
        &self,
        epoch: Epoch,
        claimed: &ClaimedDelivery,
        delivery: DeliveryChange,
        endpoint: &EndpointChange,
    ) -> Result<(), OutboxFault> {
        let tried = self.port.tried(epoch, claimed, delivery, endpoint);
        self.around("the outbox notes a try", tried).await
    }

    async fn endpoints(&self) -> Result<BTreeMap<EndpointId, EndpointState>, OutboxFault> {
        self.port.endpoints().await
    }
}
