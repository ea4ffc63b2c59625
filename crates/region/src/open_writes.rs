//! How many writes of this process are open: let in while its gate was open, and not ended yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// The open writes of one process, counted.
#[derive(Debug, Default)]
pub(crate) struct OpenWrites {
    count: AtomicUsize,
    /// Told when the last one has ended, or when something else may have changed whether to leave.
    pub(crate) changed: Notify,
}

impl OpenWrites {
    /// Counts one more, until what is given back is dropped.
    pub(crate) fn begin(self: &Arc<Self>) -> OpenWrite {
        self.count.fetch_add(1, Ordering::SeqCst);
        OpenWrite(self.clone())
    }

    /// Whether none is open.
    pub(crate) fn is_none(&self) -> bool {
        self.count.load(Ordering::SeqCst) == 0
    }
}

/// One that is open as long as this is there.
#[derive(Debug)]
pub(crate) struct OpenWrite(Arc<OpenWrites>);

impl Drop for OpenWrite {
    fn drop(&mut self) {
        if self.0.count.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.changed.notify_waiters();
        }
    }
}
