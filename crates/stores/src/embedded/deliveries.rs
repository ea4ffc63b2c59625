//! Callbacks and their endpoints, for the port in `outbox`.

use std::collections::BTreeMap;

use notify::{ClaimedDelivery, DeliveryChange, EndpointChange, EndpointId, EndpointState};
use payments::Time;
use redb::{ReadTransaction, ReadableTable as _, TableDefinition, WriteTransaction};

use super::Change;
use super::agenda::{Agenda, Place};
use super::file::{Text, find, make_table, value};
use super::outbox::{event, milliseconds, places};
use crate::document;
use crate::error::StoreError;
use crate::stored::{Malformed, StoredDelivery, StoredEndpoint, StoredRow};

/// By event and endpoint; kept when they have ended, so that the same callback is not planned again.
const DELIVERIES: TableDefinition<'_, (&str, &str), Text> = TableDefinition::new("deliveries");
/// Endpoints that a callback was ever due to.
const ENDPOINTS: TableDefinition<'_, &str, Text> = TableDefinition::new("endpoints");

/// The ids of events whose callbacks have not ended, in a list for each endpoint.
const OPEN: Agenda = Agenda {
    ready: TableDefinition::new("deliveries_ready"),
    waiting: TableDefinition::new("deliveries_waiting"),
};

pub(super) fn make_tables(open: &WriteTransaction) -> Result<(), StoreError> {
    make_table(open, DELIVERIES)?;
    make_table(open, ENDPOINTS)?;
    OPEN.make_tables(open)
}

/// Adds a callback of an event to each of these endpoints that has none.
pub(super) fn plan(
    open: &WriteTransaction,
    event: &str,
    row: &StoredRow,
    endpoints: &[EndpointId],
) -> Result<(), StoreError> {
    for endpoint in endpoints {
        let name = endpoint.as_str();
        if open.open_table(DELIVERIES)?.get((event, name))?.is_some() {
            continue;
        }
        let Place { position, due_ms } = OPEN.add(open, name, event)?;
        let (account, account_sequence) = (row.account.clone(), row.account_sequence);
        let (claims, tries, has_ended) = (0, 0, false);
        let delivery = StoredDelivery {
            account,
            account_sequence,
            position,
            due_ms,
            claims,
            tries,
            has_ended,
        };
        put(open, event, name, &delivery)?;
        let state = state(open, name)?.unwrap_or_default();
        put_state(open, name, &EndpointState { waiting: state.waiting + 1, ..state })?;
    }
    Ok(())
}

/// A callback that is due: its position, its event, its endpoint and that one's state.
type Due<'e> = (u64, String, &'e EndpointId, EndpointState);

/// Claims the oldest that are due, of the endpoints that may be called at these revisions.
pub(super) fn claim(
    open: &WriteTransaction,
    endpoints: &BTreeMap<EndpointId, u64>,
    now_ms: u64,
    until_ms: u64,
    limit: u32,
) -> Result<Change<Vec<ClaimedDelivery>>, StoreError> {
    let due = due(open, endpoints, now_ms, places(limit))?;
    let mut claimed = Vec::new();
    let has_claimed = !due.is_empty();
    for (_, id, endpoint, state) in due {
        claimed.extend(claim_one(open, &id, endpoint, state, until_ms)?);
    }
    Ok(if has_claimed { Change::Made(claimed) } else { Change::Refused(claimed) })
}

/// Where several endpoints have some, none gets more than a quarter, so that one that does not answer leaves room for
/// the others.
fn due<'e>(
    open: &WriteTransaction,
    endpoints: &'e BTreeMap<EndpointId, u64>,
    now_ms: u64,
    limit: usize,
) -> Result<Vec<Due<'e>>, StoreError> {
    let mut lists = Vec::new();
    for (endpoint, revision) in endpoints {
        let state = state(open, endpoint.as_str())?;
        let Some(state) = state.filter(|state| !state.is_disabled_at(*revision)) else { continue };
        let first = OPEN.first(open, endpoint.as_str(), now_ms, limit)?;
        let due = first.into_iter().map(|(position, id)| (position, id, endpoint, state.clone()));
        lists.push(due.collect::<Vec<_>>());
    }
    lists.retain(|list| !list.is_empty());
    let most = if lists.len() > 1 { limit.div_ceil(4) } else { limit };
    let mut due: Vec<_> = lists.into_iter().flat_map(|list| list.into_iter().take(most)).collect();
    due.sort_by_key(|(position, ..)| *position);
    due.truncate(limit);
    Ok(due)
}

fn claim_one(
    open: &WriteTransaction,
    id: &str,
    endpoint: &EndpointId,
    state: EndpointState,
    until_ms: u64,
) -> Result<Option<ClaimedDelivery>, StoreError> {
    let delivery = delivery(open, id, endpoint.as_str())?;
    let mut delivery = delivery.ok_or_else(|| StoreError::Damaged("a callback is gone".into()))?;
    delivery.claims += 1;
    let (tries, claims) = (delivery.tries, delivery.claims);
    let event = event(open, &delivery.account, delivery.account_sequence)?;
    put_off(open, id, endpoint.as_str(), delivery, until_ms)?;
    let endpoint = endpoint.clone();
    Ok(event.map(|event| ClaimedDelivery { event, endpoint, tries, claims, state }))
}

/// Notes what came of one try, and what it says of its endpoint.
pub(super) fn tried(
    open: &WriteTransaction,
    claimed: &ClaimedDelivery,
    change: DeliveryChange,
    of_endpoint: EndpointChange,
    now: Time,
) -> Result<Change<()>, StoreError> {
    let (id, name) = (claimed.event.draft.id.to_string(), claimed.endpoint.as_str());
    let was_delivered = change == DeliveryChange::Delivered;
    let delivery = delivery(open, &id, name)?.filter(|delivery| {
        !delivery.has_ended && (delivery.claims == claimed.claims || was_delivered)
    });
    if delivery.is_none() && !was_delivered {
        return Ok(Change::Refused(()));
    }
    let before = state(open, name)?.unwrap_or_default();
    let mut after = before.after(of_endpoint);
    if let Some(mut delivery) = delivery {
        delivery.tries = delivery.tries.saturating_add(1);
        match change {
            DeliveryChange::Again(span) => {
                put_off(open, &id, name, delivery, now.plus_ms(milliseconds(span)).as_ms())?;
            }
            DeliveryChange::Delivered | DeliveryChange::GivenUp => {
                end(open, &id, name, delivery)?;
                after.waiting = after.waiting.saturating_sub(1);
                after.given_up += u64::from(!was_delivered);
            }
        }
    }
    if after != before {
        put_state(open, name, &after)?;
    }
    Ok(Change::Made(()))
}

/// What is known of every endpoint.
pub(super) fn endpoints(
    open: &ReadTransaction,
) -> Result<BTreeMap<EndpointId, EndpointState>, StoreError> {
    let table = open.open_table(ENDPOINTS)?;
    let rows = table.iter()?.map(|row| {
        let (name, state) = row?;
        let name = EndpointId::parse(name.value()).ok_or(Malformed::Field("endpoint"))?;
        Ok((name, value::<StoredEndpoint, _>(state.value())?))
    });
    rows.collect()
}

fn end(
    open: &WriteTransaction,
    event: &str,
    endpoint: &str,
    delivery: StoredDelivery,
) -> Result<(), StoreError> {
    OPEN.remove(open, endpoint, place(&delivery))?;
    put(open, event, endpoint, &StoredDelivery { has_ended: true, ..delivery })
}

fn put_off(
    open: &WriteTransaction,
    event: &str,
    endpoint: &str,
    delivery: StoredDelivery,
    due_ms: u64,
) -> Result<(), StoreError> {
    OPEN.put_off(open, endpoint, event, place(&delivery), due_ms)?;
    put(open, event, endpoint, &StoredDelivery { due_ms, ..delivery })
}

fn place(delivery: &StoredDelivery) -> Place {
    Place { position: delivery.position, due_ms: delivery.due_ms }
}

fn delivery(
    open: &WriteTransaction,
    event: &str,
    endpoint: &str,
) -> Result<Option<StoredDelivery>, StoreError> {
    find::<StoredDelivery, _, _>(&open.open_table(DELIVERIES)?, (event, endpoint))
}

fn put(
    open: &WriteTransaction,
    event: &str,
    endpoint: &str,
    delivery: &StoredDelivery,
) -> Result<(), StoreError> {
    let text = document::write(delivery);
    open.open_table(DELIVERIES)?.insert((event, endpoint), text.as_bytes())?;
    Ok(())
}

fn state(open: &WriteTransaction, endpoint: &str) -> Result<Option<EndpointState>, StoreError> {
    find::<StoredEndpoint, _, _>(&open.open_table(ENDPOINTS)?, endpoint)
}

fn put_state(
    open: &WriteTransaction,
    endpoint: &str,
    state: &EndpointState,
) -> Result<(), StoreError> {
    let text = document::write(&StoredEndpoint::from(state));
    open.open_table(ENDPOINTS)?.insert(endpoint, text.as_bytes())?;
    Ok(())
}
