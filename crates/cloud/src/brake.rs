//! Stopping whoever drives a run where no effect is on its way: before an attempt begins, or while time passes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use runbook::ActionName;
use tokio::sync::Notify;
use tokio::time::sleep;

/// What holds a run still.
#[derive(Default)]
pub(crate) struct Brake {
    is_pulled: AtomicBool,
    pulled: Notify,
    before: Mutex<Option<ActionName>>,
    holds: Notify,
}

impl Brake {
    pub(crate) fn pull(&self) {
        self.is_pulled.store(true, Ordering::SeqCst);
        self.pulled.notify_waiters();
        self.pulled.notify_one();
    }

    pub(crate) fn pull_before(&self, action: ActionName) {
        *self.before.lock().unwrap_or_else(PoisonError::into_inner) = Some(action);
    }

    /// Until the run is held.
    pub(crate) async fn held(&self) {
        self.holds.notified().await;
    }

    /// Goes on at once, or never when the run is to be held before this action.
    pub(crate) async fn pass(&self, action: ActionName) {
        let before = *self.before.lock().unwrap_or_else(PoisonError::into_inner);
        if before == Some(action) || self.is_pulled.load(Ordering::SeqCst) {
            self.hold().await;
        }
    }

    /// Lets time pass; never returns when the run is to be held meanwhile.
    pub(crate) async fn wait(&self, span: Duration) {
        if self.is_pulled.load(Ordering::SeqCst) {
            self.hold().await;
        }
        tokio::select! {
            () = sleep(span) => {}
            () = self.pulled.notified() => self.hold().await,
        }
    }

    async fn hold(&self) {
        self.holds.notify_one();
        std::future::pending().await
    }
}
