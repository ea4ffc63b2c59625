//! Lets something fail, or work again, with all that follows from it at once.

use std::sync::Arc;

use drill::{Fault, Site, What};
use tokio::task::spawn_blocking;

use crate::place::Place;
use crate::postgres::ClusterError;
use crate::process::Process;
use crate::system::database_service::Role;
use crate::system::inner::Inner;
use crate::system::rules::{Due, Faults, NotHere, is_playable};

/// Why a change did not take place, or not wholly.
#[derive(Debug, thiserror::Error)]
pub enum NotChanged {
    /// It cannot be played here.
    #[error(transparent)]
    NotHere(#[from] NotHere),
    /// A process did not start, or did not end.
    #[error("{0}")]
    Process(String),
}

impl Inner {
    /// Lets a fault begin or end.
    pub(crate) async fn change(
        &self,
        fault: Fault,
        begins: bool,
        line: String,
    ) -> Result<(), NotChanged> {
        self.can_change(fault)?;
        let _turn = self.changing.lock().await;
        self.note(What::Happened { line, is_fault: begins });
        if let Fault::PromotionUnclear(times) = fault {
            self.pair().unclear_left = if begins { times } else { 0 };
        }
        let before = self.faults();
        let mut after = before.clone();
        after.change(fault, begins);
        // A cut comes before deaths, so that nobody who dies says farewell; what is mended is there
        // before it is reached. Of a disk it is known first, because servers start on it meanwhile.
        if begins || matches!(fault, Fault::DiskFull(_)) {
            self.set_fault(fault, begins);
            let settled = self.settle(&before, &after).await;
            if let Fault::RegionLost(site) = fault {
                self.note_loss_of_objects(site);
            }
            settled
        } else {
            let settled = self.settle(&before, &after).await;
            self.set_fault(fault, false);
            settled
        }
    }

    /// Writes down what the Region had that the other has not, now that nothing leaves it any more.
    fn note_loss_of_objects(&self, site: Site) {
        let objects = Arc::clone(&self.objects);
        self.spawn_task(async move {
            // A folder that cannot be read is told by whoever copies it.
            let _ = spawn_blocking(move || objects.note_loss(site)).await;
        });
    }

    fn can_change(&self, fault: Fault) -> Result<(), NotHere> {
        is_playable(fault)?;
        match fault {
            Fault::DiskFull(site) if !self.clusters[site as usize].has_limited_disk() => {
                Err(NotHere::DiskUnlimited)
            }
            _ => Ok(()),
        }
    }

    /// Brings every process to what all faults together say. Only what was not to run before is
    /// started: what has ended by itself stays what it is.
    async fn settle(&self, before: &Faults, after: &Faults) -> Result<(), NotChanged> {
        for site in Site::ALL {
            let place = Place::Region(site);
            let replica = (before.of_replica(place), after.of_replica(place));
            self.settle_replica(site as usize, replica).await?;
            let is_freed = self.settle_disk(site, before, after).await?;
            // A server may have ended itself for want of space.
            let was = if is_freed { Due::Gone } else { before.of_database(site) };
            self.settle_database(site, (was, after.of_database(site))).await?;
            let service = (before.of_service(site), after.of_service(site));
            self.settle_service(site, service).await?;
            self.settle_runners(site, after.of_runners(site)).await;
        }
        let witness = (before.of_replica(Place::Witness), after.of_replica(Place::Witness));
        self.settle_replica(2, witness).await
    }

    /// Whether there is space again where there was none.
    async fn settle_disk(
        &self,
        site: Site,
        before: &Faults,
        after: &Faults,
    ) -> Result<bool, NotChanged> {
        let cluster = &self.clusters[site as usize];
        let full = Fault::DiskFull(site);
        let changed = match (before.has(full), after.has(full)) {
            (false, true) => cluster.fill_disk().await,
            (true, false) => cluster.free_disk().await,
            _ => return Ok(false),
        };
        changed.map_err(failed)?;
        Ok(!after.has(full))
    }

    async fn settle_database(&self, site: Site, (was, is): (Due, Due)) -> Result<(), NotChanged> {
        let cluster = &self.clusters[site as usize];
        match is {
            Due::Gone => cluster.kill(),
            Due::StandStill => cluster.freeze(),
            Due::Run if was == Due::Run => {}
            Due::Run => {
                cluster.thaw();
                // Whoever moves the writer starts it then.
                if !cluster.is_running() && !self.pair().is_moving {
                    return self.start_database(site).await;
                }
            }
        }
        Ok(())
    }

    /// The database starts as what it was when it ended: a writer that was replaced meanwhile does not
    /// know of that.
    async fn start_database(&self, site: Site) -> Result<(), NotChanged> {
        let role = self.pair().roles[site as usize];
        let cluster = &self.clusters[site as usize];
        let started = match role {
            Role::Writer | Role::Replaced => cluster.start().await,
            Role::Standby => cluster.start_as_standby(self.replication_from(site.other())).await,
        };
        match started {
            Ok(()) => self.watch_database(site),
            // Whoever takes it back starts it.
            Err(ClusterError::Unfinished) => {}
            // It starts when there is space.
            Err(_) if self.faults().has(Fault::DiskFull(site)) => {}
            Err(error) => return Err(failed(error)),
        }
        Ok(())
    }

    /// What the database service has started or stopped may be what faults that came meanwhile do not
    /// let run, or let run again.
    pub(crate) async fn settle_databases(&self) {
        let _turn = self.changing.lock().await;
        for site in Site::ALL {
            let due = self.faults().of_database(site);
            if let Err(error) = self.settle_database(site, (Due::Gone, due)).await {
                self.warn(&format!("the database of the {} does not run: {error}", site.role()));
            }
        }
    }

    async fn settle_service(&self, site: Site, (was, is): (Due, Due)) -> Result<(), NotChanged> {
        let is_there = {
            let mut processes = self.processes.lock().await;
            self.settle_process(&mut processes.services[site as usize], is).await
        };
        if is == Due::Run && was != Due::Run && !is_there {
            self.start_service(site).await.map_err(failed)?;
        }
        Ok(())
    }

    async fn settle_replica(&self, number: usize, (was, is): (Due, Due)) -> Result<(), NotChanged> {
        let is_there = {
            let mut processes = self.processes.lock().await;
            self.settle_process(&mut processes.replicas[number], is).await
        };
        if is == Due::Run && was != Due::Run && !is_there {
            self.start_replica(number).await.map_err(failed)?;
        }
        Ok(())
    }

    /// Whether it is there.
    async fn settle_process(&self, process: &mut Option<Process>, due: Due) -> bool {
        match due {
            Due::Gone => {
                if let Some(process) = process.take() {
                    self.end(&process).await;
                }
            }
            Due::StandStill => process.iter().for_each(Process::freeze),
            Due::Run => process.iter().for_each(Process::thaw),
        }
        process.as_ref().is_some_and(|process| process.has_ended().is_none())
    }

    async fn settle_runners(&self, site: Site, due: Due) {
        let processes = self.processes.lock().await;
        for runner in processes.runners.iter().filter(|runner| runner.home == site) {
            match due {
                Due::Gone => self.end(&runner.process).await,
                Due::StandStill => runner.process.freeze(),
                Due::Run => runner.process.thaw(),
            }
        }
    }

    /// Every process of the Region's service dies, and another begins: a deployment.
    pub(crate) async fn restart_service(&self, site: Site) -> Result<(), NotChanged> {
        let _turn = self.changing.lock().await;
        if self.faults().of_service(site) != Due::Run {
            let text =
                format!("the service of the {} does not run now: mend it first", site.role());
            return Err(NotChanged::Process(text));
        }
        self.settle_service(site, (Due::Run, Due::Gone)).await?;
        self.settle_service(site, (Due::Gone, Due::Run)).await
    }
}

fn failed(error: impl std::fmt::Display) -> NotChanged {
    NotChanged::Process(error.to_string())
}
