//! What the database service does: switchover, promotion, taking a replaced writer back. Each goes on
//! by itself once it was asked for, whatever becomes of whoever asked.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use drill::{Fault, Site, What};
use tokio::time::sleep;

use crate::place::Place;
use crate::postgres::TailRead;
use crate::system::ask::{DatabaseAnswer, DatabaseAsk};
use crate::system::inner::Inner;

/// For how long the target of a switchover may take to receive what the source wrote last.
const HANDOVER: Duration = Duration::from_secs(2);
/// From one look for a writer that was replaced to the next.
const SEARCH: Duration = Duration::from_millis(100);
/// How long until the service sees to a writer that was replaced once it reaches it: meanwhile it is
/// alive, and whoever still trusts it can write.
const OLD_WRITER_LIVES: Duration = Duration::from_millis(300);

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
    /// What replaced writers had and the new ones have not, oldest first, and whose they were.
    pub(crate) tails: Vec<(Site, TailRead)>,
}

impl Pair {
    pub(crate) const fn new() -> Self {
        let roles = [Role::Writer, Role::Standby];
        Self { roles, is_moving: false, unclear_left: 0, tails: Vec::new() }
    }

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
            && !faults.has(Fault::PromotionRefused);
        if !is_possible {
            let cause = "the service refuses the switchover, and the writer is where it was";
            return DatabaseAnswer::NothingMoved(cause.to_owned());
        }
        pair.is_moving = true;
        drop(pair);
        let inner = Arc::clone(self);
        tokio::spawn(async move { inner.switch(source, target).await });
        DatabaseAnswer::UnderWay
    }

    /// Stops the source, which sends all that it wrote before it ends, and promotes the target once it
    /// has that; or takes the source back.
    async fn switch(self: Arc<Self>, source: Site, target: Site) {
        let (old, new) = (&self.clusters[source as usize], &self.clusters[target as usize]);
        let moved = async {
            let end = old.demote(HANDOVER).await?;
            new.reaches(end, HANDOVER).await?;
            new.promote().await
        };
        if moved.await.is_ok() {
            self.note(What::Promoted { site: target, lost: Vec::new() });
            self.pair().roles = roles(target, Role::Writer, Role::Standby);
            self.pair().is_moving = false;
            self.stand_by(source, target).await;
        } else {
            // The service takes it back. What does not start is started again when its Region is.
            let _ = old.start().await;
            self.watch_database(source);
            self.pair().is_moving = false;
        }
    }

    async fn stand_by(&self, site: Site, writer: Site) {
        let upstream = self.replication_from(writer);
        if self.faults().runs(site) && !self.faults().has(Fault::DatabaseLost(site)) {
            let _ = self.clusters[site as usize].start_as_standby(upstream).await;
            self.watch_database(site);
        }
    }

    fn ask_for_promotion(self: &Arc<Self>, target: Site, detach: bool) -> DatabaseAnswer {
        let faults = self.faults();
        let mut pair = self.pair();
        if pair.roles[target as usize] == Role::Writer {
            return DatabaseAnswer::Done;
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
            tokio::spawn(async move { inner.promote(target).await });
        }
        if is_unclear { DatabaseAnswer::Silent } else { DatabaseAnswer::UnderWay }
    }

    async fn promote(self: Arc<Self>, target: Site) {
        let promoted = self.clusters[target as usize].promote().await;
        let mut pair = self.pair();
        pair.is_moving = false;
        if promoted.is_ok() {
            pair.roles = roles(target, Role::Writer, Role::Replaced);
            drop(pair);
            // What it lacks is known when the old writer is read.
            self.note(What::Promoted { site: target, lost: Vec::new() });
        }
    }

    fn rescued(&self, source: Site) -> DatabaseAnswer {
        let pair = self.pair();
        match pair.roles[source as usize] {
            Role::Standby => {
                let tail = pair.tails.last().filter(|(site, _)| *site == source);
                DatabaseAnswer::Number(tail.map_or(0, |(_, tail)| movements(tail)))
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
            && !faults.has(Fault::DatabaseLost(old));
        (is_found && !pair.is_moving).then_some(old)
    }

    /// Reads what the old writer has and the new one has not, and makes it a standby.
    async fn take_back(&self, old: Site) {
        let writer = old.other();
        let evidence = self.directory_of(old).join("tail.json");
        let upstream = self.replication_from(writer);
        let rejoined = self.clusters[old as usize].rejoin(upstream, &evidence).await;
        match rejoined {
            Ok(rejoined) => {
                let mut pair = self.pair();
                pair.roles[old as usize] = Role::Standby;
                pair.tails.push((old, rejoined.tail));
                drop(pair);
                self.watch_database(old);
            }
            Err(error) => {
                self.warn(&format!("the database of the {} is not taken back: {error}", old.role()))
            }
        }
    }
}

/// How many movements of a tail the ledger has not.
fn movements(tail: &TailRead) -> u64 {
    match tail {
        TailRead::Read(tail) => {
            let movements = tail.postings.iter().map(|posting| posting.transfer.movement);
            movements.collect::<BTreeSet<_>>().len() as u64
        }
        TailRead::Unread { .. } => 0,
    }
}

/// The roles of both Regions, of which one is named.
fn roles(site: Site, its: Role, others: Role) -> [Role; 2] {
    Site::ALL.map(|other| if other == site { its } else { others })
}
