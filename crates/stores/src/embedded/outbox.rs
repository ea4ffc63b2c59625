//! The port [`notify::Outbox`]: what is still to be told, held by one worker at a time for as long as its lease lasts.
//!
//! Each write compares the epoch row first. What is done about callbacks is in `deliveries`.

use std::collections::BTreeMap;
use std::time::Duration;

use notify::{
    ClaimedDelivery, ClaimedEvent, DeliveryChange, EndpointChange, EndpointId, EndpointState,
    Outbox, OutboxFault, Remaining,
};
use payments::{Epoch, Event, EventId, Transaction};
use redb::{ReadableTable as _, TableDefinition, WriteTransaction};

use super::agenda::{Agenda, Place};
use super::file::{Text, find, make_table};
use super::{Change, EmbeddedStore, agenda, deliveries, epoch};
use crate::document;
use crate::error::StoreError;
use crate::stored::{StoredEvent, StoredRow};

/// How many events each account has had.
const ACCOUNTS: TableDefinition<'_, &str, u64> = TableDefinition::new("accounts");
/// By account and number.
const EVENTS: TableDefinition<'_, (&str, u64), Text> = TableDefinition::new("events");
/// How far each event has come, by its id.
const ROWS: TableDefinition<'_, &str, Text> = TableDefinition::new("outbox");

/// The ids of events that are not done, in one list.
const OPEN: Agenda = Agenda {
    ready: TableDefinition::new("outbox_ready"),
    waiting: TableDefinition::new("outbox_waiting"),
};
const LIST: &str = "";

pub(super) fn make_tables(open: &WriteTransaction) -> Result<(), StoreError> {
    make_table(open, ACCOUNTS)?;
    make_table(open, EVENTS)?;
    make_table(open, ROWS)?;
    agenda::make_tables(open)?;
    OPEN.make_tables(open)
}

impl Outbox for EmbeddedStore {
    async fn claim_events(
        &self,
        epoch: Epoch,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<ClaimedEvent>, OutboxFault> {
        let clock = self.clock();
        self.under(epoch, move |open| {
            let now = clock();
            let until_ms = now.plus_ms(milliseconds(lease)).as_ms();
            claim(open, now.as_ms(), until_ms, limit)
        })
        .await
    }

    async fn told(
        &self,
        epoch: Epoch,
        event: EventId,
        endpoints: &[EndpointId],
        remaining: Remaining,
    ) -> Result<(), OutboxFault> {
        let (event, endpoints) = (event.to_string(), endpoints.to_vec());
        self.under(epoch, move |open| told(open, &event, &endpoints, remaining)).await
    }

    async fn done(&self, epoch: Epoch, event: EventId) -> Result<(), OutboxFault> {
        let event = event.to_string();
        self.under(epoch, move |open| done(open, &event)).await
    }

    async fn postpone(
        &self,
        epoch: Epoch,
        claimed: &ClaimedEvent,
        after: Duration,
    ) -> Result<(), OutboxFault> {
        let (event, claims) = (claimed.event.draft.id.to_string(), claimed.claims);
        let clock = self.clock();
        self.under(epoch, move |open| {
            let due_ms = clock().plus_ms(milliseconds(after)).as_ms();
            postpone(open, &event, claims, due_ms)
        })
        .await
    }

    async fn claim_deliveries(
        &self,
        epoch: Epoch,
        endpoints: &BTreeMap<EndpointId, u64>,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<ClaimedDelivery>, OutboxFault> {
        let (clock, endpoints) = (self.clock(), endpoints.clone());
        self.under(epoch, move |open| {
            let now = clock();
            let until_ms = now.plus_ms(milliseconds(lease)).as_ms();
            deliveries::claim(open, &endpoints, now.as_ms(), until_ms, limit)
        })
        .await
    }

    async fn tried(
        &self,
        epoch: Epoch,
        claimed: &ClaimedDelivery,
        delivery: DeliveryChange,
        endpoint: &EndpointChange,
    ) -> Result<(), OutboxFault> {
        let (clock, claimed, endpoint) = (self.clock(), claimed.clone(), *endpoint);
        self.under(epoch, move |open| {
            deliveries::tried(open, &claimed, delivery, endpoint, clock())
        })
        .await
    }

    async fn endpoints(&self) -> Result<BTreeMap<EndpointId, EndpointState>, OutboxFault> {
        Ok(self.look(deliveries::endpoints).await?)
    }
}

impl EmbeddedStore {
    /// Carries out what a worker of this epoch writes.
    async fn under<T: Send + 'static>(
        &self,
        epoch: Epoch,
        mut work: impl FnMut(&WriteTransaction) -> Result<Change<T>, StoreError> + Send + 'static,
    ) -> Result<T, OutboxFault> {
        let done = self.change(move |open| {
            let current = epoch::current(open)?;
            if current != epoch {
                return Ok(Change::Refused(Err(current)));
            }
            Ok(match work(open)? {
                Change::Made(answer) => Change::Made(Ok(answer)),
                Change::Refused(answer) => Change::Refused(Ok(answer)),
            })
        });
        done.await?.map_err(OutboxFault::Fenced)
    }
}

/// Numbers the events of a transaction and adds them.
pub(super) fn add(open: &WriteTransaction, transaction: &Transaction) -> Result<(), StoreError> {
    for draft in &transaction.events {
        let (id, account) = (draft.id.to_string(), draft.account.to_string());
        let mut accounts = open.open_table(ACCOUNTS)?;
        let number = accounts.get(account.as_str())?.map_or(0, |last| last.value()) + 1;
        accounts.insert(account.as_str(), number)?;
        let event = document::write(&StoredEvent::of(draft, number));
        open.open_table(EVENTS)?.insert((account.as_str(), number), event.as_bytes())?;
        let Place { position, due_ms } = OPEN.add(open, LIST, &id)?;
        let account_sequence = number;
        let (claims, is_told, is_done) = (0, false, false);
        let row =
            StoredRow { account, account_sequence, position, due_ms, claims, is_told, is_done };
        put(open, &id, &row)?;
    }
    Ok(())
}

/// The event of this number; nothing when a newer program wrote it, whose workers will tell it.
pub(super) fn event(
    open: &WriteTransaction,
    account: &str,
    account_sequence: u64,
) -> Result<Option<Event>, StoreError> {
    let key = (account, account_sequence);
    let found = find::<StoredEvent, _, _>(&open.open_table(EVENTS)?, key);
    match found {
        Err(StoreError::Malformed(_)) => Ok(None),
        Ok(None) => Err(StoreError::Damaged("an event is gone".into())),
        found => found,
    }
}

fn claim(
    open: &WriteTransaction,
    now_ms: u64,
    until_ms: u64,
    limit: u32,
) -> Result<Change<Vec<ClaimedEvent>>, StoreError> {
    let mut claimed = Vec::new();
    let due = OPEN.first(open, LIST, now_ms, places(limit))?;
    for (_, id) in &due {
        let mut row = row(open, id)?.ok_or_else(|| StoreError::Damaged("a row is gone".into()))?;
        row.claims += 1;
        let is_told = row.is_told;
        let claims = row.claims;
        let event = event(open, &row.account, row.account_sequence)?;
        put_off(open, id, row, until_ms)?;
        claimed.extend(event.map(|event| ClaimedEvent { event, claims, is_told }));
    }
    Ok(if due.is_empty() { Change::Refused(claimed) } else { Change::Made(claimed) })
}

fn told(
    open: &WriteTransaction,
    id: &str,
    endpoints: &[EndpointId],
    remaining: Remaining,
) -> Result<Change<()>, StoreError> {
    let Some(mut row) = row(open, id)? else { return Ok(Change::Refused(())) };
    deliveries::plan(open, id, &row, endpoints)?;
    row.is_told = true;
    match remaining {
        Remaining::Nothing => end(open, id, row)?,
        Remaining::Settling => put(open, id, &row)?,
    }
    Ok(Change::Made(()))
}

fn done(open: &WriteTransaction, id: &str) -> Result<Change<()>, StoreError> {
    let Some(row) = row(open, id)?.filter(|row| !row.is_done) else {
        return Ok(Change::Refused(()));
    };
    end(open, id, row)?;
    Ok(Change::Made(()))
}

fn postpone(
    open: &WriteTransaction,
    id: &str,
    claims: u64,
    due_ms: u64,
) -> Result<Change<()>, StoreError> {
    let row = row(open, id)?.filter(|row| !row.is_done && row.claims == claims);
    let Some(row) = row else { return Ok(Change::Refused(())) };
    put_off(open, id, row, due_ms)?;
    Ok(Change::Made(()))
}

fn end(open: &WriteTransaction, id: &str, row: StoredRow) -> Result<(), StoreError> {
    OPEN.remove(open, LIST, place(&row))?;
    put(open, id, &StoredRow { is_done: true, ..row })
}

fn put_off(
    open: &WriteTransaction,
    id: &str,
    row: StoredRow,
    due_ms: u64,
) -> Result<(), StoreError> {
    OPEN.put_off(open, LIST, id, place(&row), due_ms)?;
    put(open, id, &StoredRow { due_ms, ..row })
}

fn place(row: &StoredRow) -> Place {
    Place { position: row.position, due_ms: row.due_ms }
}

fn row(open: &WriteTransaction, id: &str) -> Result<Option<StoredRow>, StoreError> {
    find::<StoredRow, _, _>(&open.open_table(ROWS)?, id)
}

fn put(open: &WriteTransaction, id: &str, row: &StoredRow) -> Result<(), StoreError> {
    open.open_table(ROWS)?.insert(id, document::write(row).as_bytes())?;
    Ok(())
}

pub(super) fn places(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

pub(super) fn milliseconds(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
