//! The database changes hands.

use std::sync::atomic::{AtomicBool, Ordering};

use runbook::{Failure, Observed, Refused};

use super::{Act, Attempt, again};
use crate::database::Global;
use crate::fault::Fault;
use crate::site::Site;
use crate::until::until;

/// How many pauses between two looks there are between two requests for a change of roles that is not taken.
const ASKING_PAUSES: u32 = 5;

impl Act<'_> {
    /// Exchanges writer and reader without loss, asked of the Region that is left. When the service refuses and the
    /// source is still the writer, nothing was moved, and the run may turn back.
    pub(super) async fn switch_database(&self) -> Attempt {
        let (source, target) = (self.source(), self.cluster_arn(&self.plan.target));
        let name = self.reach.system.global_cluster();
        let global = source.global(&name, self.limit()).await?;
        if global.rests_with(&target) {
            return Ok(Observed::Done);
        }
        if global.moving.is_none() {
            self.ask_to_switch(source, &name, &target).await?;
        }
        self.moved(source, &name, &target).await
    }

    /// Asks until the service takes it, for as long as an attempt lasts. When the last answer was that it does not do it
    /// now, and the source is still the writer, it was not done: users wait, and the run turns back rather than have them
    /// wait for whatever else is under way.
    async fn ask_to_switch(&self, source: &Site, name: &str, target: &str) -> Result<(), Failure> {
        let writer = self.cluster_arn(&self.plan.source);
        let is_unmoved = AtomicBool::new(false);
        let ask = || async {
            is_unmoved.store(false, Ordering::Relaxed);
            let fault = match source.switch_over(name, target, self.limit()).await {
                Ok(()) => return Ok(()),
                Err(fault @ (Fault::Stop(_) | Fault::Versions(_) | Fault::Absent(_))) => {
                    return Err(self.refused(source, name, fault).await);
                }
                Err(fault) => fault,
            };
            // It may have begun all the same: what there is to see says so.
            let global = source.global(name, self.limit()).await?;
            if global.moving.is_some() || global.rests_with(target) {
                return Ok(());
            }
            let is_certain = matches!(fault, Fault::NotNow(_)) && global.rests_with(&writer);
            is_unmoved.store(is_certain, Ordering::Relaxed);
            Err(fault.failure())
        };
        match until(self.action.time_limit, self.pause() * ASKING_PAUSES, ask).await {
            Err(Failure::TryAgain(said)) if is_unmoved.load(Ordering::Relaxed) => {
                Err(Failure::Refused(Refused::NothingMoved, said))
            }
            asked => asked,
        }
    }

    /// What it means that a switch was refused.
    async fn refused(&self, source: &Site, name: &str, fault: Fault) -> Failure {
        let is_unmoved = source.global(name, self.limit()).await;
        let writer = self.cluster_arn(&self.plan.source);
        match is_unmoved {
            Ok(global) if global.rests_with(&writer) => {
                Failure::Refused(Refused::NothingMoved, fault.said())
            }
            _ => again(fault.said()),
        }
    }

    /// Promotes the target's cluster, with the loss that was approved; asked of the Region that is promoted.
    pub(super) async fn promote_database(&self) -> Attempt {
        let (site, target) = (self.target(), self.cluster_arn(&self.plan.target));
        let name = self.reach.system.global_cluster();
        let global = site.global(&name, self.limit()).await?;
        if global.rests_with(&target) {
            return Ok(Observed::Done);
        }
        if global.member(&target).is_none() {
            let text = format!("`{target}` is no member of `{name}`");
            return Err(Failure::Refused(Refused::Other, text));
        }
        if global.moving.is_none() {
            self.ask_to_promote(site, &name, &target).await?;
        }
        self.moved(site, &name, &target).await
    }

    /// Asks until the service takes it, for as long as an attempt lasts: what else is under way ends.
    async fn ask_to_promote(&self, site: &Site, name: &str, target: &str) -> Result<(), Failure> {
        let ask = || async {
            match site.fail_over(name, target, self.limit()).await {
                Err(fault @ (Fault::Again(_) | Fault::NotNow(_))) => {
                    self.begun(site, name, fault).await
                }
                asked => asked.map_err(Fault::failure),
            }
        };
        until(self.action.time_limit, self.pause() * ASKING_PAUSES, ask).await
    }

    /// Goes on when a change of roles is under way or over after an unclear answer; else it is asked for again.
    async fn begun(&self, site: &Site, name: &str, fault: Fault) -> Result<(), Failure> {
        let global = site.global(name, self.limit()).await?;
        let is_over = global.rests_with(&self.cluster_arn(&self.plan.target));
        if global.moving.is_some() || is_over { Ok(()) } else { Err(fault.failure()) }
    }

    /// Looks until the writer is this cluster. When a change that was seen has ended without moving the writer, it was
    /// cancelled.
    async fn moved(&self, site: &Site, name: &str, target: &str) -> Attempt {
        let was_moving = AtomicBool::new(false);
        let source = self.cluster_arn(&self.plan.source);
        let judge = |global: &Global| {
            if global.rests_with(target) {
                return Ok(Observed::Done);
            }
            match &global.moving {
                Some(moving) => {
                    was_moving.store(true, Ordering::Relaxed);
                    Err(again(format!("{} to {}", moving.status, moving.to)))
                }
                None if was_moving.load(Ordering::Relaxed) && global.rests_with(&source) => {
                    let text = "the change of roles was cancelled".to_owned();
                    Err(Failure::Refused(Refused::NothingMoved, text))
                }
                None => Err(again("the writer has not moved yet")),
            }
        };
        let look = || async { judge(&site.global(name, self.limit()).await?) };
        until(self.action.time_limit, self.pause(), look).await
    }

    /// Takes the target's cluster out of the global database, which makes it a writer of its own.
    pub(super) async fn detach_database(&self) -> Attempt {
        let (site, target) = (self.target(), self.cluster_arn(&self.plan.target));
        let name = self.reach.system.global_cluster();
        if self.is_member(site, &name, &target).await? {
            match site.detach(&name, &target, self.limit()).await {
                Ok(()) | Err(Fault::Absent(_) | Fault::Again(_) | Fault::NotNow(_)) => {}
                Err(fault) => return Err(fault.failure()),
            }
        }
        let cluster = self.reach.system.cluster(&self.plan.target);
        let look = || async {
            if self.is_member(site, &name, &target).await? {
                return Err(again("the cluster is still a member of the global database"));
            }
            let found = site.cluster(&cluster, self.limit()).await?;
            match found.is_available() {
                true => Ok(Observed::Done),
                false => Err(again(format!("the cluster is {}", found.status))),
            }
        };
        until(self.action.time_limit, self.pause(), look).await
    }

    pub(super) async fn is_member(
        &self,
        site: &Site,
        name: &str,
        cluster: &str,
    ) -> Result<bool, Failure> {
        match site.global(name, self.limit()).await {
            Ok(global) => Ok(global.member(cluster).is_some()),
            Err(Fault::Absent(_)) => Ok(false),
            Err(fault) => Err(fault.failure()),
        }
    }
}
