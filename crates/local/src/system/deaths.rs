//! Looks for what has ended by itself: no fault explains it, and nothing that follows can be believed.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use drill::{Fault, Site};
use tokio::time::sleep;

use crate::place::Place;
use crate::process::Process;
use crate::system::database_service::Role;
use crate::system::inner::Inner;
use crate::system::rules::Due;

/// From one look to the next.
const LOOK: Duration = Duration::from_millis(100);

impl Inner {
    /// Warns of whatever ends by itself, for as long as the Regions run.
    pub(crate) async fn look_for_deaths(self: Arc<Self>) {
        let mut silent = BTreeSet::new();
        loop {
            sleep(LOOK).await;
            self.look_for_dead_processes().await;
            // Of a database that is being moved one look proves nothing.
            let now = self.silent_databases();
            for site in silent.intersection(&now) {
                self.warn_of_database(*site);
            }
            silent = now;
        }
    }

    /// Our own children, which only faults and deployments end.
    pub(crate) async fn look_for_dead_processes(&self) {
        let processes = self.processes.lock().await;
        for site in Site::ALL {
            if let Some(service) = &processes.services[site as usize] {
                self.warn_if_dead(service, &self.service_log(site));
            }
        }
        let places = [Place::Region(Site::Primary), Place::Region(Site::Standby), Place::Witness];
        for (replica, place) in processes.replicas.iter().zip(places) {
            if let Some(replica) = replica {
                let log = self.directory.join(place.as_str()).join("replica.log");
                self.warn_if_dead(replica, &log);
            }
        }
        for runner in &processes.runners {
            // One that has nothing left to do ends by itself.
            if !runner.process.has_ended().is_some_and(|status| status.success()) {
                let log = self.directory_of(runner.home).join("runners.log");
                self.warn_if_dead(&runner.process, &log);
            }
        }
    }

    fn warn_if_dead(&self, process: &Process, log: &Path) {
        let ended: Option<ExitStatus> = process.has_ended().filter(|_| !process.was_killed());
        if let Some(status) = ended {
            let (name, pid, log) = (process.name(), process.pid(), log.display());
            self.warn(&format!("{name} (process {pid}) ended by itself ({status}): see `{log}`"));
        }
    }

    /// The databases that should run, that nobody moves, and that do not run.
    fn silent_databases(&self) -> BTreeSet<Site> {
        let Ok(_turn) = self.changing.try_lock() else { return BTreeSet::new() };
        let (faults, pair) = (self.faults(), self.pair());
        let is_silent = |site: &Site| {
            let cluster = &self.clusters[*site as usize];
            let is_left = !pair.is_moving && pair.roles[*site as usize] != Role::Replaced;
            let is_due = faults.of_database(*site) == Due::Run && cluster.is_at_rest();
            let has_space = !faults.has(Fault::DiskFull(*site));
            is_left && is_due && has_space && !cluster.is_running()
        };
        Site::ALL.into_iter().filter(is_silent).collect()
    }

    fn warn_of_database(&self, site: Site) {
        let cluster = &self.clusters[site as usize];
        let (name, log) = (cluster.name(), cluster.log());
        self.warn(&format!("{name} ended by itself: see `{}`", log.display()));
    }
}
