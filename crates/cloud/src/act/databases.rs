//! The database changes hands.

use std::sync::atomic::{AtomicBool, Ordering};

use runbook::{Failure, Observed, Refused};

use super::{Act, Attempt, again};
use crate::database::Global;
use crate::fault::Fault;
use crate::site::Site;
use crate::until::until;

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
            match source.switch_over(&name, &target, self.limit()).await {
                Ok(()) => {}
                Err(fault @ (Fault::Stop(_) | Fault::Versions(_) | Fault::Absent(_))) => {
                    return Err(self.refused(source, &name, fault).await);
                }
                // It may have begun all the same: what there is to see says so.
                Err(fault) => self.begun(source, &name, fault).await?,
            }
        }
        self.moved(source, &name, &target).await
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
        if global.moving.is_none()
            && let Err(fault) = site.fail_over(&name, &target, self.limit()).await
        {
            match fault {
                Fault::Again(_) => self.begun(site, &name, fault).await?,
                fault => return Err(fault.failure()),
            }
        }
        self.moved(site, &name, &target).await
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
                Ok(()) | Err(Fault::Absent(_) | Fault::Again(_)) => {}
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

    async fn is_member(&self, site: &Site, name: &str, cluster: &str) -> Result<bool, Failure> {
        match site.global(name, self.limit()).await {
            Ok(global) => Ok(global.member(cluster).is_some()),
            Err(Fault::Absent(_)) => Ok(false),
            Err(fault) => Err(fault.failure()),
        }
    }
}
