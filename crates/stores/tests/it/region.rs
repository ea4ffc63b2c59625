//! One Region around a ledger: intents and a processor in memory, and a process that may die at any effect.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;

use payments::{
    Call, Command, Committed, Epoch, Gate, Gatekeeper, Intent, IntentWrite, Intents, Ledger,
    MovementId, Outcome, PaymentId, PaymentRecord, Processor, ProcessorKey, Read, Reign, ScopedKey,
    Sent, Status, Transaction, Worked, Written, pay, process,
};
use tokio::sync::Notify;

use crate::bank::Bank;
use crate::store::Store;

/// A ledger in memory, to compare with.
pub(crate) struct Model(pub(crate) Mutex<Store>);

impl Ledger for Model {
    async fn read(&self, payment: PaymentId) -> Read<PaymentRecord> {
        let store = self.0.lock().unwrap();
        store.records.get(&payment).cloned().map_or(Read::Absent, Read::Found)
    }

    async fn commit(&self, transaction: &Transaction) -> Committed {
        self.0.lock().unwrap().apply(transaction)
    }
}

/// How a process dies.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Death {
    /// Before the effect.
    Before,
    /// When it has begun.
    Begun,
    /// When others had turns since, so that a request is on its way to the server.
    Sent,
    /// After it.
    After,
}

impl Death {
    pub(crate) const ALL: [Self; 4] = [Self::Before, Self::Begun, Self::Sent, Self::After];
}

/// A Region whose processes share everything but their deaths.
pub(crate) struct Region<L> {
    pub(crate) ledger: L,
    pub(crate) bank: Mutex<Bank>,
    intents: Mutex<BTreeMap<ScopedKey, Intent>>,
    epoch: AtomicU64,
    /// The death that is to come, and after how many effects.
    death: Mutex<Option<(u32, Death)>>,
    died: Notify,
}

impl<L: Ledger + Sync> Region<L> {
    /// A Region whose gate is open in epoch 1.
    pub(crate) fn new(ledger: L) -> Self {
        Self {
            ledger,
            bank: Mutex::default(),
            intents: Mutex::default(),
            epoch: AtomicU64::new(1),
            death: Mutex::default(),
            died: Notify::new(),
        }
    }

    /// Learns of another epoch.
    pub(crate) fn learn(&self, epoch: u64) {
        self.epoch.store(epoch, Ordering::Relaxed);
    }

    /// What the next process dies of: at its effect of this number, from 0.
    pub(crate) fn condemn(&self, effect: u32, death: Death) {
        *self.death.lock().unwrap() = Some((effect, death));
    }

    /// What the client is told; nothing when the process died.
    pub(crate) async fn pay(&self, command: &Command) -> Option<Outcome> {
        self.live(async {
            let answer = pay(self, self, self, command).await;
            if let Some(note) = answer.note {
                Intents::write(self, &note).await;
            }
            answer.outcome
        })
        .await
    }

    /// How far a worker came; nothing when it died.
    pub(crate) async fn work(&self, movement: MovementId) -> Option<Worked> {
        self.live(process(self, self, self, self, movement)).await
    }

    async fn live<T>(&self, life: impl Future<Output = T>) -> Option<T> {
        let done = tokio::select! {
            biased;
            done = life => Some(done),
            () = self.died.notified() => None,
        };
        *self.death.lock().unwrap() = None;
        done
    }

    /// The effect, unless the process dies of it.
    async fn effect<T>(&self, effect: impl Future<Output = T>) -> T {
        let death = {
            let mut death = self.death.lock().unwrap();
            match &mut *death {
                Some((0, kind)) => Some(*kind),
                Some((left, _)) => {
                    *left -= 1;
                    None
                }
                None => None,
            }
        };
        // Futures that are moved often are kept small.
        let mut effect = Box::pin(effect);
        let turns = match death {
            None => return effect.await,
            Some(Death::Before) => 0,
            Some(Death::Begun) => 1,
            Some(Death::Sent) => 8,
            Some(Death::After) => u32::MAX,
        };
        for _ in 0..turns {
            let is_done = poll_fn(|context| Poll::Ready(effect.as_mut().poll(context).is_ready()));
            if is_done.await {
                break;
            }
            tokio::task::yield_now().await;
        }
        self.died.notify_one();
        std::future::pending().await
    }
}

impl<L> Gatekeeper for Region<L> {
    fn gate(&self) -> Gate {
        let epoch = Epoch::new(self.epoch.load(Ordering::Relaxed));
        Gate::Open(Reign { epoch, nothing_lost_since: Epoch::new(1) })
    }
}

impl<L: Ledger + Sync> Intents for Region<L> {
    async fn read(&self, key: &ScopedKey) -> Read<Intent> {
        self.effect(async {
            let intents = self.intents.lock().unwrap();
            intents.get(key).cloned().map_or(Read::Absent, Read::Found)
        })
        .await
    }

    async fn write(&self, write: &IntentWrite) -> Written {
        self.effect(async {
            let mut intents = self.intents.lock().unwrap();
            match intents.get(&write.intent.key) {
                Some(other) if Some(other.revision) != write.expects => {
                    Written::Changed(Box::new(other.clone()))
                }
                _ => {
                    intents.insert(write.intent.key, write.intent.clone());
                    Written::Done
                }
            }
        })
        .await
    }
}

impl<L: Ledger + Sync> Ledger for Region<L> {
    async fn read(&self, payment: PaymentId) -> Read<PaymentRecord> {
        self.effect(self.ledger.read(payment)).await
    }

    async fn commit(&self, transaction: &Transaction) -> Committed {
        self.effect(self.ledger.commit(transaction)).await
    }
}

impl<L: Ledger + Sync> Processor for Region<L> {
    async fn send(&self, call: &Call) -> Sent {
        self.effect(async { self.bank.lock().unwrap().send(call) }).await
    }

    async fn status(&self, key: ProcessorKey) -> Status {
        self.effect(async { self.bank.lock().unwrap().status(key) }).await
    }
}
