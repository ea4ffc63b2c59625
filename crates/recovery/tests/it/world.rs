//! A ledger in PostgreSQL, intents and a processor in memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use payments::{
    AllIntents, Attempt, Call, Claim, Epoch, Fingerprint, Intent, IntentReader, IntentState,
    IntentWrite, Intents, Ledger as _, MovementId, NotAll, Order, Processor, ProcessorKey, Read,
    Revision, ScopedKey, Sent, Status, Transaction, Written,
};
use recovery::{Answer, Ask, Recovery};
use stores::PgLedger;

/// The store of intents.
#[derive(Default)]
pub(crate) struct Memory {
    intents: Mutex<BTreeMap<[u8; 32], Intent>>,
    /// What it says instead of showing all, where it does not.
    pub(crate) fault: Mutex<Option<String>>,
}

impl Memory {
    pub(crate) fn states(&self) -> Vec<&'static str> {
        let intents = self.intents.lock().unwrap();
        intents.values().map(|intent| intent.state.name()).collect()
    }

    #[allow(dead_code, reason = "for the benchmark")]
    pub(crate) fn all(&self) -> Vec<Intent> {
        self.intents.lock().unwrap().values().cloned().collect()
    }

    pub(crate) fn put(&self, intent: Intent) {
        self.intents.lock().unwrap().insert(*intent.key.as_bytes(), intent);
    }
}

impl Intents for Memory {
    async fn read(&self, key: &ScopedKey) -> Read<Intent> {
        let found = self.intents.lock().unwrap().get(key.as_bytes()).cloned();
        found.map_or(Read::Absent, Read::Found)
    }

    async fn write(&self, write: &IntentWrite) -> Written {
        let mut intents = self.intents.lock().unwrap();
        let stored = intents.get(write.intent.key.as_bytes());
        match stored.filter(|stored| Some(stored.revision) != write.expects) {
            Some(other) => Written::Changed(Box::new(other.clone())),
            None => {
                intents.insert(*write.intent.key.as_bytes(), write.intent.clone());
                Written::Done
            }
        }
    }
}

impl AllIntents for Memory {
    type Reader = Pages;

    fn reader(&self) -> Pages {
        let fault = self.fault.lock().unwrap().clone();
        let intents = self.intents.lock().unwrap().values().cloned().collect();
        Pages { fault, intents }
    }
}

/// All intents; one is a page.
pub(crate) struct Pages {
    fault: Option<String>,
    intents: VecDeque<Intent>,
}

impl IntentReader for Pages {
    async fn next(&mut self) -> Result<Option<Vec<Intent>>, NotAll> {
        match self.fault.clone() {
            Some(cause) => Err(NotAll { cause }),
            None => Ok(self.intents.pop_front().map(|intent| vec![intent])),
        }
    }
}

/// A processor that says of each payment what it was told to say, and of all others that it has not seen them.
#[derive(Default)]
pub(crate) struct Cards {
    pub(crate) says: Mutex<BTreeMap<MovementId, Status>>,
    pub(crate) asked: AtomicUsize,
}

impl Processor for Cards {
    async fn send(&self, call: &Call) -> Sent {
        panic!("reconciliation moves no money: {call:?}")
    }

    async fn status(&self, key: ProcessorKey) -> Status {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let says = self.says.lock().unwrap();
        let known = says.iter().find(|(movement, _)| ProcessorKey::of(**movement) == key);
        known.map_or(Status::Unseen, |(_, status)| *status)
    }
}

/// A Region as recovery sees it.
pub(crate) struct World {
    pub(crate) ledger: PgLedger,
    pub(crate) intents: Memory,
    pub(crate) cards: Cards,
}

impl World {
    pub(crate) fn new(ledger: PgLedger) -> Self {
        Self { ledger, intents: Memory::default(), cards: Cards::default() }
    }

    /// Asks, with all the time there is.
    pub(crate) async fn ask(&self, ask: Ask) -> Answer {
        self.ask_within(ask, usize::MAX).await
    }

    /// Asks, with time for so many movements.
    pub(crate) async fn ask_within(&self, ask: Ask, movements: usize) -> Answer {
        let looks = AtomicUsize::new(0);
        let has_time = || looks.fetch_add(1, Ordering::Relaxed) < movements;
        let recovery = Recovery {
            ledger: &self.ledger,
            intents: &self.intents,
            processor: &self.cards,
            has_time: &has_time,
            told_again: Duration::from_secs(60),
        };
        recovery::answer(&ask, &recovery).await
    }

    /// What the ledger has of a payment, in a word.
    pub(crate) async fn state(&self, transaction: &Transaction) -> &'static str {
        match self.ledger.read(transaction.record.id).await {
            Read::Found(record) => record.state.name(),
            Read::Absent => "absent",
            Read::Unavailable => "unavailable",
        }
    }
}

/// The intent that led to a transaction.
pub(crate) fn intent(transaction: &Transaction, state: IntentState) -> Intent {
    let record = &transaction.record;
    let movement = transaction.movement;
    Intent {
        key: record.key,
        fingerprint: Fingerprint::from_bytes([9; 32]),
        movement,
        order: Order::Payment(record.order.clone()),
        epoch: Epoch::new(record.accepted.number()),
        state,
        claim: Claim { by: Attempt::new(movement), until: movement.time() },
        revision: Revision(1),
    }
}
