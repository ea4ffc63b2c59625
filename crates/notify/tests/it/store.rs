//! A ledger in memory, with its outbox and the callbacks that are due.

use std::collections::BTreeMap;
use std::time::Duration;

use notify::{
    ClaimedDelivery, ClaimedEvent, DeliveryChange, EndpointChange, EndpointId, EndpointState,
    OutboxFault, Remaining,
};
use payments::{Committed, Epoch, Event, EventId, PaymentId, PaymentRecord, Transaction, Transfer};

/// A row of the outbox.
pub(crate) struct Row {
    pub(crate) event: Event,
    pub(crate) is_told: bool,
    pub(crate) is_done: bool,
    pub(crate) claims: u64,
    due_ms: u64,
}

/// A callback.
pub(crate) struct Callback {
    pub(crate) event: Event,
    pub(crate) endpoint: EndpointId,
    pub(crate) end: Option<DeliveryChange>,
    tries: u32,
    pub(crate) claims: u64,
    due_ms: u64,
}

/// The ledger. What it is asked under another epoch than its own it refuses.
pub(crate) struct Store {
    pub(crate) epoch: Epoch,
    pub(crate) records: BTreeMap<PaymentId, PaymentRecord>,
    pub(crate) transfers: Vec<Transfer>,
    pub(crate) rows: Vec<Row>,
    pub(crate) callbacks: Vec<Callback>,
    states: BTreeMap<EndpointId, EndpointState>,
}

impl Store {
    pub(crate) fn new(epoch: Epoch) -> Self {
        let (records, states) = (BTreeMap::new(), BTreeMap::new());
        let (transfers, rows, callbacks) = (Vec::new(), Vec::new(), Vec::new());
        Self { epoch, records, transfers, rows, callbacks, states }
    }

    pub(crate) fn apply(&mut self, transaction: &Transaction) -> Committed {
        if self.epoch != transaction.epoch {
            return Committed::Fenced(self.epoch);
        }
        let version = self.records.get(&transaction.record.id).map(|record| record.version);
        if version != transaction.expects {
            return Committed::Conflict(version);
        }
        self.records.insert(transaction.record.id, transaction.record.clone());
        self.transfers.extend(&transaction.transfers);
        for draft in &transaction.events {
            let event = draft.numbered(self.rows.len() as u64 + 1);
            let (is_told, is_done) = (false, false);
            self.rows.push(Row { event, is_told, is_done, claims: 0, due_ms: 0 });
        }
        Committed::Done
    }

    fn check(&self, epoch: Epoch) -> Result<(), OutboxFault> {
        if self.epoch == epoch { Ok(()) } else { Err(OutboxFault::Fenced(self.epoch)) }
    }

    fn row(&mut self, event: EventId) -> &mut Row {
        let mut rows = self.rows.iter_mut();
        rows.find(|row| row.event.draft.id == event).expect("rows are never deleted")
    }

    pub(crate) fn claim_events(
        &mut self,
        epoch: Epoch,
        limit: u32,
        (now_ms, lease): (u64, Duration),
    ) -> Result<Vec<ClaimedEvent>, OutboxFault> {
        self.check(epoch)?;
        let due = self.rows.iter_mut().filter(|row| !row.is_done && row.due_ms <= now_ms);
        let claimed = due.take(limit as usize).map(|row| {
            row.claims += 1;
            row.due_ms = now_ms + lease.as_millis() as u64;
            ClaimedEvent { event: row.event, claims: row.claims, is_told: row.is_told }
        });
        Ok(claimed.collect())
    }

    pub(crate) fn told(
        &mut self,
        epoch: Epoch,
        event: EventId,
        endpoints: &[EndpointId],
        remaining: Remaining,
    ) -> Result<(), OutboxFault> {
        self.check(epoch)?;
        let row = self.row(event);
        if std::mem::replace(&mut row.is_told, true) {
            return Ok(());
        }
        row.is_done = remaining == Remaining::Nothing;
        let event = row.event;
        for endpoint in endpoints {
            let (tries, claims, due_ms) = (0, 0, 0);
            let endpoint = endpoint.clone();
            self.states.entry(endpoint.clone()).or_default().waiting += 1;
            self.callbacks.push(Callback { event, endpoint, end: None, tries, claims, due_ms });
        }
        Ok(())
    }

    pub(crate) fn done(&mut self, epoch: Epoch, event: EventId) -> Result<(), OutboxFault> {
        self.check(epoch)?;
        self.row(event).is_done = true;
        Ok(())
    }

    pub(crate) fn postpone(
        &mut self,
        epoch: Epoch,
        claimed: &ClaimedEvent,
        until_ms: u64,
    ) -> Result<(), OutboxFault> {
        self.check(epoch)?;
        let row = self.row(claimed.event.draft.id);
        if row.claims == claimed.claims {
            row.due_ms = until_ms;
        }
        Ok(())
    }

    pub(crate) fn claim_deliveries(
        &mut self,
        epoch: Epoch,
        endpoints: &BTreeMap<EndpointId, u64>,
        limit: u32,
        (now_ms, lease): (u64, Duration),
    ) -> Result<Vec<ClaimedDelivery>, OutboxFault> {
        self.check(epoch)?;
        let states = &self.states;
        let is_open = |endpoint: &EndpointId| {
            let revision = endpoints.get(endpoint);
            revision.is_some_and(|revision| !states[endpoint].is_disabled_at(*revision))
        };
        let due = self.callbacks.iter_mut().filter(|callback| {
            callback.end.is_none() && callback.due_ms <= now_ms && is_open(&callback.endpoint)
        });
        let claimed = due.take(limit as usize).map(|callback| {
            callback.claims += 1;
            callback.due_ms = now_ms + lease.as_millis() as u64;
            ClaimedDelivery {
                event: callback.event,
                endpoint: callback.endpoint.clone(),
                tries: callback.tries,
                claims: callback.claims,
                state: states[&callback.endpoint].clone(),
            }
        });
        Ok(claimed.collect())
    }

    pub(crate) fn tried(
        &mut self,
        epoch: Epoch,
        claimed: &ClaimedDelivery,
        (delivery, endpoint): (DeliveryChange, EndpointChange),
        now_ms: u64,
    ) -> Result<(), OutboxFault> {
        self.check(epoch)?;
        let state = self.states.get_mut(&claimed.endpoint).expect("it was planned");
        *state = state.after(endpoint);
        let is_it = |callback: &&mut Callback| {
            (callback.event, &callback.endpoint) == (claimed.event, &claimed.endpoint)
        };
        let callback = self.callbacks.iter_mut().find(is_it).expect("callbacks are never deleted");
        let is_delivered = delivery == DeliveryChange::Delivered;
        if callback.end.is_some() || (callback.claims != claimed.claims && !is_delivered) {
            return Ok(());
        }
        callback.tries += 1;
        match delivery {
            DeliveryChange::Again(after) => callback.due_ms = now_ms + after.as_millis() as u64,
            DeliveryChange::Delivered | DeliveryChange::GivenUp => {
                callback.end = Some(delivery);
                state.waiting -= 1;
                state.given_up += u64::from(!is_delivered);
            }
        }
        Ok(())
    }

    /// When the next callback becomes due, if one does.
    pub(crate) fn next_due_ms(&self, now_ms: u64) -> Option<u64> {
        let open = self.callbacks.iter().filter(|callback| callback.end.is_none());
        open.map(|callback| callback.due_ms).filter(|due_ms| *due_ms > now_ms).min()
    }

    pub(crate) fn endpoints(&self) -> BTreeMap<EndpointId, EndpointState> {
        self.states.clone()
    }
}
