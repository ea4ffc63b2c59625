//! The epoch row, which every write of the ledger compares.

use fence::{Ledger, LedgerEpoch, LedgerSight};
use payments::Epoch;
use redb::{ReadableTable, TableDefinition, WriteTransaction};

use super::file::make_table;
use super::{Change, EmbeddedStore};
use crate::error::StoreError;
use crate::raised::Raised;

/// The epoch and its Region, under the one key there is.
const EPOCH: TableDefinition<'_, (), (u64, &str)> = TableDefinition::new("epoch");

pub(super) fn make_tables(open: &WriteTransaction) -> Result<(), StoreError> {
    make_table(open, EPOCH)
}

impl EmbeddedStore {
    /// Raises the ledger's epoch, which never falls.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn raise_epoch(&self, to: Epoch, region: &str) -> Result<Raised, StoreError> {
        let region = region.to_owned();
        self.change(move |open| raise(open, to, &region)).await
    }

    /// The epoch that the ledger accepts writes under; 0 before the first.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn current_epoch(&self) -> Result<Epoch, StoreError> {
        self.look(|open| held(&open.open_table(EPOCH)?)).await
    }
}

impl LedgerEpoch for EmbeddedStore {
    /// Takes a turn to write, because a file that can be read may be one that takes no write any more.
    async fn read_epoch(&self) -> LedgerSight {
        match self.change(|open| Ok(Change::Refused(current(open)?))).await {
            Ok(epoch) => {
                let epoch = Some(fence::Epoch::new(epoch.number()));
                LedgerSight { ledger: Ledger::Writable, epoch }
            }
            Err(_) => LedgerSight { ledger: Ledger::Silent, epoch: None },
        }
    }
}

fn raise(open: &WriteTransaction, to: Epoch, region: &str) -> Result<Change<Raised>, StoreError> {
    let mut table = open.open_table(EPOCH)?;
    let is_ours = table.get(())?.is_some_and(|row| row.value() == (to.number(), region));
    let epoch = held(&table)?;
    if epoch >= to {
        let answer = if is_ours { Raised::Done } else { Raised::Passed(epoch) };
        return Ok(Change::Refused(answer));
    }
    table.insert((), (to.number(), region))?;
    Ok(Change::Made(Raised::Done))
}

/// The epoch that a write finds.
pub(super) fn current(open: &WriteTransaction) -> Result<Epoch, StoreError> {
    held(&open.open_table(EPOCH)?)
}

fn held(table: &impl ReadableTable<(), (u64, &'static str)>) -> Result<Epoch, StoreError> {
    Ok(Epoch::new(table.get(())?.map_or(0, |row| row.value().0)))
}
