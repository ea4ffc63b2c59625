//! The two Regions: brought up, kept, made to fail, and ended.

mod addresses;
pub(crate) mod ask;
mod children;
mod control;
mod database_service;
mod deaths;
mod faults;
mod ground;
mod hook;
mod inner;
mod objects;
mod processor;
mod readiness;
mod rules;
mod settings;
mod start;
mod status;
mod view;

pub use inner::usual_folder;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use drill::{Fault, Site, What};
use fence::RunId;
use runbook::Plan;

pub use ask::{Answer, Ask, Spoil, Standstill, Step, Waits};
pub use faults::NotChanged;
pub use ground::Ground;
pub use hook::{AtStep, Hook, NoHook};
pub use rules::{NotHere, is_playable};
pub use settings::{NotUp, SystemSettings, Underlay};
pub use status::{RecordStatus, RegionStatus, ServiceStatus, Status};

use tokio::task::JoinSet;

use crate::act::Ways;
use crate::dns::{Checkers, Resolver, Ttl};
use crate::place::Place;
use crate::postgres::{Cluster, TailRead};
use crate::process::Directory;
use crate::rehearsal::{LeftBehind, Notes, Patience};
use crate::store::StoreClient;
use crate::system::inner::Inner;

/// The two Regions. When it is dropped everything in them ends.
pub struct System {
    inner: Arc<Inner>,
    /// What ends with it: the socket, the processor, DNS, whoever looks for replaced writers.
    tasks: JoinSet<()>,
    _checkers: Option<Checkers>,
    _directory: Directory,
}

impl Drop for System {
    fn drop(&mut self) {
        self.tasks.abort_all();
        self.inner.end_all();
    }
}

impl System {
    /// How everything is reached from a place.
    #[must_use]
    pub fn ways(&self, from: Place) -> Ways {
        self.inner.ways(from)
    }

    /// A resolver for each client.
    pub fn resolvers(&self) -> impl Fn(Patience) -> Resolver + use<> {
        let (dns, sticky_ttl) = (self.inner.addresses.dns, self.inner.pace.sticky_ttl);
        move |patience| match patience {
            Patience::Honest => Resolver::new(dns, Ttl::Honoured),
            Patience::Sticky => Resolver::new(dns, Ttl::Ignored(sticky_ttl)),
        }
    }

    /// The socket at which the supervisor is asked.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.inner.socket()
    }

    /// Where everything is kept.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.inner.directory
    }

    /// The strongly consistent store, as it is reached from outside.
    #[must_use]
    pub fn store(&self) -> &StoreClient {
        &self.inner.store
    }

    /// A Region's database.
    #[must_use]
    pub fn cluster(&self, site: Site) -> &Cluster {
        &self.inner.clusters[site as usize]
    }

    /// How everything is.
    pub async fn status(&self) -> Status {
        self.inner.status().await
    }

    /// Lets a fault begin, or end.
    ///
    /// # Errors
    /// When it cannot be played here, or when a process did not do what it should.
    pub async fn change(&self, fault: Fault, begins: bool, line: &str) -> Result<(), NotChanged> {
        self.inner.change(fault, begins, line.to_owned()).await
    }

    /// What is broken now.
    #[must_use]
    pub fn broken(&self) -> BTreeSet<Fault> {
        self.inner.broken()
    }

    /// Every process of the Region's service dies, and another begins.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn restart_service(&self, site: Site) -> Result<(), NotChanged> {
        self.inner.restart_service(site).await
    }

    /// Starts a runner of a run, in the Region that is to be opened, if anything runs there. A rude one
    /// takes the run from whoever has it.
    ///
    /// # Errors
    /// When the process does not start.
    pub async fn start_runner(&self, plan: &Plan, rude: bool) -> io::Result<()> {
        let home = Site::of(&plan.target).unwrap_or(Site::Standby);
        self.inner.start_runner(plan.run.as_str(), home, rude).await.map(drop)
    }

    /// Kills the runners of a run.
    pub async fn kill_runner(&self, run: &RunId) {
        self.inner.kill_runner(run.as_str()).await;
    }

    /// Whether a runner of the run lives.
    pub async fn has_runner(&self, run: &RunId) -> bool {
        self.inner.has_runner(run.as_str()).await
    }

    /// Writes something down as having happened now.
    pub fn note(&self, what: What) {
        self.inner.note(what);
    }

    /// Where everything that happens is written down.
    #[must_use]
    pub fn notes(&self) -> Notes {
        self.inner.notes.clone()
    }

    /// What writers that were replaced had and the new ones have not, oldest first, and whose they were.
    #[must_use]
    pub fn tails(&self) -> Vec<(Site, TailRead)> {
        self.inner.pair().tails.clone()
    }

    /// Whether neither database waits to be read as a writer that was replaced, and none is on its way
    /// into another role.
    pub(crate) fn is_settled(&self) -> bool {
        let pair = self.inner.pair();
        !pair.is_moving && !pair.roles.contains(&database_service::Role::Replaced)
    }

    /// Looks now for processes of ours that have ended by themselves, which is looked for all the time:
    /// whoever asks for warnings at the end misses none.
    pub async fn look_for_deaths(&self) {
        self.inner.look_for_dead_processes().await;
    }

    /// What went wrong that people should see.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.inner.warnings()
    }

    /// What of the receipts Regions had alone when they were lost, and how many of those the other Region has by now.
    ///
    /// # Errors
    /// When a bucket cannot be read.
    pub fn left_behind(&self) -> io::Result<Vec<LeftBehind>> {
        let all = self.inner.objects.alone()?.into_iter();
        let told = all.map(|(alone, arrived)| LeftBehind {
            site: alone.site,
            receipts: alone.names.len() as u64,
            arrived,
        });
        Ok(told.collect())
    }

    /// Where the processor of cards keeps its books.
    #[must_use]
    pub fn processor_book(&self) -> PathBuf {
        self.inner.processor_book()
    }

    /// Where the three replicas of the store write down how they voted.
    #[must_use]
    pub fn vote_logs(&self) -> [PathBuf; 3] {
        [0, 1, 2].map(|number| self.inner.replica_log(number))
    }

    /// Where a Region's service writes its log.
    #[must_use]
    pub fn service_log(&self, site: Site) -> PathBuf {
        self.inner.service_log(site)
    }
}
