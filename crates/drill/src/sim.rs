//! The kernel: virtual time, tasks that take turns, messages on their way, and one seed for all
//! chance.
//!
//! Tasks are plain futures polled with a waker that does nothing. What wakes them is a queue of
//! instants; of two that are due at the same millisecond chance decides, so that seeds explore
//! orders. A process that dies is its tasks dropped at a point where they wait.

mod executor;
mod kernel;
mod line;
mod sleep;

pub(crate) use executor::Executor;
pub(crate) use kernel::{Kernel, ProcessId};
pub(crate) use line::Line;

use std::future::Future;
use std::sync::{Arc, Mutex};

use crate::sim::sleep::{Limited, Sleep};
use crate::world::World;

/// The simulation; clones are the same one.
#[derive(Clone)]
pub(crate) struct Sim(Arc<Mutex<World>>);

impl Sim {
    pub(crate) fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    /// Looks at the world or changes it, in one instant.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.0.lock().expect("nobody panics while holding the world"))
    }

    /// Begins a task of a process.
    pub(crate) fn spawn(
        &self,
        process: ProcessId,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        self.with(|world| world.kernel.spawn(process, Box::pin(task)));
    }

    /// Lets so many milliseconds pass.
    pub(crate) fn sleep(&self, ms: u64) -> Sleep {
        let until = self.with(|world| world.kernel.now()).saturating_add(ms);
        Sleep::new(self.clone(), until)
    }

    /// What the future gives, unless that takes longer than so many milliseconds.
    pub(crate) async fn within<T>(&self, ms: u64, future: impl Future<Output = T>) -> Option<T> {
        Limited::new(std::pin::pin!(future), self.sleep(ms)).await
    }
}
