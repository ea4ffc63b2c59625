//! Gives tasks their turns, one at a time.

use std::task::{Context, Poll, Waker};

use crate::sim::Sim;
use crate::sim::kernel::{Due, ProcessId, TaskId, Turns};
use crate::world::World;

struct Task {
    process: ProcessId,
    future: Turns,
}

#[derive(Default)]
struct Slot {
    generation: u32,
    task: Option<Task>,
}

/// What comes next.
enum Next {
    Admit(Vec<(ProcessId, Turns)>),
    Bury,
    Poll(TaskId),
    Nothing,
}

impl World {
    /// Lets messages arrive until there is something to do for the executor.
    fn next(&mut self) -> Next {
        loop {
            if !self.kernel.spawned.is_empty() {
                return Next::Admit(std::mem::take(&mut self.kernel.spawned));
            }
            if std::mem::take(&mut self.kernel.has_deaths) {
                return Next::Bury;
            }
            match self.kernel.next() {
                None => return Next::Nothing,
                Some(Due::Wake(task)) => return Next::Poll(task),
                Some(Due::Deliver(delivery)) => delivery(self),
            }
        }
    }
}

/// All tasks of a drill.
pub(crate) struct Executor {
    sim: Sim,
    slots: Vec<Slot>,
    free: Vec<usize>,
}

impl Executor {
    pub(crate) fn new(sim: Sim) -> Self {
        Self { sim, slots: Vec::new(), free: Vec::new() }
    }

    /// Does what is due until a task has had a turn. Nothing is left to do when the answer is no.
    pub(crate) fn turn(&mut self) -> bool {
        match self.sim.with(World::next) {
            Next::Admit(spawned) => self.admit(spawned),
            Next::Bury => self.bury(),
            Next::Poll(task) => self.poll(task),
            Next::Nothing => return false,
        }
        true
    }

    fn admit(&mut self, spawned: Vec<(ProcessId, Turns)>) {
        for (process, future) in spawned {
            let index = self.free.pop().unwrap_or_else(|| {
                self.slots.push(Slot::default());
                self.slots.len() - 1
            });
            let slot = &mut self.slots[index];
            slot.generation += 1;
            slot.task = Some(Task { process, future });
            let id = TaskId { index: index as u32, generation: slot.generation };
            self.sim.with(|world| world.kernel.wake_now(id));
        }
    }

    /// Drops the tasks of the dead.
    fn bury(&mut self) {
        for index in 0..self.slots.len() {
            let Some(task) = &self.slots[index].task else { continue };
            if !self.sim.with(|world| world.kernel.is_alive(task.process)) {
                self.end(index);
            }
        }
    }

    fn end(&mut self, index: usize) {
        // Dropped outside of the world's lock: what it owns may look at the world.
        drop(self.slots[index].task.take());
        self.free.push(index);
    }

    fn poll(&mut self, id: TaskId) {
        let index = id.index as usize;
        let slot = &mut self.slots[index];
        let Some(task) = slot.task.as_mut().filter(|_| slot.generation == id.generation) else {
            return;
        };
        let process = task.process;
        let is_held = self.sim.with(|world| world.kernel.begin_turn(id, process));
        let mut context = Context::from_waker(Waker::noop());
        if !is_held && task.future.as_mut().poll(&mut context) == Poll::Ready(()) {
            self.end(index);
        }
    }
}
