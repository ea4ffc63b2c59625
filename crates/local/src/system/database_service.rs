//! What the database service does: switchover, promotion, taking a replaced writer back. Each goes on
//! by itself once it was asked for, whatever becomes of whoever asked.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use drill::{Fault, Site, What};
use tokio::time::{sleep, timeout};

use crate::place::Place;
use crate::postgres::{self, ClusterError, TailRead};
use crate::system::ask::{DatabaseAnswer, DatabaseAsk};
use crate::system::inner::Inner;
use crate::system::rules::Due;

/// For how long the target of a switchover may take to receive what the source wrote last.
const HANDOVER: Duration = Duration::from_secs(2);
/// From one look for a writer that was replaced to the next.
const SEARCH: Duration = Duration::from_millis(100);
/// How long until the service sees to a writer that was replaced once it reaches it: meanwhile it is
/// alive, and whoever still trusts it can write.
const OLD_WRITER_LIVES: Duration = Duration::from_millis(300);

/// How often a replaced writer may not be taken back until people are told.
const RETURNS_FAILED_MAX: u32 = 5;

/// What a Region's database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The writer.
    Writer,
    /// A standby of it.
    Standby,
    /// A writer that was replaced, and whose end the new one has not.
    Replaced,
}

/// What the service knows of the pair.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) roles: [Role; 2],
    pub(crate) is_moving: bool,
    /// How often a promotion is still not answered.
    pub(crate) unclear_left: u32,
    /// How often the replaced writer was not taken back, one time after the other.
    returns_failed: u32,
    /// What replaced writers had and the new ones have not, oldest first, and whose they were.
    pub(crate) tails: Vec<(Site, TailRead)>,
}

impl Default for Pair {
    /// The home primary has the writer.
    fn default() -> Self {
        let roles = [Role::Writer, Role::Standby];
        Self { roles, is_moving: false, unclear_left: 0, returns_failed: 0, tails: Vec::new() }
    }
}

impl Pair {
    pub(crate) fn writer(&self) -> Site {
        let is_writer = |site: &Site| self.roles[*site as usize] == Role::Writer;
        Site::ALL.into_iter().find(is_writer).unwrap_or(Site::Primary)
    }
}

impl Inner {
    /// Answers what is asked from a place, or does not when nobody is there.
    pub(crate) fn ask_database(self: &Arc<Self>, from: Place, ask: DatabaseAsk) -> DatabaseAnswer {
        let asked = match ask {
            DatabaseAsk::Switch { source: at }
            | DatabaseAsk::Promote { target: at, .. }
            | DatabaseAsk::Rescued { source: at }
            | DatabaseAsk::Writer { at } => at,
        };
        let Place::Region(site) = asked else { return DatabaseAnswer::Silent };
        let faults = self.faults();
        if !faults.connects(from, asked) {
            return DatabaseAnswer::Silent;
        }
        if faults.has(Fault::ControlPlanesLost(site)) {
            return DatabaseAnswer::Refuses;
        }
        match ask {
            DatabaseAsk::Switch { .. } => self.ask_for_switch(site),
            DatabaseAsk::Promote { detach, .. } => self.ask_for_promotion(site, detach),
            DatabaseAsk::Rescued { .. } => self.rescued(site),
            DatabaseAsk::Writer { .. } => {
                let pair = self.pair();
                DatabaseAnswer::Writer {
                    at: Place::Region(pair.writer()),
                    moves: pair.is_moving,
                    versions_equal: !faults.has(Fault::PromotionRefused),
                }
            }
        }
    }

    fn ask_for_switch(self: &Arc<Self>, source: Site) -> DatabaseAnswer {
        let (faults, target) = (self.faults(), source.other());
        let mut pair = self.pair();
        if pair.roles[target as usize] == Role::Writer {
            return DatabaseAnswer::Done;
        }
        if pair.is_moving {
            return DatabaseAnswer::UnderWay;
        }
        let is_possible = pair.roles == roles(source, Role::Writer, Role::Standby)
            && faults.connects(Place::Region(source), Place::Region(target))
            && Site::ALL.iter().all(|site| self.clusters[*site as usize].is_running())
            && !faults.has(Fault::PromotionRefused)
            // Neither changes its role on a disk on which it cannot write that down.
            && !Site::ALL.iter().any(|site| faults.has(Fault::DiskFull(*site)));
        if !is_possible {
            let cause = "the service refuses the switchover, and the writer is where it was";
            return DatabaseAnswer::NothingMoved(cause.to_owned());
        }
        pair.is_moving = true;
        drop(pair);
        let inner = Arc::clone(self);
        self.spawn_task(inner.switch(source, target));
        DatabaseAnswer::UnderWay
    }

    /// Stops the source, which sends all that it wrote before it ends, and promotes the target once it
    /// has that; or takes the source back.
    async fn switch(self: Arc<Self>, source: Site, target: Site) {
        let (old, new) = (&self.clusters[source as usize], &self.clusters[target as usize]);
        let handed_over = async {
            let end = old.demote(HANDOVER).await?;
            new.reaches(end, HANDOVER).await
        };
        let moved = match handed_over.await {
            Ok(()) => self.promote_or_not(target).await,
            Err(cause) => Err(cause),
        };
        match moved {
            Ok(()) => {
                self.note(What::Promoted { site: target, lost: Vec::new() });
                self.pair().roles = roles(target, Role::Writer, Role::Standby);
                self.pair().is_moving = false;
                self.stand_by(source, target).await;
            }
            // The service takes it back, below.
            Err(cause) => {
                self.warn_unless_broken(&format!("a switchover came to nothing: {cause}"));
                self.pair().is_moving = false;
            }
        }
        self.settle_databases().await;
    }

    /// Promotes the target until it is known whether it is the writer. A promotion that was asked for may
    /// come about for as long as the server runs: the source is not taken back before.
    async fn promote_or_not(&self, target: Site) -> Result<(), ClusterError> {
        let new = &self.clusters[target as usize];
        loop {
            let Err(cause) = new.promote().await else { return Ok(()) };
            if !new.is_running() {
                return if new.is_left_standby() { Err(cause) } else { Ok(()) };
            }
            // One that stands still says nothing.
            if let Ok(Ok(position)) = timeout(HANDOVER, new.position()).await
                && position.role == postgres::Role::Writer
            {
                return Ok(());
            }
            sleep(SEARCH).await;
        }
    }

    async fn stand_by(&self, site: Site, writer: Site) {
        let upstream = self.replication_from(writer);
        if self.faults().of_database(site) != Due::Run {
            return;
        }
        match self.clusters[site as usize].start_as_standby(upstream).await {
            Ok(()) => self.watch_database(site),
            Err(error) => {
                let text = format!("the database of the {} does not follow: {error}", site.role());
                self.warn_unless_broken(&text);
            }
        }
    }

    fn ask_for_promotion(self: &Arc<Self>, target: Site, detach: bool) -> DatabaseAnswer {
        let faults = self.faults();
        let mut pair = self.pair();
        if pair.roles[target as usize] == Role::Writer {
            return DatabaseAnswer::Done;
        }
        if pair.roles[target as usize] == Role::Replaced {
            let cause = "the database there was replaced, and what it alone has is not read yet";
            return DatabaseAnswer::NothingMoved(cause.to_owned());
        }
        if faults.has(Fault::PromotionRefused) && !detach {
            let cause = "the versions of the two databases differ";
            return DatabaseAnswer::Versions(cause.to_owned());
        }
        let is_unclear = pair.unclear_left > 0;
        pair.unclear_left = pair.unclear_left.saturating_sub(1);
        // Every other promotion of which nobody hears takes place.
        let takes_place = !is_unclear || pair.unclear_left % 2 == 1;
        if takes_place && !pair.is_moving {
            pair.is_moving = true;
            let inner = Arc::clone(self);
            self.spawn_task(inner.promote(target));
        }
        if is_unclear { DatabaseAnswer::Silent } else { DatabaseAnswer::UnderWay }
    }

    async fn promote(self: Arc<Self>, target: Site) {
        let promoted = self.promote_or_not(target).await;
        {
            let mut pair = self.pair();
            pair.is_moving = false;
            if promoted.is_ok() {
                pair.roles = roles(target, Role::Writer, Role::Replaced);
            }
        }
        match promoted {
            // What it lacks is known when the old writer is read.
            Ok(()) => self.note(What::Promoted { site: target, lost: Vec::new() }),
            Err(cause) => {
                self.warn_unless_broken(&format!("a promotion came to nothing: {cause}"));
            }
        }
        self.settle_databases().await;
    }

    fn rescued(&self, source: Site) -> DatabaseAnswer {
        let pair = self.pair();
        match pair.roles[source as usize] {
            Role::Standby => {
                let tail = pair.tails.last().filter(|(site, _)| *site == source);
                tail.map_or(DatabaseAnswer::Number(0), |(_, tail)| told_of(tail))
            }
            Role::Replaced => DatabaseAnswer::UnderWay,
            Role::Writer => {
                DatabaseAnswer::NothingMoved("the database there is the writer".to_owned())
            }
        }
    }

    /// Looks for a writer that was replaced, for as long as the Regions run.
    pub(crate) async fn take_back_replaced_writers(self: Arc<Self>) {
        loop {
            sleep(SEARCH).await;
            if let Some(old) = self.replaced_writer() {
                sleep(OLD_WRITER_LIVES).await;
                if self.replaced_writer() == Some(old) {
                    self.take_back(old).await;
                }
            }
        }
    }

    fn replaced_writer(&self) -> Option<Site> {
        let (faults, pair) = (self.faults(), self.pair());
        let is_replaced = |site: &Site| pair.roles[*site as usize] == Role::Replaced;
        let old = Site::ALL.into_iter().find(is_replaced)?;
        let is_found = faults.connects(Place::Region(old.other()), Place::Region(old))
            && !faults.has(Fault::DatabaseLost(old))
            // There is no room to read its end in, nor for the new writer's data.
            && !faults.has(Fault::DiskFull(old));
        (is_found && !pair.is_moving).then_some(old)
    }

    /// Reads what the old writer has and the new one has not, and makes it a standby.
    async fn take_back(&self, old: Site) {
        let writer = old.other();
        let number = self.pair().tails.len() + 1;
        let evidence = self.directory_of(old).join(format!("tail-{number}.json"));
        let upstream = self.replication_from(writer);
        let rejoined = self.clusters[old as usize].rejoin(upstream, &evidence).await;
        match rejoined {
            Ok(rejoined) => {
                let mut pair = self.pair();
                pair.roles[old as usize] = Role::Standby;
                pair.tails.push((old, rejoined.tail.clone()));
                pair.returns_failed = 0;
                drop(pair);
                self.watch_database(old);
                if let TailRead::Unread { why, kept } = rejoined.tail {
                    let (role, kept) = (old.role(), kept.display());
                    self.warn(&format!(
                        "what the replaced database of the {role} had was not read, and is in \
                         `{kept}`: {why}"
                    ));
                }
            }
            Err(error) => {
                let text = format!("the database of the {} is not taken back: {error}", old.role());
                let failed = {
                    let mut pair = self.pair();
                    pair.returns_failed += 1;
                    pair.returns_failed
                };
                // It is tried again, which mostly helps.
                if failed >= RETURNS_FAILED_MAX {
                    self.warn_unless_broken(&text);
                }
            }
        }
        self.settle_databases().await;
    }
}

/// How many movements of a tail the ledger has not. Of one that was not read nobody knows.
fn told_of(tail: &TailRead) -> DatabaseAnswer {
    match tail {
        TailRead::Read(tail) => {
            let movements = tail.postings.iter().map(|posting| posting.transfer.movement);
            DatabaseAnswer::Number(movements.collect::<BTreeSet<_>>().len() as u64)
        }
        TailRead::Unread { why, kept } => {
            let kept = kept.display();
            DatabaseAnswer::NothingMoved(format!(
                "its data were not read, and are in `{kept}`: {why}"
            ))
        }
    }
}

/// The roles of both Regions, of which one is named.
fn roles(site: Site, its: Role, others: Role) -> [Role; 2] {
    Site::ALL.map(|other| if other == site { its } else { others })
}
