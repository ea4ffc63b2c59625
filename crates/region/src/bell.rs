//! How the outbox worker of this process is told that there is something to do.

use std::sync::Arc;

use tokio::sync::Notify;

/// Tells the outbox worker, wherever it is, that the ledger has something new: of a worker in this process, a
/// [`Bell`]; of one elsewhere, a message to it.
pub trait Wake {
    /// Tells it. A courtesy: it cannot fail, and may be dropped at any await.
    fn wake(&self) -> impl Future<Output = ()> + Send;
}

/// A bell that the worker of this process hears. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    /// Rings. However often it rings while nobody listens, it is heard once.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits until it rings, or has rung since it was last heard.
    pub async fn heard(&self) {
        self.0.notified().await;
    }
}

impl Wake for Bell {
    async fn wake(&self) {
        self.ring();
    }
}
