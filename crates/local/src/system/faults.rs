//! Lets something fail, or work again, with all that follows from it at once.

use drill::{Fault, Site, What};

use crate::system::database_service::Role;
use crate::system::inner::Inner;
use crate::system::rules::{NotHere, is_playable};

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
        is_playable(fault)?;
        let _turn = self.changing.lock().await;
        self.note(What::Happened { line, is_fault: begins });
        // A cut comes before deaths, so that nobody who dies says farewell; what is mended is there
        // before it is reached.
        if begins {
            self.set_fault(fault, true);
            self.begin(fault).await;
            Ok(())
        } else {
            let mended = self.mend(fault).await;
            self.set_fault(fault, false);
            mended
        }
    }

    async fn begin(&self, fault: Fault) {
        match fault {
            Fault::RegionLost(site) => self.lose(site).await,
            Fault::RegionFrozen(site) => self.freeze(site).await,
            Fault::DatabaseLost(site) => self.clusters[site as usize].kill(),
            Fault::ApiLost(site) => self.lose_service(site).await,
            Fault::WitnessLost => self.lose_replica(2).await,
            Fault::PromotionUnclear(times) => self.pair().unclear_left = times,
            _ => {}
        }
    }

    async fn mend(&self, fault: Fault) -> Result<(), NotChanged> {
        match fault {
            Fault::RegionLost(site) => {
                self.start_replica(site as usize).await.map_err(failed)?;
                self.start_database(site).await?;
                self.start_service(site).await.map_err(failed)
            }
            Fault::RegionFrozen(site) => {
                self.thaw(site).await;
                Ok(())
            }
            Fault::DatabaseLost(site) => self.start_database(site).await,
            Fault::ApiLost(site) => self.start_service(site).await.map_err(failed),
            Fault::WitnessLost => self.start_replica(2).await.map_err(failed),
            Fault::PromotionUnclear(_) => {
                self.pair().unclear_left = 0;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Everything in the Region is killed where it stands.
    async fn lose(&self, site: Site) {
        self.clusters[site as usize].kill();
        self.lose_service(site).await;
        self.lose_replica(site as usize).await;
        let processes = self.processes.lock().await;
        for runner in processes.runners.iter().filter(|runner| runner.home == site) {
            self.end(&runner.process).await;
        }
    }

    async fn lose_service(&self, site: Site) {
        let service = self.processes.lock().await.services[site as usize].take();
        if let Some(service) = service {
            self.end(&service).await;
        }
    }

    async fn lose_replica(&self, number: usize) {
        let replica = self.processes.lock().await.replicas[number].take();
        if let Some(replica) = replica {
            self.end(&replica).await;
        }
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
        started.map_err(failed)?;
        self.watch_database(site);
        Ok(())
    }

    async fn freeze(&self, site: Site) {
        self.clusters[site as usize].freeze();
        for process in self.processes.lock().await.in_region(site) {
            process.freeze();
        }
    }

    async fn thaw(&self, site: Site) {
        for process in self.processes.lock().await.in_region(site) {
            process.thaw();
        }
        self.clusters[site as usize].thaw();
    }

    /// Every process of the Region's service dies, and another begins: a deployment.
    pub(crate) async fn restart_service(&self, site: Site) -> Result<(), NotChanged> {
        let _turn = self.changing.lock().await;
        self.lose_service(site).await;
        self.start_service(site).await.map_err(failed)
    }
}

fn failed(error: impl std::fmt::Display) -> NotChanged {
    NotChanged::Process(error.to_string())
}
