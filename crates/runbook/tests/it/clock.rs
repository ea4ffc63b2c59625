//! Time for tests: it passes only when nobody can go on.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use fence::{DurationMs, Millis};

/// Somebody who does something, as long as it is not done.
pub(crate) type Task<'t, T> = Option<Pin<Box<dyn Future<Output = T> + 't>>>;

/// A clock, and the hand that turns it.
#[derive(Debug)]
pub(crate) struct Clock {
    now: AtomicU64,
    /// The earliest instant that somebody who was just polled waits for.
    wanted: AtomicU64,
    /// Whether somebody who was just polled can go on at once.
    has_turned: AtomicBool,
}

impl Clock {
    pub(crate) fn new(now: Millis) -> Self {
        Self {
            now: AtomicU64::new(now.0),
            wanted: AtomicU64::new(u64::MAX),
            has_turned: AtomicBool::new(false),
        }
    }

    pub(crate) fn now(&self) -> Millis {
        Millis(self.now.load(Ordering::Relaxed))
    }

    pub(crate) fn advance(&self, span: DurationMs) {
        self.now.fetch_add(span.0, Ordering::Relaxed);
    }

    /// Gives up the turn once.
    pub(crate) fn turn(&self) -> Turn<'_> {
        Turn { clock: self, taken: false }
    }

    pub(crate) fn sleep(&self, span: DurationMs) -> Sleep<'_> {
        Sleep { clock: self, until: self.now().plus(span) }
    }

    /// Polls each task that is left until all are done. `choose` says which of them is next; when
    /// all sleep, time goes on. Nothing once `choose` says so.
    pub(crate) fn run<T>(
        &self,
        tasks: &mut [Task<'_, T>],
        mut choose: impl FnMut(usize) -> Option<usize>,
    ) -> Option<Vec<T>> {
        let mut done: Vec<Option<T>> = tasks.iter().map(|_| None).collect();
        let mut asleep: Vec<Option<u64>> = tasks.iter().map(|_| None).collect();
        while tasks.iter().any(Option::is_some) {
            let chosen = choose(tasks.len())?;
            let Some(task) = &mut tasks[chosen] else { continue };
            self.wanted.store(u64::MAX, Ordering::Relaxed);
            self.has_turned.store(false, Ordering::Relaxed);
            match task.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(value) => (done[chosen], tasks[chosen]) = (Some(value), None),
                Poll::Pending if self.has_turned.load(Ordering::Relaxed) => asleep.fill(None),
                Poll::Pending => asleep[chosen] = Some(self.wanted.load(Ordering::Relaxed)),
            }
            let left = tasks.iter().zip(&asleep).filter(|(task, _)| task.is_some());
            let waits: Option<Vec<u64>> = left.map(|(_, until)| *until).collect();
            if let Some(until) = waits.and_then(|waits| waits.into_iter().min()) {
                assert!(until < u64::MAX, "somebody waits for nothing");
                self.now.fetch_max(until, Ordering::Relaxed);
                asleep.fill(None);
            }
        }
        done.into_iter().collect()
    }
}

/// One turn given up.
pub(crate) struct Turn<'c> {
    clock: &'c Clock,
    taken: bool,
}

impl Future for Turn<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.taken, true) {
            return Poll::Ready(());
        }
        self.clock.has_turned.store(true, Ordering::Relaxed);
        Poll::Pending
    }
}

/// A time to wait.
pub(crate) struct Sleep<'c> {
    clock: &'c Clock,
    until: Millis,
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.clock.now() >= self.until {
            return Poll::Ready(());
        }
        self.clock.wanted.fetch_min(self.until.0, Ordering::Relaxed);
        Poll::Pending
    }
}
