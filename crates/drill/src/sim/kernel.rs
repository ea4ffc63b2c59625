//! What is due, and when; who lives, and who stands still.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::Future;
use std::pin::Pin;

use crate::history::Site;
use crate::random::Random;
use crate::world::World;

/// A process; a new one after each start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ProcessId(u32);

/// A task, and which of the tasks in its place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TaskId {
    pub(crate) index: u32,
    pub(crate) generation: u32,
}

/// What a task does, a turn at a time.
pub(crate) type Turns = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A message that arrives.
pub(crate) type Delivery = Box<dyn FnOnce(&mut World) + Send>;

/// Something that is due.
pub(crate) enum Due {
    Wake(TaskId),
    Deliver(Delivery),
}

/// How many different chances there are among what is due at the same time.
const LOTS: u64 = 1 << 16;

struct Queued {
    /// When; then chance, among what is due at the same time; then the order of asking.
    rank: u128,
    due: Due,
}

impl Queued {
    fn new(at: u64, lot: u64, sequence: u64, due: Due) -> Self {
        let rank = u128::from(at) << 64 | u128::from(lot) << 48 | u128::from(sequence);
        Self { rank, due }
    }

    fn at(&self) -> u64 {
        (self.rank >> 64) as u64
    }
}

impl PartialEq for Queued {
    fn eq(&self, other: &Self) -> bool {
        self.rank == other.rank
    }
}

impl Eq for Queued {}

impl PartialOrd for Queued {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Queued {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank.cmp(&other.rank)
    }
}

#[derive(Clone, Copy)]
struct Process {
    site: Option<Site>,
    is_alive: bool,
}

/// Time, chance, tasks and messages.
pub(crate) struct Kernel {
    now: u64,
    sequence: u64,
    queue: BinaryHeap<Reverse<Queued>>,
    processes: Vec<Process>,
    pub(crate) current: TaskId,
    pub(crate) spawned: Vec<(ProcessId, Turns)>,
    /// Whether a process has died since the executor looked.
    pub(crate) has_deaths: bool,
    /// What waits for a Region that stands still.
    frozen: [Option<Vec<Due>>; 2],
    pub(crate) random: Random,
}

impl Kernel {
    pub(crate) fn new(random: Random) -> Self {
        Self {
            now: 0,
            sequence: 0,
            queue: BinaryHeap::new(),
            processes: Vec::new(),
            current: TaskId { index: u32::MAX, generation: 0 },
            spawned: Vec::new(),
            has_deaths: false,
            frozen: [None, None],
            random,
        }
    }

    /// Milliseconds since the drill began.
    pub(crate) fn now(&self) -> u64 {
        self.now
    }

    /// A process that runs in a Region, or outside of both.
    pub(crate) fn start(&mut self, site: Option<Site>) -> ProcessId {
        self.processes.push(Process { site, is_alive: true });
        ProcessId(u32::try_from(self.processes.len() - 1).expect("a drill has few processes"))
    }

    pub(crate) fn kill(&mut self, process: ProcessId) {
        self.processes[process.0 as usize].is_alive = false;
        self.has_deaths = true;
    }

    /// All processes of a Region die.
    pub(crate) fn kill_site(&mut self, site: Site) {
        for process in &mut self.processes {
            process.is_alive &= process.site != Some(site);
        }
        self.has_deaths = true;
    }

    pub(crate) fn is_alive(&self, process: ProcessId) -> bool {
        self.processes[process.0 as usize].is_alive
    }

    pub(crate) fn spawn(&mut self, process: ProcessId, future: Turns) {
        self.spawned.push((process, future));
    }

    /// Wakes a task at this time.
    pub(crate) fn wake(&mut self, at: u64, task: TaskId) {
        self.push(at, Due::Wake(task));
    }

    /// Lets a message arrive at this time.
    pub(crate) fn deliver(&mut self, at: u64, delivery: Delivery) {
        self.push(at, Due::Deliver(delivery));
    }

    fn push(&mut self, at: u64, due: Due) {
        self.sequence += 1;
        let lot = self.random.below(LOTS);
        self.queue.push(Reverse(Queued::new(at.max(self.now), lot, self.sequence, due)));
    }

    /// Everything that is on its way, and every task that has not begun.
    pub(crate) fn take_all(&mut self) -> impl Sized + use<> {
        let frozen = self.frozen.each_mut().map(Option::take);
        (std::mem::take(&mut self.queue), std::mem::take(&mut self.spawned), frozen)
    }

    /// The next thing that is due; time goes on to it.
    pub(crate) fn next(&mut self) -> Option<Due> {
        let Reverse(queued) = self.queue.pop()?;
        self.now = queued.at();
        Some(queued.due)
    }

    pub(crate) fn is_frozen(&self, site: Site) -> bool {
        self.frozen[site.index()].is_some()
    }

    /// A task is to have its turn; not if its process stands still, which keeps the turn for later.
    pub(crate) fn begin_turn(&mut self, task: TaskId, process: ProcessId) -> bool {
        self.current = task;
        let site = self.processes[process.0 as usize].site.filter(|site| self.is_frozen(*site));
        if let Some(site) = site {
            self.hold(site, Due::Wake(task));
        }
        site.is_some()
    }

    /// Wakes a task that has just begun.
    pub(crate) fn wake_now(&mut self, task: TaskId) {
        self.wake(self.now, task);
    }

    pub(crate) fn freeze(&mut self, site: Site) {
        self.frozen[site.index()].get_or_insert_default();
    }

    /// Keeps what is due for a Region that stands still.
    pub(crate) fn hold(&mut self, site: Site, due: Due) {
        self.frozen[site.index()].get_or_insert_default().push(due);
    }

    /// Keeps a message that arrived in a Region that stands still.
    pub(crate) fn hold_delivery(&mut self, site: Site, delivery: Delivery) {
        self.hold(site, Due::Deliver(delivery));
    }

    /// Everything that waited is due now.
    pub(crate) fn thaw(&mut self, site: Site) {
        for due in self.frozen[site.index()].take().unwrap_or_default() {
            self.push(self.now, due);
        }
    }
}
