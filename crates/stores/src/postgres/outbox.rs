//! The port [`notify::Outbox`] on PostgreSQL: what is still to be told, held by one worker at a time for as long as its
//! lease lasts.
//!
//! Times are the server's, whose one clock all workers share. That two workers tell the same event all the same is
//! allowed (at least once); that a worker of an old epoch gets or changes a row is not: each statement compares the
//! epoch row, and holds it until it has ended. What is done about callbacks is in `deliveries`.

use std::collections::BTreeMap;
use std::time::Duration;

use notify::{
    ClaimedDelivery, ClaimedEvent, DeliveryChange, EndpointChange, EndpointId, EndpointState,
    Outbox, OutboxFault, Remaining,
};
use payments::{Epoch, Event, EventId};
use tokio_postgres::Row;

use super::PgLedger;
use super::failure::Failure;
use super::transaction::{Parameters, bigint, get, read_epoch, write};
use crate::error::StoreError;
use crate::stored::StoredEvent;

impl Outbox for PgLedger {
    async fn claim_events(
        &self,
        epoch: Epoch,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<ClaimedEvent>, OutboxFault> {
        let sql = include_str!("sql/claim_events.sql");
        let parameters: Parameters<'_> = &[&number(epoch), &i64::from(limit), &milliseconds(lease)];
        // A row that a newer program wrote keeps its lease, and does not keep others from theirs.
        let rows = self.write_under(epoch, sql, parameters).await?;
        Ok(rows.iter().filter_map(|row| read_claimed(row).ok()).collect())
    }

    async fn told(
        &self,
        epoch: Epoch,
        event: EventId,
        endpoints: &[EndpointId],
        remaining: Remaining,
    ) -> Result<(), OutboxFault> {
        let endpoints: Vec<&str> = endpoints.iter().map(EndpointId::as_str).collect();
        let is_done = remaining == Remaining::Nothing;
        let parameters: Parameters<'_> =
            &[&number(epoch), &event.to_string(), &endpoints, &is_done];
        self.write_under(epoch, include_str!("sql/told.sql"), parameters).await.map(drop)
    }

    async fn done(&self, epoch: Epoch, event: EventId) -> Result<(), OutboxFault> {
        let parameters: Parameters<'_> = &[&number(epoch), &event.to_string()];
        self.write_under(epoch, include_str!("sql/done.sql"), parameters).await.map(drop)
    }

    async fn postpone(
        &self,
        epoch: Epoch,
        claimed: &ClaimedEvent,
        after: Duration,
    ) -> Result<(), OutboxFault> {
        let (event, claims) = (claimed.event.draft.id.to_string(), bigint(claimed.claims));
        let parameters: Parameters<'_> = &[&number(epoch), &event, &claims, &milliseconds(after)];
        self.write_under(epoch, include_str!("sql/postpone.sql"), parameters).await.map(drop)
    }

    async fn claim_deliveries(
        &self,
        epoch: Epoch,
        endpoints: &BTreeMap<EndpointId, u64>,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<ClaimedDelivery>, OutboxFault> {
        self.claim_callbacks(epoch, endpoints, limit, lease).await
    }

    async fn tried(
        &self,
        epoch: Epoch,
        claimed: &ClaimedDelivery,
        delivery: DeliveryChange,
        endpoint: &EndpointChange,
    ) -> Result<(), OutboxFault> {
        self.note_try(epoch, claimed, delivery, *endpoint).await
    }

    async fn endpoints(&self) -> Result<BTreeMap<EndpointId, EndpointState>, OutboxFault> {
        Ok(self.endpoint_states().await?)
    }
}

impl PgLedger {
    /// The rows of one statement that compares the epoch row, and answers it in its first column.
    pub(super) async fn write_under(
        &self,
        epoch: Epoch,
        sql: &str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, OutboxFault> {
        let rows = write(&self.pool, self.limits, sql, parameters).await?;
        match read_epoch(&rows)? {
            current if current == epoch => Ok(rows),
            current => Err(OutboxFault::Fenced(current)),
        }
    }
}

impl From<Failure> for OutboxFault {
    fn from(_: Failure) -> Self {
        Self::Unavailable
    }
}

impl From<StoreError> for OutboxFault {
    fn from(_: StoreError) -> Self {
        Self::Unavailable
    }
}

fn read_claimed(row: &Row) -> Result<ClaimedEvent, StoreError> {
    let event = read_event(row, 1)?;
    Ok(ClaimedEvent { event, claims: get::<i64>(row, 2)?.unsigned_abs(), is_told: get(row, 3)? })
}

/// The event that is written in this column.
pub(super) fn read_event(row: &Row, column: usize) -> Result<Event, StoreError> {
    Ok(serde_json::from_str::<StoredEvent>(get(row, column)?)?.try_into()?)
}

pub(super) fn number(epoch: Epoch) -> i64 {
    bigint(epoch.number())
}

/// As the multiplier of an interval; a century for what is longer.
#[allow(clippy::cast_precision_loss, reason = "a century of milliseconds is exact")]
pub(super) fn milliseconds(span: Duration) -> f64 {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
    span.min(CENTURY).as_millis() as f64
}
