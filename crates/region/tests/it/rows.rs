//! An outbox in memory whose rows take as long, and end, as a test says; the clock of their world is the runtime's.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use notify::{
    ClaimedDelivery, ClaimedEvent, Delivered, EndpointId, EndpointReport, EndpointState,
    OutboxFault, Told,
};
use payments::{
    AccountId, Amount, Currency, Epoch, Event, EventDraft, EventId, EventKind, Gate, Money,
    MovementId, PaymentId, Reign, Time,
};
use region::Work;
use tokio::time::{Instant, sleep};

/// A row that is due from some time on, takes so long, and ends like this.
#[derive(Clone, Debug)]
struct Row<T> {
    due: Instant,
    takes: Duration,
    ends: T,
    is_claimed: bool,
}

/// What was seen of the worker.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) claims: usize,
    /// How many of the claims were of events.
    pub(crate) event_claims: usize,
    /// The epoch of each row that was claimed.
    pub(crate) epochs: Vec<u64>,
    pub(crate) told: usize,
    pub(crate) sent: usize,
    /// How many rows were under way at once at most.
    pub(crate) at_once_max: usize,
    at_once: usize,
}

struct Inner {
    gate: Gate,
    fault: Option<OutboxFault>,
    events: Vec<Row<Told>>,
    callbacks: Vec<Row<Delivered>>,
    endpoints: Vec<EndpointReport>,
    is_broken: bool,
    seen: Seen,
}

/// The outbox; clones are the same one.
#[derive(Clone)]
pub(crate) struct Rows(Arc<Mutex<Inner>>);

impl Rows {
    /// An outbox with nothing in it, behind a gate that is open under epoch 7.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Inner {
            gate: open(7),
            fault: None,
            events: Vec::new(),
            callbacks: Vec::new(),
            endpoints: Vec::new(),
            is_broken: false,
            seen: Seen::default(),
        })))
    }

    fn with<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.0.lock().unwrap())
    }

    pub(crate) fn set_gate(&self, gate: Gate) {
        self.with(|inner| inner.gate = gate);
    }

    pub(crate) fn set_fault(&self, fault: Option<OutboxFault>) {
        self.with(|inner| inner.fault = fault);
    }

    pub(crate) fn set_endpoints(&self, endpoints: Vec<EndpointReport>) {
        self.with(|inner| inner.endpoints = endpoints);
    }

    /// Lets the next event that is told show a mistake.
    pub(crate) fn break_the_next(&self) {
        self.with(|inner| inner.is_broken = true);
    }

    /// Puts so many events there, which are due in so many milliseconds and take as many.
    pub(crate) fn post(&self, count: usize, due_ms: u64, takes_ms: u64, ends: Told) {
        self.with(|inner| inner.events.extend(rows(count, due_ms, takes_ms, ends)));
    }

    /// Puts callbacks there, like events.
    pub(crate) fn plan(&self, count: usize, due_ms: u64, takes_ms: u64, ends: Delivered) {
        self.with(|inner| inner.callbacks.extend(rows(count, due_ms, takes_ms, ends)));
    }

    pub(crate) fn seen(&self) -> Seen {
        self.with(|inner| inner.seen.clone())
    }

    /// A row that is under way until this is dropped.
    fn under_way(&self) -> UnderWay<'_> {
        self.with(|inner| {
            inner.seen.at_once += 1;
            inner.seen.at_once_max = inner.seen.at_once_max.max(inner.seen.at_once);
        });
        UnderWay(self)
    }
}

struct UnderWay<'r>(&'r Rows);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.with(|inner| inner.seen.at_once -= 1);
    }
}

fn rows<T: Clone>(
    count: usize,
    due_ms: u64,
    takes_ms: u64,
    ends: T,
) -> impl Iterator<Item = Row<T>> {
    let (due, takes) =
        (Instant::now() + Duration::from_millis(due_ms), Duration::from_millis(takes_ms));
    std::iter::repeat_n(Row { due, takes, ends, is_claimed: false }, count)
}

pub(crate) fn open(epoch: u64) -> Gate {
    let epoch = Epoch::new(epoch);
    Gate::Open(Reign { epoch, nothing_lost_since: epoch })
}

/// Claims rows that are due, and says which.
fn claim<T>(rows: &mut [Row<T>], limit: u32, seen: &mut Seen, epoch: Epoch) -> Vec<u64> {
    let now = Instant::now();
    let due = rows.iter_mut().zip(0..).filter(|(row, _)| !row.is_claimed && row.due <= now);
    let claimed = due.take(usize::try_from(limit).unwrap()).map(|(row, index)| {
        row.is_claimed = true;
        index
    });
    let claimed: Vec<_> = claimed.collect();
    seen.claims += 1;
    seen.epochs.extend(claimed.iter().map(|_| epoch.number()));
    claimed
}

impl Work for Rows {
    fn gate(&self) -> Gate {
        self.with(|inner| inner.gate)
    }

    async fn claim_events(
        &self,
        epoch: Epoch,
        limit: u32,
        _lease: Duration,
    ) -> Result<Vec<ClaimedEvent>, OutboxFault> {
        self.with(|inner| match inner.fault {
            Some(fault) => Err(fault),
            None => {
                inner.seen.event_claims += 1;
                let claimed = claim(&mut inner.events, limit, &mut inner.seen, epoch).into_iter();
                let claimed = claimed.map(|claims| ClaimedEvent {
                    event: event(EventKind::PaymentPosted),
                    claims,
                    is_told: false,
                });
                Ok(claimed.collect())
            }
        })
    }

    async fn tell(&self, _: Epoch, claimed: &ClaimedEvent, _: u64) -> Told {
        let index = usize::try_from(claimed.claims).unwrap();
        let Row { takes, ends, .. } = self.with(|inner| inner.events[index].clone());
        let _under_way = self.under_way();
        assert!(!self.with(|inner| inner.is_broken), "amounts never go below zero");
        sleep(takes).await;
        self.with(|inner| inner.seen.told += 1);
        ends
    }

    async fn claim_callbacks(
        &self,
        epoch: Epoch,
        limit: u32,
        _lease: Duration,
    ) -> Result<Vec<ClaimedDelivery>, OutboxFault> {
        self.with(|inner| {
            let claimed = claim(&mut inner.callbacks, limit, &mut inner.seen, epoch).into_iter();
            let claimed = claimed.map(|claims| ClaimedDelivery {
                event: event(EventKind::PaymentSucceeded),
                endpoint: EndpointId::parse("shop-1").unwrap(),
                tries: 0,
                claims,
                state: EndpointState::default(),
            });
            Ok(claimed.collect())
        })
    }

    async fn deliver(&self, _: Epoch, claimed: &ClaimedDelivery, _: Time, _: u64) -> Delivered {
        let index = usize::try_from(claimed.claims).unwrap();
        let Row { takes, ends, .. } = self.with(|inner| inner.callbacks[index].clone());
        let _under_way = self.under_way();
        sleep(takes).await;
        self.with(|inner| inner.seen.sent += 1);
        ends
    }

    async fn survey(&self) -> Option<Vec<EndpointReport>> {
        Some(self.with(|inner| inner.endpoints.clone()))
    }
}

/// An event of this kind about always the same payment.
pub(crate) fn event(kind: EventKind) -> Event {
    let at = Time::from_ms(1_763_869_261_125);
    let draft = EventDraft {
        id: EventId::new(at, [1; 10]),
        kind,
        account: AccountId::new(at, [2; 10]),
        movement: MovementId::Payment(PaymentId::new(at, [3; 10])),
        money: Money::new(Amount::new(1_234).unwrap(), Currency::find("USD").unwrap()),
        epoch: Epoch::new(7),
    };
    draft.numbered(1)
}
