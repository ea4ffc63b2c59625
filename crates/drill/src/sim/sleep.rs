//! Waiting: for an instant, or for a future no longer than until an instant.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::sim::Sim;

/// Is there at an instant.
pub(crate) struct Sleep {
    sim: Sim,
    until: u64,
    is_set: bool,
}

impl Sleep {
    pub(crate) fn new(sim: Sim, until: u64) -> Self {
        Self { sim, until, is_set: false }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let (until, is_set) = (self.until, self.is_set);
        let is_over = self.sim.with(|world| {
            let kernel = &mut world.kernel;
            let is_over = kernel.now() >= until && is_set;
            if !is_set {
                kernel.wake(until, kernel.current);
            }
            is_over
        });
        self.is_set = true;
        if is_over { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// A future, or nothing when its time is over.
pub(crate) struct Limited<'f, F> {
    future: Pin<&'f mut F>,
    limit: Sleep,
}

impl<'f, F> Limited<'f, F> {
    pub(crate) fn new(future: Pin<&'f mut F>, limit: Sleep) -> Self {
        Self { future, limit }
    }
}

impl<F: Future> Future for Limited<'_, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.future.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending => Pin::new(&mut self.limit).poll(context).map(|()| None),
        }
    }
}
