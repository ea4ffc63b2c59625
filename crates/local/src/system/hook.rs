//! What may happen at the steps of a run: nothing, unless a drill wants it.

use std::pin::Pin;

use crate::system::ask::{Spoil, Standstill, Step};

/// A step that is waited for.
pub type AtStep<'h> = Pin<Box<dyn Future<Output = Option<Spoil>> + Send + 'h>>;

/// Whoever is told of the steps of runs. The runner waits until it has heard back, so that what is to
/// happen at a step happens exactly there.
pub trait Hook: Send + Sync + 'static {
    /// A runner is about to make this step; what its next attempt is to come to.
    fn step<'h>(&'h self, run: &'h str, step: &'h Step) -> AtStep<'h>;

    /// A runner has stopped.
    fn stopped(&self, run: &str, why: &Standstill);
}

/// Nothing happens.
pub struct NoHook;

impl Hook for NoHook {
    fn step<'h>(&'h self, _: &'h str, _: &'h Step) -> AtStep<'h> {
        Box::pin(async { None })
    }

    fn stopped(&self, _: &str, _: &Standstill) {}
}
