//! What is done about one row of the outbox. Every await may be the last one of its process: the lease ends, and
//! another worker does the rest.
//!
//! The order, and why a death between any two steps does no harm:
//!
//! 1. Read the configuration of endpoints. It changes nothing, and without it nobody is told twice for nothing.
//! 2. Put the receipt. Its name and bytes follow from the event, so that putting it again is not seen.
//! 3. Publish. A repetition is seen, and known by the event's id; so it comes directly before the note that ends
//!    repetitions, and what may fail for long comes before it.
//! 4. Note that it was told, with the callbacks that are due, in one transaction: before it nothing is planned, after it
//!    everything is, once. A note before publishing would lose events with the process.
//! 5. Let [`payments::process()`] bring the payment or refund to its end. It comes after the note, so that a processor
//!    that answers for hours with "pending" has nobody told again. Whether it was told does not hinder it: a
//!    payment that was acknowledged is carried out while the topic is down.
//! 6. Note that nothing remains, or when to look again. Without that note it is looked at again, and found settled.

use std::time::Duration;

use payments::{
    Epoch, Event, Gatekeeper, Intents, Ledger, MovementId, Processor, Publishing, Worked, process,
};

use crate::event_json::event_json;
use crate::ports::{
    ClaimedEvent, EndpointSource, Handed, Outbox, OutboxFault, Receipts, Remaining, Topic,
};
use crate::receipt::receipt;
use crate::schedule::next_look;
use crate::stop::{Stop, allowed};

/// The world of [`tell()`].
#[derive(Debug)]
pub struct TellPorts<'p, G, I, L, P, O, T, R, E> {
    /// The gate of this Region.
    pub gatekeeper: &'p G,
    /// The store of intents.
    pub intents: &'p I,
    /// The ledger.
    pub ledger: &'p L,
    /// Whoever moves the money.
    pub processor: &'p P,
    /// The outbox, in the ledger.
    pub outbox: &'p O,
    /// Whoever tells everybody.
    pub topic: &'p T,
    /// The bucket of receipts.
    pub receipts: &'p R,
    /// The configuration of endpoints.
    pub endpoints: &'p E,
}

/// What came of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing remains to be done about it.
    Done,
    /// Something remains: it is looked at again after this time.
    Later(Hindrance, Duration),
    /// The worker had to stop: the row keeps its lease.
    Stopped(Stop),
}

/// Why something remains to be done about a row. Where several apply, the first is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hindrance {
    /// The configuration of endpoints cannot be read.
    Endpoints,
    /// The receipt was not put.
    Receipts,
    /// It was not published, or nobody knows.
    Topic,
    /// That it was told was not noted.
    Outbox,
    /// The processor has not said the last word yet.
    Processor,
    /// The payment or refund is in quarantine: reconciliation sees to it.
    Quarantine,
    /// The ledger that holds the row does not hold what the row tells of. They are written together, so that this
    /// is for people: the row is kept, because to end it would be to lose a payment.
    Contradiction,
}

impl Hindrance {
    /// The stable name that programs compare.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Endpoints => "endpoints",
            Self::Receipts => "receipts",
            Self::Topic => "topic",
            Self::Outbox => "outbox",
            Self::Processor => "processor",
            Self::Quarantine => "quarantine",
            Self::Contradiction => "contradiction",
        }
    }
}

/// Tells an event and sees to its payment or refund, as far as it can be done now. `epoch` is the one that the row was
/// claimed under, which the ledger had then; `random` are 64 random bits.
///
/// It may be dropped at any await and run again, by anybody who holds the row.
pub async fn tell<G, I, L, P, O, T, R, E>(
    ports: &TellPorts<'_, G, I, L, P, O, T, R, E>,
    epoch: Epoch,
    claimed: &ClaimedEvent,
    random: u64,
) -> Told
where
    G: Gatekeeper,
    I: Intents,
    L: Ledger,
    P: Processor,
    O: Outbox,
    T: Topic,
    R: Receipts,
    E: EndpointSource,
{
    let _writing = ports.gatekeeper.writing();
    match ports.see_to(epoch, claimed).await {
        Ok(()) => Told::Done,
        Err(Setback::Stop(stop)) => Told::Stopped(stop),
        Err(Setback::Later(hindrance)) => {
            let after = next_look(claimed.claims, random);
            match ports.postpone(epoch, claimed, after).await {
                Ok(()) => Told::Later(hindrance, after),
                Err(stop) => Told::Stopped(stop),
            }
        }
    }
}

/// Why a step did not come to its end.
enum Setback {
    Later(Hindrance),
    Stop(Stop),
}

impl From<Stop> for Setback {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl<G, I, L, P, O, T, R, E> TellPorts<'_, G, I, L, P, O, T, R, E>
where
    G: Gatekeeper,
    I: Intents,
    L: Ledger,
    P: Processor,
    O: Outbox,
    T: Topic,
    R: Receipts,
    E: EndpointSource,
{
    async fn see_to(&self, epoch: Epoch, claimed: &ClaimedEvent) -> Result<(), Setback> {
        let event = &claimed.event;
        allowed(self.gatekeeper, epoch, event)?;
        let told = match claimed.is_told {
            true => Ok(()),
            false => self.hand_over(epoch, event).await,
        };
        if !event.draft.kind.calls_processor() {
            return told;
        }
        if let Err(Setback::Stop(stop)) = told {
            return Err(stop.into());
        }
        allowed(self.gatekeeper, epoch, event)?;
        let settled = self.settle(event.draft.movement).await;
        told.and(settled)?;
        allowed(self.gatekeeper, epoch, event)?;
        Ok(self.outbox.done(epoch, event.draft.id).await.map_err(Stop::from)?)
    }

    /// Steps 1 to 4.
    async fn hand_over(&self, epoch: Epoch, event: &Event) -> Result<(), Setback> {
        let endpoints = self.endpoints.endpoints().await;
        let endpoints = endpoints.map_err(|_| Setback::Later(Hindrance::Endpoints))?;
        if let Some(receipt) = receipt(event) {
            allowed(self.gatekeeper, epoch, event)?;
            let put = self.receipts.put(&receipt.name, &receipt.json).await;
            over(put, Hindrance::Receipts)?;
        }
        allowed(self.gatekeeper, epoch, event)?;
        over(self.topic.publish(event, &event_json(event)).await, Hindrance::Topic)?;
        allowed(self.gatekeeper, epoch, event)?;
        let remaining = match event.draft.kind.calls_processor() {
            true => Remaining::Settling,
            false => Remaining::Nothing,
        };
        let told = self.outbox.told(epoch, event.draft.id, &endpoints.of(event), remaining).await;
        told.map_err(|fault| match fault {
            OutboxFault::Fenced(_) => Setback::Stop(fault.into()),
            OutboxFault::Unavailable => Setback::Later(Hindrance::Outbox),
        })
    }

    /// Step 5.
    async fn settle(&self, movement: MovementId) -> Result<(), Setback> {
        let worked =
            process(self.gatekeeper, self.intents, self.ledger, self.processor, movement).await;
        match worked {
            Worked::Settled(_) => Ok(()),
            Worked::Later => Err(Setback::Later(Hindrance::Processor)),
            Worked::Held => Err(Setback::Later(Hindrance::Quarantine)),
            Worked::Nothing => Err(Setback::Later(Hindrance::Contradiction)),
            Worked::GateClosed => Err(Stop::NotAllowed(Publishing::GateClosed).into()),
        }
    }

    async fn postpone(
        &self,
        epoch: Epoch,
        claimed: &ClaimedEvent,
        after: Duration,
    ) -> Result<(), Stop> {
        allowed(self.gatekeeper, epoch, &claimed.event)?;
        Ok(self.outbox.postpone(epoch, claimed, after).await?)
    }
}

fn over(handed: Handed, hindrance: Hindrance) -> Result<(), Setback> {
    match handed {
        Handed::Over => Ok(()),
        Handed::NotKnown => Err(Setback::Later(hindrance)),
    }
}
