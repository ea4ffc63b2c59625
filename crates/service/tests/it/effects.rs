//! What the ports of the world in memory do, and what goes wrong with them.

use std::collections::{BTreeMap, VecDeque};
use std::future::pending;

use fence::{ClosedReason, DurationMs, NotReady, Readiness, RegionName};
use payments::{
    AccountBalance, AccountId, Books, Call, Committed, Currency, Epoch, Gate, Gatekeeper, Intent,
    IntentWrite, Intents, Ledger, Looked, Page, PageRequest, PaymentId, PaymentRecord, Processor,
    ProcessorKey, Read, Reign, ScopedKey, Sent, Status, Transaction, Unavailable, Written,
    account_balance, balance,
};
use service::{Health, Region};

use crate::world::{At, Inner, Mishap, World};

impl World {
    /// Does something at a place, unless the script says otherwise.
    async fn effect<T: Send>(
        &self,
        at: At,
        (unavailable, unknown, fenced): (T, T, T),
        apply: impl FnOnce(&mut Inner) -> T + Send,
    ) -> T {
        let mishap = self.with(|inner| inner.script.get_mut(&at).and_then(VecDeque::pop_front));
        match mishap {
            None => self.with(apply),
            Some(Mishap::Unavailable) => unavailable,
            Some(Mishap::UnknownLost) => unknown,
            Some(Mishap::Fenced) => fenced,
            Some(Mishap::UnknownDone) => {
                self.with(apply);
                unknown
            }
            Some(Mishap::Hang) => {
                self.with(apply);
                self.reached.add_permits(1);
                pending().await
            }
            Some(Mishap::Wait) => {
                self.reached.add_permits(1);
                self.go_on.acquire().await.unwrap().forget();
                self.with(apply)
            }
        }
    }

    async fn look<T: Clone + Send>(
        &self,
        at: At,
        unavailable: T,
        apply: impl FnOnce(&mut Inner) -> T + Send,
    ) -> T {
        let others = (unavailable.clone(), unavailable.clone(), unavailable);
        self.effect(at, others, apply).await
    }
}

impl Gatekeeper for World {
    fn gate(&self) -> Gate {
        self.with(|inner| match inner.is_open {
            true => Gate::Open(Reign {
                epoch: Epoch::new(inner.epoch),
                nothing_lost_since: Epoch::new(inner.nothing_lost_since),
            }),
            false => Gate::Closed,
        })
    }
}

impl Intents for World {
    async fn read(&self, key: &ScopedKey) -> Read<Intent> {
        let find = |inner: &mut Inner| match inner.intents.get(key) {
            Some(intent) => Read::Found(intent.clone()),
            None => Read::Absent,
        };
        self.look(At::IntentRead, Read::Unavailable, find).await
    }

    async fn write(&self, write: &IntentWrite) -> Written {
        let put = |inner: &mut Inner| {
            let stored = inner.intents.get(&write.intent.key);
            if stored.map(|intent| intent.revision) != write.expects {
                return Written::Changed(Box::new(stored.unwrap().clone()));
            }
            inner.intents.insert(write.intent.key, write.intent.clone());
            Written::Done
        };
        let others = (Written::Unavailable, Written::Unknown, Written::Unavailable);
        self.effect(At::IntentWrite, others, put).await
    }
}

impl Ledger for World {
    async fn read(&self, payment: PaymentId) -> Read<PaymentRecord> {
        self.look(At::LedgerRead, Read::Unavailable, |inner| found(inner, payment)).await
    }

    async fn commit(&self, transaction: &Transaction) -> Committed {
        let others = (Committed::Unavailable, Committed::Unknown, Committed::Fenced(Epoch::new(8)));
        self.effect(At::Commit, others, |inner| commit(inner, transaction)).await
    }
}

fn found(inner: &mut Inner, payment: PaymentId) -> Read<PaymentRecord> {
    inner.records.get(&payment).cloned().map_or(Read::Absent, Read::Found)
}

fn commit(inner: &mut Inner, transaction: &Transaction) -> Committed {
    if transaction.epoch.number() != inner.epoch {
        return Committed::Fenced(Epoch::new(inner.epoch));
    }
    let version = inner.records.get(&transaction.record.id).map(|record| record.version);
    if version != transaction.expects {
        return Committed::Conflict(version);
    }
    inner.records.insert(transaction.record.id, transaction.record.clone());
    inner.postings.extend(transaction.transfers.iter().flat_map(payments::Transfer::postings));
    Committed::Done
}

impl Processor for World {
    async fn send(&self, _: &Call) -> Sent {
        Sent::Answered(self.verdict())
    }

    async fn status(&self, _: ProcessorKey) -> Status {
        Status::Known(self.verdict())
    }
}

impl Books for World {
    async fn payment(&self, payment: PaymentId) -> Looked<PaymentRecord> {
        let find = |inner: &mut Inner| match inner.records.get(&payment) {
            Some(record) => Looked::Found(record.clone()),
            None if inner.is_replica => Looked::NotHere,
            None => Looked::Absent,
        };
        self.look(At::Books, Looked::Unavailable, find).await
    }

    async fn payments(
        &self,
        account: AccountId,
        page: PageRequest,
    ) -> Result<Page<PaymentRecord>, Unavailable> {
        let select = |inner: &mut Inner| {
            let own = inner.records.values().filter(|record| record.order.account() == account);
            let ids = page.select(own.map(|record| record.id));
            let items = ids.items.iter().map(|id| inner.records[id].clone()).collect();
            Ok(Page { items, has_more: ids.has_more })
        };
        self.look(At::Books, Err(Unavailable), select).await
    }

    async fn balance(
        &self,
        account: AccountId,
    ) -> Result<BTreeMap<Currency, AccountBalance>, Unavailable> {
        let sum =
            |inner: &mut Inner| Ok(account_balance(&balance(&inner.postings).unwrap(), account));
        self.look(At::Books, Err(Unavailable), sum).await
    }
}

impl Health for World {
    async fn readiness(&self) -> Readiness {
        let closed = |reason| Readiness::NotReady { reason, retry_after: DurationMs(9_500) };
        let draining = NotReady::Gate(ClosedReason::Draining);
        let say = |inner: &mut Inner| match (inner.is_open, inner.not_ready.clone()) {
            (true, None) => Readiness::Ready { epoch: fence::Epoch::new(inner.epoch) },
            (_, reason) => closed(reason.unwrap_or(draining)),
        };
        self.look(At::Readiness, closed(NotReady::LedgerSilent), say).await
    }

    async fn traffic(&self) -> Option<RegionName> {
        self.look(At::Traffic, None, |inner| inner.traffic.map(RegionName::new)).await
    }
}

impl Region for World {
    type Gatekeeper = Self;
    type Intents = Self;
    type Ledger = Self;
    type Books = Self;
    type Health = Self;

    fn gatekeeper(&self) -> &Self {
        self
    }

    fn intents(&self) -> &Self {
        self
    }

    fn ledger(&self) -> &Self {
        self
    }

    fn books(&self) -> &Self {
        self
    }

    fn health(&self) -> &Self {
        self
    }

    async fn posted(&self) {
        self.look(At::Posted, (), |inner| inner.told += 1).await;
        if self.with(|inner| inner.is_worked_off) {
            self.work_off().await;
        }
    }
}
