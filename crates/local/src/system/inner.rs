//! What the supervisor holds: both Regions' processes and databases, the network between them, and what
//! was noted.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use drill::{Fault, Site, What};
use tokio::task::JoinSet;

use crate::dns::Authority;
use crate::network::{Line, Network, Way, Wires};
use crate::pace::Pace;
use crate::place::Place;
use crate::postgres::Cluster;
use crate::process::{Process, Warden, socket_in};
use crate::rehearsal::Notes;
use crate::store::StoreClient;
use crate::system::addresses::{Addresses, Direct, Links};
use crate::system::database_service::Pair;
use crate::system::hook::Hook;
use crate::system::objects::Objects;
use crate::system::rules::Faults;

/// What the supervisor holds.
pub(crate) struct Inner {
    /// The program that child processes are.
    pub(crate) program: PathBuf,
    pub(crate) directory: PathBuf,
    pub(crate) pace: Pace,
    pub(crate) since_us: u64,
    pub(crate) addresses: Addresses,
    pub(crate) links: Links,
    pub(crate) direct: Direct,
    pub(crate) network: Network,
    /// What is between the places, if they are namespaces.
    pub(crate) wires: Option<Wires>,
    pub(crate) clusters: [Cluster; 2],
    pub(crate) store: StoreClient,
    pub(crate) objects: Arc<Objects>,
    pub(crate) switch: Authority,
    pub(crate) hook: Arc<dyn Hook>,
    /// Ends everything if this process dies.
    pub(crate) warden: Warden,
    pub(crate) processes: tokio::sync::Mutex<Processes>,
    /// Held while faults change, so that of two changes one ends before the other begins.
    pub(crate) changing: tokio::sync::Mutex<()>,
    pub(crate) notes: Notes,
    pub(crate) course: Course,
}

/// What changes while the Regions run.
#[derive(Default)]
pub(crate) struct Course {
    faults: Mutex<Faults>,
    pair: Mutex<Pair>,
    warnings: Mutex<Vec<String>>,
    /// What goes on by itself, whatever becomes of who asked; it holds what it is held by until the end.
    background: Mutex<JoinSet<()>>,
}

/// Our own child processes; nothing for what does not run.
#[derive(Default)]
pub(crate) struct Processes {
    pub(crate) services: [Option<Process>; 2],
    /// The home primary's, the home standby's and the witness's.
    pub(crate) replicas: [Option<Process>; 3],
    pub(crate) runners: Vec<Runner>,
    /// How many runners there were: a part of their names.
    pub(crate) runners_started: u32,
}

/// A process that carries a run on.
pub(crate) struct Runner {
    pub(crate) run: String,
    pub(crate) home: Site,
    pub(crate) process: Process,
}

impl Inner {
    /// Lets something go on by itself until the end.
    pub(crate) fn spawn_task(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut background = lock(&self.course.background);
        while background.try_join_next().is_some() {}
        background.spawn(task);
    }

    /// Ends every process, whoever still holds this; the warden ends what is started meanwhile.
    pub(crate) fn end_all(&self) {
        lock(&self.course.background).abort_all();
        self.clusters.iter().for_each(Cluster::kill);
        if let Ok(mut processes) = self.processes.try_lock() {
            *processes = Processes::default();
        }
        self.warden.end();
    }

    /// The faults that there are now.
    pub(crate) fn faults(&self) -> Faults {
        lock(&self.course.faults).clone()
    }

    /// Takes note of a fault, and lets the network know.
    pub(crate) fn set_fault(&self, fault: Fault, begins: bool) {
        let faults = {
            let mut faults = lock(&self.course.faults);
            faults.change(fault, begins);
            faults.clone()
        };
        let cut = self.network.cut(|from, to| !faults.reaches(from, to));
        if let Err(error) = cut {
            self.warn(&format!("a wire is not as it should be: {error}"));
        }
        let wires = self.wires.clone();
        let is_wired =
            move |way: Way| wires.as_ref().is_some_and(|wires| wires.join(way.from(), way.to()));
        self.network.set(move |way| faults.passage(way, is_wired(way)));
    }

    pub(crate) fn pair(&self) -> MutexGuard<'_, Pair> {
        lock(&self.course.pair)
    }

    /// Writes down what happened now.
    pub(crate) fn note(&self, what: What) {
        self.notes.note(what);
    }

    /// Something went wrong that people should see.
    pub(crate) fn warn(&self, warning: &str) {
        let mut warnings = lock(&self.course.warnings);
        // What goes wrong again and again is said once.
        if !warnings.iter().any(|earlier| earlier == warning) {
            warnings.push(warning.to_owned());
        }
    }

    /// Something went wrong that no fault explains: while one is there it is what the fault is for.
    pub(crate) fn warn_unless_broken(&self, warning: &str) {
        if self.broken().is_empty() {
            self.warn(warning);
        }
    }

    pub(crate) fn warnings(&self) -> Vec<String> {
        lock(&self.course.warnings).clone()
    }

    /// Where a Region keeps everything.
    pub(crate) fn directory_of(&self, site: Site) -> PathBuf {
        self.directory.join(site.role())
    }

    /// Where the processor of cards keeps its books.
    pub(crate) fn processor_book(&self) -> PathBuf {
        self.directory.join("processor.jsonl")
    }

    /// From now on the database of a Region ends with this process.
    pub(crate) fn watch_database(&self, site: Site) {
        let cluster = &self.clusters[site as usize];
        if let Some(pid) = cluster.pids().first()
            && let Err(error) = self.warden.watch(*pid, cluster.name())
        {
            self.warn(&format!("nobody would end the databases: {error}"));
        }
    }

    /// Where the other Region's database gets what this one's writes.
    pub(crate) fn replication_from(&self, writer: Site) -> std::net::SocketAddr {
        let from = Place::Region(writer.other());
        self.links.end(from, Place::Region(writer), Line::Replication)
    }

    /// The socket at which the supervisor is asked.
    pub(crate) fn socket(&self) -> PathBuf {
        socket_in(&self.directory)
    }

    /// What is broken, in order.
    pub(crate) fn broken(&self) -> BTreeSet<Fault> {
        self.faults().all().collect()
    }
}

/// The folder of the two Regions of whoever does not say another.
#[must_use]
pub fn usual_folder() -> PathBuf {
    std::env::temp_dir().join(format!("tideover-{}", rustix::process::getuid().as_raw()))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics while holding it")
}
