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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::task::yield_now;

    use super::*;

    const LONG: Duration = Duration::from_secs(3_600);

    /// Whether this still waits when everything else has had its turn.
    async fn stands_still(task: &tokio::task::JoinHandle<()>) -> bool {
        for _ in 0..100 {
            yield_now().await;
        }
        !task.is_finished()
    }

    #[tokio::test]
    async fn nothing_is_held_that_is_not_to_be() {
        let brake = Brake::default();
        brake.pull_before(ActionName::Open);
        brake.pass(ActionName::MuteAlarms).await;
        brake.wait(Duration::ZERO).await;
    }

    #[tokio::test]
    async fn a_run_is_held_before_the_action_that_is_named() {
        let brake = Arc::new(Brake::default());
        brake.pull_before(ActionName::Open);
        let passing = Arc::clone(&brake);
        let task = tokio::spawn(async move { passing.pass(ActionName::Open).await });
        brake.held().await;
        assert!(stands_still(&task).await);
    }

    #[tokio::test]
    async fn pulling_ends_a_wait_and_holds() {
        let brake = Arc::new(Brake::default());
        let waiting = Arc::clone(&brake);
        let task = tokio::spawn(async move { waiting.wait(LONG).await });
        yield_now().await;
        brake.pull();
        brake.held().await;
        assert!(stands_still(&task).await);
    }

    #[tokio::test]
    async fn what_was_pulled_before_holds_whatever_comes_next() {
        for waits in [false, true] {
            let brake = Arc::new(Brake::default());
            brake.pull();
            let driver = Arc::clone(&brake);
            let task = tokio::spawn(async move {
                match waits {
                    true => driver.wait(LONG).await,
                    false => driver.pass(ActionName::MuteAlarms).await,
                }
            });
            brake.held().await;
            assert!(stands_still(&task).await, "waits: {waits}");
        }
    }

    #[tokio::test]
    async fn whoever_asks_late_is_told_that_it_is_held() {
        let brake = Arc::new(Brake::default());
        brake.pull();
        let driver = Arc::clone(&brake);
        let task = tokio::spawn(async move { driver.pass(ActionName::Open).await });
        assert!(stands_still(&task).await);
        brake.held().await;
    }
}
