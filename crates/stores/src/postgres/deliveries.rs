//! Callbacks and their endpoints, for the port in `outbox`.

use std::collections::BTreeMap;
use std::time::Duration;

use notify::{
    ClaimedDelivery, DeliveryChange, DisabledBecause, EndpointChange, EndpointId, EndpointState,
    OutboxFault,
};
use payments::{Epoch, Time};
use tokio_postgres::Row;

use super::PgLedger;
use super::failure::Failure;
use super::outbox::{milliseconds, number, read_event};
use super::transaction::{Parameters, Transaction, bigint, get, read, read_epoch};
use crate::error::StoreError;
use crate::stored::Malformed;

impl PgLedger {
    pub(super) async fn claim_callbacks(
        &self,
        epoch: Epoch,
        endpoints: &BTreeMap<EndpointId, u64>,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<ClaimedDelivery>, OutboxFault> {
        let names: Vec<&str> = endpoints.keys().map(EndpointId::as_str).collect();
        let revisions: Vec<i64> = endpoints.values().copied().map(bigint).collect();
        let parameters: Parameters<'_> =
            &[&number(epoch), &names, &revisions, &i64::from(limit), &milliseconds(lease)];
        let sql = include_str!("sql/claim_deliveries.sql");
        let rows = self.write_under(epoch, sql, parameters).await?;
        Ok(rows.iter().filter_map(|row| read_claimed(row).ok()).collect())
    }

    pub(super) async fn note_try(
        &self,
        epoch: Epoch,
        claimed: &ClaimedDelivery,
        delivery: DeliveryChange,
        change: EndpointChange,
    ) -> Result<(), OutboxFault> {
        let open = Transaction::connect(&self.pool, self.limits).await?;
        let name = claimed.endpoint.as_str();
        let of_endpoint: Parameters<'_> = &[&name];
        // Sent together, the beginning first. Alone, too, the second would do no more than it says.
        let (_, tried, state) = tokio::try_join!(
            biased;
            open.batch("BEGIN ISOLATION LEVEL READ COMMITTED"),
            try_of(&open, epoch, claimed, delivery),
            open.query(include_str!("sql/endpoint.sql"), of_endpoint)
        )?;
        match read_epoch(&tried)? {
            current if current == epoch => {}
            current => {
                open.rollback().await;
                return Err(OutboxFault::Fenced(current));
            }
        }
        let is_noted = get::<bool>(&tried[0], 1)?;
        if is_noted || delivery == DeliveryChange::Delivered {
            let given_up = i64::from(is_noted && delivery == DeliveryChange::GivenUp);
            let state = first_state(&state)?;
            if given_up > 0 || state.after(change) != state {
                change_endpoint(&open, name, change, given_up).await?;
            }
            open.commit().await?;
        } else {
            open.rollback().await;
        }
        Ok(())
    }

    pub(super) async fn endpoint_states(
        &self,
    ) -> Result<BTreeMap<EndpointId, EndpointState>, StoreError> {
        let rows = read(&self.pool, self.limits, include_str!("sql/endpoints.sql"), &[]).await?;
        rows.iter().map(|row| read_state(row, 0)).collect()
    }
}

/// Writes the try itself.
async fn try_of(
    open: &Transaction,
    epoch: Epoch,
    claimed: &ClaimedDelivery,
    delivery: DeliveryChange,
) -> Result<Vec<Row>, Failure> {
    let (ended_as, due_after) = match delivery {
        DeliveryChange::Delivered => (Some("delivered"), None),
        DeliveryChange::GivenUp => (Some("given_up"), None),
        DeliveryChange::Again(after) => (None, Some(milliseconds(after))),
    };
    let (event, endpoint) = (claimed.event.draft.id.to_string(), claimed.endpoint.as_str());
    let claims = bigint(claimed.claims);
    let parameters: Parameters<'_> =
        &[&number(epoch), &event, &endpoint, &claims, &ended_as, &due_after];
    open.query(include_str!("sql/tried.sql"), parameters).await
}

/// Applies a change to the state as it is when nobody else can change it any more.
async fn change_endpoint(
    open: &Transaction,
    name: &str,
    change: EndpointChange,
    given_up: i64,
) -> Result<(), OutboxFault> {
    let locked = concat!(include_str!("sql/endpoint.sql"), " FOR UPDATE");
    let state = first_state(&open.query(locked, &[&name]).await?)?.after(change);
    let failing_since = state.failing_since.map(milliseconds_of);
    let because = state.disabled.map(|(because, ..)| because.name());
    let at = state.disabled.map(|(_, at, _)| milliseconds_of(at));
    let revision = state.disabled.map(|(.., revision)| bigint(revision));
    let parameters: Parameters<'_> = &[&name, &failing_since, &because, &at, &revision, &given_up];
    open.execute(include_str!("sql/change_endpoint.sql"), parameters).await?;
    Ok(())
}

fn first_state(rows: &[Row]) -> Result<EndpointState, StoreError> {
    let state = rows.first().map(|row| read_state(row, 0)).transpose()?;
    Ok(state.map(|(_, state)| state).unwrap_or_default())
}

fn read_claimed(row: &Row) -> Result<ClaimedDelivery, StoreError> {
    let (endpoint, state) = read_state(row, 4)?;
    Ok(ClaimedDelivery {
        event: read_event(row, 1)?,
        endpoint,
        tries: u32::try_from(get::<i64>(row, 2)?).unwrap_or(u32::MAX),
        claims: get::<i64>(row, 3)?.unsigned_abs(),
        state,
    })
}

/// The endpoint that is written from this column on.
fn read_state(row: &Row, column: usize) -> Result<(EndpointId, EndpointState), StoreError> {
    let endpoint = EndpointId::parse(get(row, column)?).ok_or(Malformed::Field("endpoint"))?;
    let because: Option<&str> = get(row, column + 2)?;
    let at: Option<i64> = get(row, column + 3)?;
    let revision: Option<i64> = get(row, column + 4)?;
    let disabled = match (because, at, revision) {
        (Some(because), Some(at), Some(revision)) => {
            let because = DisabledBecause::find(because);
            let because = because.ok_or(Malformed::Field("disabled_because"))?;
            Some((because, time(at), revision.unsigned_abs()))
        }
        _ => None,
    };
    let state = EndpointState {
        failing_since: get::<Option<i64>>(row, column + 1)?.map(time),
        disabled,
        waiting: get::<i64>(row, column + 5)?.unsigned_abs(),
        given_up: get::<i64>(row, column + 6)?.unsigned_abs(),
    };
    Ok((endpoint, state))
}

fn time(since_1970_ms: i64) -> Time {
    Time::from_ms(since_1970_ms.unsigned_abs())
}

fn milliseconds_of(time: Time) -> i64 {
    bigint(time.as_ms())
}
