//! The ports of a process, where every effect can go wrong in every way. Each effect gives up its turn before it
//! happens and after, so that everything else can happen in between.

use std::future::{pending, poll_fn};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use payments::{
    Call, Committed, Epoch, Gate, Gatekeeper, Intent, IntentWrite, Intents, Ledger, PaymentId,
    PaymentRecord, Processor, ProcessorKey, Read, ScopedKey, Sent, Status, Time, Transaction,
    Written,
};
use processor::{Asked, Travel};

use crate::world::{Inner, World};

/// What goes wrong with an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mishap {
    /// Nothing.
    Fine,
    /// The process dies before it.
    DieBefore,
    /// The process dies after it.
    DieAfter,
    /// It does not happen, and that is known.
    Unavailable,
    /// It happens, and that is not known.
    UnknownDone,
    /// It does not happen, and that is not known.
    UnknownLost,
}

impl Mishap {
    pub(crate) const ALL: [Self; 6] = [
        Self::Fine,
        Self::DieBefore,
        Self::DieAfter,
        Self::Unavailable,
        Self::UnknownDone,
        Self::UnknownLost,
    ];
}

/// What goes wrong with the effects of a process, in their order; after the last, nothing does.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) mishaps: Vec<Mishap>,
    /// How many effects there were.
    pub(crate) next: usize,
    pub(crate) is_dead: bool,
}

/// The ports of a process in one Region.
pub(crate) struct Ports {
    pub(crate) world: World,
    site: usize,
    /// The epoch of the ledger when the process was begun.
    pub(crate) epoch: Epoch,
    pub(crate) script: Arc<Mutex<Script>>,
    /// Held by whoever may write, too.
    writing: Arc<()>,
}

impl Ports {
    pub(crate) fn new(world: World, site: usize) -> Self {
        let epoch = world.with(|inner| inner.ledger.epoch);
        Self { world, site, epoch, script: Arc::default(), writing: Arc::default() }
    }

    /// The gate was looked at just before this effect, and is open under the epoch that the process claimed under.
    pub(crate) fn is_behind_gate(&self) {
        match self.gate() {
            Gate::Closed => panic!("an effect behind a closed gate"),
            Gate::Open(reign) => assert_eq!(reign.epoch, self.epoch, "an effect of an old epoch"),
        }
    }

    /// The same, and a run that closes the gate waits for the end of this effect.
    pub(crate) fn is_counted_behind_gate(&self) {
        self.is_behind_gate();
        assert!(Arc::strong_count(&self.writing) > 1, "a write that nobody knows is open");
    }

    /// An effect, as the script has it: `silent` is the answer when it did not happen and that is known, `doubt` when
    /// nothing is known.
    pub(crate) async fn effect<T: Send>(
        &self,
        (silent, doubt): (T, T),
        apply: impl FnOnce(&mut Inner) -> T + Send,
    ) -> T {
        give_up_turn().await;
        let mishap = {
            let mut script = self.script.lock().unwrap();
            script.next += 1;
            script.mishaps.get(script.next - 1).copied().unwrap_or(Mishap::Fine)
        };
        let done = match mishap {
            Mishap::Fine => self.world.with(apply),
            Mishap::DieBefore => self.die().await,
            Mishap::DieAfter => {
                self.world.with(apply);
                self.die().await
            }
            Mishap::Unavailable => silent,
            Mishap::UnknownDone => {
                self.world.with(apply);
                doubt
            }
            Mishap::UnknownLost => doubt,
        };
        give_up_turn().await;
        done
    }

    async fn die<T>(&self) -> T {
        self.script.lock().unwrap().is_dead = true;
        pending().await
    }
}

async fn give_up_turn() {
    let mut has_given = false;
    poll_fn(|_| match std::mem::replace(&mut has_given, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

impl Gatekeeper for Ports {
    fn gate(&self) -> Gate {
        self.world.with(|inner| inner.gates[self.site])
    }

    fn writing(&self) -> impl Send {
        self.writing.clone()
    }
}

fn found<T: Clone>(kept: Option<&T>) -> Read<T> {
    kept.map_or(Read::Absent, |kept| Read::Found(kept.clone()))
}

impl Intents for Ports {
    async fn read(&self, key: &ScopedKey) -> Read<Intent> {
        let silent = (Read::Unavailable, Read::Unavailable);
        self.effect(silent, |inner| found(inner.intents.get(key))).await
    }

    async fn write(&self, write: &IntentWrite) -> Written {
        self.effect((Written::Unavailable, Written::Unknown), |inner| {
            let known = inner.intents.get(&write.intent.key);
            match known {
                Some(other) if Some(other.revision) != write.expects => {
                    Written::Changed(Box::new(other.clone()))
                }
                _ => {
                    inner.intents.insert(write.intent.key, write.intent.clone());
                    Written::Done
                }
            }
        })
        .await
    }
}

impl Ledger for Ports {
    async fn read(&self, payment: PaymentId) -> Read<PaymentRecord> {
        let silent = (Read::Unavailable, Read::Unavailable);
        self.effect(silent, |inner| found(inner.ledger.records.get(&payment))).await
    }

    async fn commit(&self, transaction: &Transaction) -> Committed {
        self.effect((Committed::Unavailable, Committed::Unknown), |inner| {
            inner.ledger.apply(transaction)
        })
        .await
    }
}

impl Processor for Ports {
    async fn send(&self, call: &Call) -> Sent {
        self.is_counted_behind_gate();
        self.effect((Sent::NotSent, Sent::NoAnswer), |inner| {
            let now = Time::from_ms(inner.now_ms);
            let behaviour = inner.processor.call(&Asked::of(call), now);
            match behaviour.travel {
                // Later than anybody waits.
                Travel::Never | Travel::Late(_) => Sent::NoAnswer,
                Travel::AtOnce | Travel::Twice => behaviour.answer.sent(),
            }
        })
        .await
    }

    async fn status(&self, key: ProcessorKey) -> Status {
        self.effect((Status::NoAnswer, Status::NoAnswer), |inner| {
            inner.processor.status(&key.to_string(), Time::from_ms(inner.now_ms))
        })
        .await
    }
}
