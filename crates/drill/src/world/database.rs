//! The databases: a writer, a replica that trails it, and what becomes of both when one is lost.
//!
//! Replication is asynchronous, in the order of the log. A promotion with loss cuts the log where
//! the replica stands; the old writer goes on with its own volume until the database service
//! reaches it, keeps that volume as a snapshot, and rebuilds it as a replica.

use std::collections::BTreeMap;
use std::sync::Arc;

use payments::{
    Committed, Epoch, MovementId, PaymentId, PaymentRecord, Posting, State, Transaction, Transfer,
    audit_books, audit_records,
};

use crate::history::{Site, What};
use crate::scenario::Fault;
use crate::world::World;
use crate::world::network::Place;

/// How far a replica trails at least, in milliseconds.
const LAG_MS: u64 = 20;
/// How long the database service takes to rebuild a replica, in milliseconds.
const REBUILD_MS: u64 = 20_000;
/// What a replica may be behind before a planned change, in milliseconds.
const CLOSE_MS: u64 = 2_000;

/// What a database takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Reads and writes.
    Writer,
    /// Reads.
    Replica,
    /// It was stopped by the database service, for a switchover or for good.
    Stopped,
}

/// One thing that was committed.
#[derive(Clone)]
enum Logged {
    Transaction(Arc<Transaction>),
    Epoch(Epoch),
}

/// What one Region's database holds.
#[derive(Clone)]
pub(crate) struct Volume {
    pub(crate) role: Role,
    log: Vec<Logged>,
    pub(crate) epoch: Epoch,
    pub(crate) records: BTreeMap<PaymentId, PaymentRecord>,
    /// Movements that the worker has to see to, and until when one does.
    pub(crate) outbox: BTreeMap<MovementId, u64>,
}

impl Volume {
    fn new(role: Role) -> Self {
        let first = Epoch::new(1);
        Self {
            role,
            log: vec![Logged::Epoch(first)],
            epoch: first,
            records: BTreeMap::new(),
            outbox: BTreeMap::new(),
        }
    }

    fn write(&mut self, logged: Logged) {
        match &logged {
            Logged::Epoch(epoch) => self.epoch = *epoch,
            Logged::Transaction(transaction) => {
                self.records.insert(transaction.record.id, transaction.record.clone());
                let fate = transaction.record.fate(transaction.movement);
                match fate.and_then(|fate| match fate {
                    payments::Fate::Taken(state) => Some(state),
                    payments::Fate::Refused(_) => None,
                }) {
                    Some(State::Posted) => {
                        self.outbox.insert(transaction.movement, 0);
                    }
                    Some(State::Succeeded | State::Declined) | None => {
                        self.outbox.remove(&transaction.movement);
                    }
                    Some(_) => {}
                }
            }
        }
        self.log.push(logged);
    }

    /// A volume made of the first part of this one's log.
    fn cut(&self, length: usize, role: Role) -> Self {
        let mut volume = Self { log: Vec::new(), ..Self::new(role) };
        for logged in &self.log[..length] {
            volume.write(logged.clone());
        }
        volume
    }

    /// How far it has come.
    pub(crate) fn position(&self) -> u64 {
        self.log.len() as u64
    }

    pub(crate) fn postings(&self) -> Vec<Posting> {
        let transactions = self.log.iter().filter_map(|logged| match logged {
            Logged::Transaction(transaction) => Some(transaction),
            Logged::Epoch(_) => None,
        });
        let transfers = transactions.flat_map(|transaction| &transaction.transfers);
        transfers.flat_map(Transfer::postings).collect()
    }

    /// How many faults the books have.
    pub(crate) fn faults(&self) -> u64 {
        let postings = self.postings();
        let faults =
            audit_books(&postings).len() + audit_records(self.records.values(), &postings).len();
        faults as u64
    }

    pub(crate) fn movements(&self) -> BTreeMap<MovementId, Option<State>> {
        self.records.values().flat_map(PaymentRecord::movements).collect()
    }

    fn commit(&mut self, transaction: &Transaction) -> Committed {
        if self.epoch != transaction.epoch {
            return Committed::Fenced(self.epoch);
        }
        let version = self.records.get(&transaction.record.id).map(|record| record.version);
        if version != transaction.expects {
            return Committed::Conflict(version);
        }
        self.write(Logged::Transaction(Arc::new(transaction.clone())));
        Committed::Done
    }
}

/// Both databases, and how the replica trails.
pub(crate) struct Databases {
    volumes: [Volume; 2],
    /// The member that the database service calls the writer.
    pub(crate) writer: Site,
    /// How much of the writer's log the replica has.
    applied: usize,
    /// When each entry of the writer's log is at the replica.
    due: Vec<u64>,
    /// When each was committed.
    committed_at: Vec<u64>,
    is_stalled: bool,
    /// When the replica is rebuilt; it is not there before.
    pub(crate) rebuilt_at: u64,
    /// What the old writer had when it was replaced.
    pub(crate) rescued: Option<Volume>,
    noted_lag_ms: u64,
    /// An exchange of roles that is under way.
    pub(crate) is_moving: bool,
    /// How many promotions still answer nothing.
    pub(crate) unclear_left: u32,
}

impl Databases {
    pub(crate) fn new() -> Self {
        Self {
            volumes: [Volume::new(Role::Writer), Volume::new(Role::Replica)],
            writer: Site::Primary,
            applied: 1,
            due: vec![0],
            committed_at: vec![0],
            is_stalled: false,
            rebuilt_at: 0,
            rescued: None,
            noted_lag_ms: 0,
            is_moving: false,
            unclear_left: 0,
        }
    }

    pub(crate) fn volume(&self, site: Site) -> &Volume {
        &self.volumes[site.index()]
    }

    pub(crate) fn volume_mut(&mut self, site: Site) -> &mut Volume {
        &mut self.volumes[site.index()]
    }

    fn apply_due(&mut self, now: u64) {
        if self.is_stalled {
            return;
        }
        while self.due.get(self.applied).is_some_and(|due| *due <= now) {
            self.applied += 1;
        }
    }

    /// Whether the replica has everything.
    pub(crate) fn is_level(&self) -> bool {
        self.applied == self.volume(self.writer).log.len()
    }

    /// The movements of the writer that this volume does not know. Of those that it knows in an
    /// earlier state nothing is lost: the processor is asked again.
    fn unknown_to(&self, promoted: &Volume) -> Vec<MovementId> {
        let known = promoted.movements();
        let all = self.volume(self.writer).movements().into_keys();
        all.filter(|movement| !known.contains_key(movement)).collect()
    }
}

impl World {
    /// Whether the Region's database answers within the Region.
    pub(crate) fn database_answers(&self, site: Site) -> bool {
        !self.faults.has(Fault::DatabaseLost(site))
            && self.faults.runs(site)
            && (site == self.databases.writer
                || self.databases.volume(site).role != Role::Replica
                || self.kernel.now() >= self.databases.rebuilt_at)
    }

    fn replication_works(&self) -> bool {
        let (from, to) = (self.databases.writer, self.databases.writer.other());
        self.network.reaches(Place::Region(from), Place::Region(to))
            && [from, to]
                .iter()
                .all(|site| !self.faults.has(Fault::DatabaseLost(*site)) && self.faults.runs(*site))
            && self.databases.volume(to).role == Role::Replica
    }

    /// Lets replication come as far as it has come by now, before anything changes.
    pub(crate) fn catch_up(&mut self) {
        let now = self.kernel.now();
        self.databases.apply_due(now);
    }

    /// How long the next entry takes to the replica.
    fn lag_ms(&mut self) -> u64 {
        let extra = self.faults.find(|fault| match fault {
            Fault::ReplicationLag(ms) => Some(ms),
            _ => None,
        });
        LAG_MS + self.kernel.random.below(3 * LAG_MS) + extra.unwrap_or(0)
    }

    /// After a change of roles or faults: replication stops or goes on, and a writer that was
    /// replaced is found after a while.
    pub(crate) fn rejoin_databases(&mut self) {
        if self.finds_old_writer() {
            let at = self.kernel.now() + 200 + self.kernel.random.below(3_000);
            self.kernel.deliver(at, Box::new(|world| world.rebuild_old_writer()));
        }
        self.resume_replication();
    }

    fn resume_replication(&mut self) {
        let works = self.replication_works();
        let was_stalled = std::mem::replace(&mut self.databases.is_stalled, !works);
        if was_stalled && works {
            let now = self.kernel.now().max(self.databases.rebuilt_at);
            let lag = self.lag_ms();
            let applied = self.databases.applied;
            for due in &mut self.databases.due[applied..] {
                *due = (*due).max(now + lag);
            }
        }
    }

    /// Whether the database service reaches a writer that it has replaced.
    fn finds_old_writer(&self) -> bool {
        let (writer, old) = (self.databases.writer, self.databases.writer.other());
        let is_found = self.network.connects(Place::Region(writer), Place::Region(old))
            && self.faults.runs(old)
            && self.faults.runs(writer)
            && !self.faults.has(Fault::StorageFenceFails)
            && !self.faults.has(Fault::DatabaseLost(old));
        let is_old = self.databases.volume(old).role == Role::Writer
            || self.databases.volume(old).role == Role::Stopped && !self.databases.is_moving;
        is_found && is_old
    }

    /// Keeps the old writer's volume aside and rebuilds the member.
    fn rebuild_old_writer(&mut self) {
        if self.finds_old_writer() {
            let old = self.databases.writer.other();
            let replica = Volume::new(Role::Replica);
            let kept = std::mem::replace(self.databases.volume_mut(old), replica);
            self.databases.rescued = Some(kept);
            self.databases.rebuilt_at = self.kernel.now() + REBUILD_MS;
            self.resume_replication();
        }
    }

    /// Commits in a Region's database; nothing when it does not answer.
    pub(crate) fn commit(
        &mut self,
        site: Site,
        transaction: &Transaction,
        gate: Option<bool>,
    ) -> Option<Committed> {
        if !self.database_answers(site) {
            return None;
        }
        if self.databases.volume(site).role != Role::Writer {
            return Some(Committed::Unavailable);
        }
        let committed = self.databases.volume_mut(site).commit(transaction);
        if committed == Committed::Done {
            self.committed(site, transaction, gate);
        }
        Some(committed)
    }

    fn committed(&mut self, site: Site, transaction: &Transaction, gate: Option<bool>) {
        let fate = transaction.record.fate(transaction.movement);
        let state = match fate {
            Some(payments::Fate::Taken(state)) => Some(state),
            Some(payments::Fate::Refused(_)) | None => None,
        };
        let row_epoch = self.databases.volume(site).epoch.number();
        self.logged(site);
        self.note(What::Committed {
            site,
            epoch: transaction.epoch.number(),
            row_epoch,
            movement: transaction.movement,
            state,
            gate,
        });
    }

    /// An entry was added to a log: it is on its way to the replica if that log is the writer's.
    fn logged(&mut self, site: Site) {
        if site == self.databases.writer {
            self.catch_up();
            let due = self.kernel.now() + self.lag_ms();
            let due = self.databases.due.last().map_or(due, |last| due.max(*last));
            self.databases.due.push(due);
            self.databases.committed_at.push(self.kernel.now());
        }
    }

    /// Raises the epoch row, never lowers it; the answer is the row. Nothing when the database
    /// takes no write.
    pub(crate) fn raise_epoch(&mut self, site: Site, epoch: Epoch) -> Option<Epoch> {
        let volume = self.databases.volume_mut(site);
        if volume.role != Role::Writer {
            return None;
        }
        if volume.epoch < epoch {
            volume.write(Logged::Epoch(epoch));
            self.logged(site);
            self.note(What::EpochRaised { site, epoch: epoch.number() });
        }
        Some(self.databases.volume(site).epoch)
    }

    /// Makes the replica the writer, with the loss of what it has not.
    pub(crate) fn promote_with_loss(&mut self, target: Site) {
        if self.databases.writer == target {
            return;
        }
        self.catch_up();
        let source = target.other();
        let promoted = self.databases.volume(source).cut(self.databases.applied, Role::Writer);
        let lost = self.databases.unknown_to(&promoted);
        self.take_over(target, promoted, lost);
    }

    /// Exchanges the roles; everything has been replicated.
    pub(crate) fn exchange(&mut self) {
        let (source, target) = (self.databases.writer, self.databases.writer.other());
        assert!(self.databases.is_level(), "an exchange loses nothing");
        let length = self.databases.applied;
        let promoted = self.databases.volume(source).cut(length, Role::Writer);
        *self.databases.volume_mut(source) = Volume::new(Role::Replica);
        self.take_over(target, promoted, Vec::new());
    }

    fn take_over(&mut self, target: Site, promoted: Volume, lost: Vec<MovementId>) {
        let length = promoted.log.len();
        let now = self.kernel.now();
        *self.databases.volume_mut(target) = promoted;
        self.databases.writer = target;
        // The new replica is filled from the new writer's volume.
        self.databases.applied = length;
        self.databases.due = vec![now; length];
        self.databases.committed_at = vec![now; length];
        self.databases.is_stalled = true;
        self.note(What::Promoted { site: target, lost });
        self.rejoin_databases();
    }
}

impl World {
    /// What a Region's ledger has of each movement; a replica what has reached it.
    pub(crate) fn ledger_movements(&mut self, site: Site) -> BTreeMap<MovementId, Option<State>> {
        self.catch_up();
        if self.databases.volume(site).role == Role::Replica {
            let writer = self.databases.volume(site.other());
            return writer.cut(self.databases.applied, Role::Replica).movements();
        }
        self.databases.volume(site).movements()
    }

    /// How far the replica is behind: since when it lacks something, in milliseconds.
    pub(crate) fn replica_lag_ms(&mut self) -> u64 {
        self.catch_up();
        let since = self.databases.committed_at.get(self.databases.applied);
        since.map_or(0, |since| self.kernel.now().saturating_sub(*since))
    }

    /// Writes down how far the replica is behind, when that has changed much.
    pub(crate) fn note_lag(&mut self) {
        let ms = self.replica_lag_ms();
        let noted = self.databases.noted_lag_ms;
        if ms.abs_diff(noted) > CLOSE_MS || (ms == 0 && noted > 0) {
            self.databases.noted_lag_ms = ms;
            self.note(What::Lag { ms });
        }
    }

    /// Whether replication works and is close.
    pub(crate) fn replication_is_close(&mut self) -> bool {
        self.replication_works() && self.replica_lag_ms() < CLOSE_MS
    }
}
