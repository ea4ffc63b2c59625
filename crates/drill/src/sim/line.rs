//! The line on which one answer comes back.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use crate::sim::Sim;
use crate::sim::kernel::{Kernel, TaskId};

struct State<T> {
    /// The task that waits.
    caller: TaskId,
    /// When it gives up.
    deadline: u64,
    /// When the answer is there, and the answer.
    answer: Option<(u64, T)>,
}

/// A line; clones are the same one. The first answer counts.
pub(crate) struct Line<T>(Arc<Mutex<State<T>>>);

impl<T> Line<T> {
    /// A line to the task that runs now.
    pub(crate) fn open(kernel: &Kernel, limit_ms: u64) -> Self {
        let deadline = kernel.now().saturating_add(limit_ms);
        Self(Arc::new(Mutex::new(State { caller: kernel.current, deadline, answer: None })))
    }

    /// Answers; the answer is there after so many milliseconds. The caller is woken once.
    pub(crate) fn answer(&self, kernel: &mut Kernel, travel_ms: u64, answer: T) {
        let mut state = self.state();
        if state.answer.is_none() {
            let at = kernel.now().saturating_add(travel_ms);
            kernel.wake(at.min(state.deadline), state.caller);
            state.answer = Some((at, answer));
        }
    }

    /// Says nothing: the caller is woken when it gives up.
    pub(crate) fn be_silent(&self, kernel: &mut Kernel) {
        let state = self.state();
        kernel.wake(state.deadline, state.caller);
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().expect("nobody panics while holding a line")
    }

    /// The answer, or nothing when the caller gives up.
    pub(crate) fn wait(&self, sim: &Sim) -> Waiting<T> {
        Waiting { line: self.clone(), sim: sim.clone() }
    }
}

impl<T> Clone for Line<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// Waits for the answer.
pub(crate) struct Waiting<T> {
    line: Line<T>,
    sim: Sim,
}

impl<T> Future for Waiting<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
        let now = self.sim.with(|world| world.kernel.now());
        let mut state = self.line.state();
        match state.answer.take() {
            Some((at, answer)) if at <= now => Poll::Ready(Some(answer)),
            early => {
                state.answer = early;
                if now >= state.deadline { Poll::Ready(None) } else { Poll::Pending }
            }
        }
    }
}
