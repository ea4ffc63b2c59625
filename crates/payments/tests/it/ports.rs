//! The ports of a process, where every effect can go wrong in every way. Each effect gives up its
//! turn before it happens and after, so that everything else can happen in between.

use std::future::{pending, poll_fn};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use payments::{
    Call, Committed, Epoch, Gate, Gatekeeper, Intent, IntentWrite, Intents, Ledger, Outcome,
    PaymentId, PaymentRecord, Processor, ProcessorKey, Read, ScopedKey, Sent, Status, Transaction,
    Written,
};

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
    /// The process dies, and it happens later.
    DieLate,
    /// It does not happen, and that is known.
    Unavailable,
    /// It happens, and that is not known.
    UnknownDone,
    /// It does not happen, and that is not known.
    UnknownLost,
    /// It happens later, and that is not known.
    UnknownLate,
}

impl Mishap {
    pub(crate) const ALL: [Self; 8] = [
        Self::Fine,
        Self::DieBefore,
        Self::DieAfter,
        Self::DieLate,
        Self::Unavailable,
        Self::UnknownDone,
        Self::UnknownLost,
        Self::UnknownLate,
    ];
}

/// What goes wrong with the effects of a process, in their order; after the last, nothing does.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) mishaps: Vec<Mishap>,
    next: usize,
    pub(crate) is_dead: bool,
}

/// The ports of a process in one Region.
pub(crate) struct Ports {
    pub(crate) world: World,
    site: usize,
    /// The epoch of the Region when the process was begun.
    pub(crate) epoch: Epoch,
    pub(crate) script: Arc<Mutex<Script>>,
    /// Whether the gate must be open when it begins to write.
    pub(crate) is_gated: bool,
    /// Held by whoever may write, too.
    writing: Arc<()>,
}

impl Ports {
    pub(crate) fn new(world: World, site: usize) -> Self {
        let epoch = world.with(|inner| inner.epoch());
        Self {
            world,
            site,
            epoch,
            script: Arc::default(),
            is_gated: false,
            writing: Arc::default(),
        }
    }

    /// The gate was looked at just before this write, which is counted.
    fn is_behind_gate(&self) {
        if self.is_gated {
            assert_ne!(self.gate(), Gate::Closed, "a write behind a closed gate");
            assert!(Arc::strong_count(&self.writing) > 1, "a write that nobody knows is open");
        }
    }

    async fn effect<T: Send + 'static>(
        &self,
        (silent, doubt): (T, T),
        call: Option<ProcessorKey>,
        apply: impl FnOnce(&mut Inner) -> T + Send + 'static,
    ) -> T {
        give_up_turn().await;
        let done = self.happen((silent, doubt), call, apply).await;
        give_up_turn().await;
        done
    }

    /// The effect, as the script has it.
    async fn happen<T: Send + 'static>(
        &self,
        (silent, doubt): (T, T),
        call: Option<ProcessorKey>,
        apply: impl FnOnce(&mut Inner) -> T + Send + 'static,
    ) -> T {
        let mishap = {
            let mut script = self.script.lock().unwrap();
            script.next += 1;
            script.mishaps.get(script.next - 1).copied().unwrap_or(Mishap::Fine)
        };
        match mishap {
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
            Mishap::DieLate => {
                self.happens_later(call, apply);
                self.die().await
            }
            Mishap::UnknownLate => {
                self.happens_later(call, apply);
                doubt
            }
        }
    }

    fn happens_later<T>(
        &self,
        call: Option<ProcessorKey>,
        apply: impl FnOnce(&mut Inner) -> T + Send + 'static,
    ) {
        let late = Box::new(|inner: &mut Inner| drop(apply(inner)));
        self.world.with(|inner| inner.late.push((call, late)));
    }

    async fn die<T>(&self) -> T {
        self.script.lock().unwrap().is_dead = true;
        pending().await
    }

    pub(crate) async fn tell(&self, key: ScopedKey, outcome: Outcome) {
        self.effect(((), ()), None, move |inner| inner.told.push((key, outcome))).await;
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
        self.world.with(|inner| inner.sites[self.site].gate)
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
        let key = *key;
        let silent = (Read::Unavailable, Read::Unavailable);
        self.effect(silent, None, move |inner| found(inner.intents.get(&key))).await
    }

    async fn write(&self, write: &IntentWrite) -> Written {
        self.is_behind_gate();
        let write = write.clone();
        self.effect((Written::Unavailable, Written::Unknown), None, move |inner| {
            match inner.intents.get(&write.intent.key) {
                Some(other) if Some(other.revision) != write.expects => {
                    Written::Changed(Box::new(other.clone()))
                }
                None if write.expects.is_some() => panic!("intents are never deleted"),
                _ => {
                    inner.intents.insert(write.intent.key, write.intent);
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
        let site = self.site;
        self.effect(silent, None, move |inner| {
            found(inner.sites[site].ledger.records.get(&payment))
        })
        .await
    }

    async fn commit(&self, transaction: &Transaction) -> Committed {
        self.is_behind_gate();
        let (site, transaction) = (self.site, transaction.clone());
        self.effect((Committed::Unavailable, Committed::Unknown), None, move |inner| {
            inner.sites[site].ledger.apply(&transaction)
        })
        .await
    }
}

impl Processor for Ports {
    async fn send(&self, call: &Call) -> Sent {
        self.is_behind_gate();
        let call = call.clone();
        self.effect((Sent::NotSent, Sent::NoAnswer), Some(call.key()), move |inner| {
            inner.bank.send(&call)
        })
        .await
    }

    async fn status(&self, key: ProcessorKey) -> Status {
        self.effect((Status::NoAnswer, Status::NoAnswer), None, move |inner| inner.bank.status(key))
            .await
    }
}
