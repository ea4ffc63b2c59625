//! The control record, and the lease of each Region.

use fence::{
    ControlRecord, ControlStore, Lease, LeaseChange, NoAnswer, RecordChange, RegionName,
    WriteOutcome,
};
use redb::{TableDefinition, WriteTransaction};

use super::file::{Text, find, make_table};
use super::{Change, EmbeddedStore};
use crate::document;
use crate::error::StoreError;
use crate::stored::{StoredControl, StoredLease};

/// The record, under the one key there is.
const RECORD: TableDefinition<'_, (), Text> = TableDefinition::new("control_record");
/// By Region.
const LEASES: TableDefinition<'_, &str, Text> = TableDefinition::new("leases");

pub(super) fn make_tables(open: &WriteTransaction) -> Result<(), StoreError> {
    make_table(open, RECORD)?;
    make_table(open, LEASES)
}

impl ControlStore for EmbeddedStore {
    async fn read_record(&self) -> Result<Option<ControlRecord>, NoAnswer> {
        self.look(|open| find::<StoredControl, _, _>(&open.open_table(RECORD)?, ()))
            .await
            .map_err(no_answer)
    }

    async fn read_lease(&self, region: &RegionName) -> Result<Option<Lease>, NoAnswer> {
        let region = region.clone();
        self.look(move |open| find::<StoredLease, _, _>(&open.open_table(LEASES)?, region.as_str()))
            .await
            .map_err(no_answer)
    }

    async fn write_record(&self, change: &RecordChange) -> WriteOutcome<ControlRecord> {
        let change = change.clone();
        // What was certainly not written is read again too.
        self.change(move |open| put_record(open, &change)).await.unwrap_or(WriteOutcome::Unknown)
    }

    async fn write_lease(&self, change: &LeaseChange) -> WriteOutcome<Lease> {
        let change = change.clone();
        self.change(move |open| put_lease(open, &change)).await.unwrap_or(WriteOutcome::Unknown)
    }
}

fn put_record(
    open: &WriteTransaction,
    change: &RecordChange,
) -> Result<Change<WriteOutcome<ControlRecord>>, StoreError> {
    let mut table = open.open_table(RECORD)?;
    let stored = find::<StoredControl, _, _>(&table, ())?;
    if !change.applies_to(stored.as_ref()) {
        return Ok(Change::Refused(WriteOutcome::Refused(stored)));
    }
    table.insert((), document::record(change.record()).as_bytes())?;
    Ok(Change::Made(WriteOutcome::Written))
}

fn put_lease(
    open: &WriteTransaction,
    change: &LeaseChange,
) -> Result<Change<WriteOutcome<Lease>>, StoreError> {
    let region = change.lease().region.as_str();
    let mut table = open.open_table(LEASES)?;
    let stored = find::<StoredLease, _, _>(&table, region)?;
    if !change.applies_to(stored.as_ref()) {
        return Ok(Change::Refused(WriteOutcome::Refused(stored)));
    }
    table.insert(region, document::lease(change.lease()).as_bytes())?;
    Ok(Change::Made(WriteOutcome::Written))
}

fn no_answer(error: StoreError) -> NoAnswer {
    let cause =
        std::error::Error::source(&error).map_or_else(String::new, |cause| format!(": {cause}"));
    NoAnswer { cause: format!("{error}{cause}") }
}
