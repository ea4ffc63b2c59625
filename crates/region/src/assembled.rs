//! A Region made of its parts, for the router. It decides nothing.

use std::sync::Arc;

use payments::{Books, Gatekeeper, Intents, Ledger};
use service::{Health, Region};

use crate::bell::Wake;

/// The parts of a Region. One store may be several of them.
pub struct Assembled<G, I, L, B, H, W> {
    /// The check in front of every write: a [`crate::Keeper`].
    pub gatekeeper: G,
    /// The strongly consistent store of intents.
    pub intents: Arc<I>,
    /// The ledger's writer.
    pub ledger: Arc<L>,
    /// What is read and never written.
    pub books: Arc<B>,
    /// What the health endpoints tell: the same [`crate::Keeper`].
    pub health: H,
    /// Who tells the outbox worker.
    pub worker: W,
}

impl<G, I, L, B, H, W> Region for Assembled<G, I, L, B, H, W>
where
    G: Gatekeeper + Send + Sync + 'static,
    I: Intents + Send + Sync + 'static,
    L: Ledger + Send + Sync + 'static,
    B: Books + Send + Sync + 'static,
    H: Health + Send + Sync + 'static,
    W: Wake + Send + Sync + 'static,
{
    type Gatekeeper = G;
    type Intents = I;
    type Ledger = L;
    type Books = B;
    type Health = H;

    fn gatekeeper(&self) -> &G {
        &self.gatekeeper
    }

    fn intents(&self) -> &I {
        &self.intents
    }

    fn ledger(&self) -> &L {
        &self.ledger
    }

    fn books(&self) -> &B {
        &self.books
    }

    fn health(&self) -> &H {
        &self.health
    }

    async fn posted(&self) {
        self.worker.wake().await;
    }
}
