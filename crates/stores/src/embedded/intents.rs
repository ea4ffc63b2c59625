//! Intents, by the digest of their key.

use payments::{Intent, IntentWrite, Intents, Read, ScopedKey, Written};
use redb::{TableDefinition, WriteTransaction};

use super::file::{Text, find, make_table};
use super::{Change, EmbeddedStore, answered};
use crate::document;
use crate::error::StoreError;
use crate::stored::StoredIntent;

const INTENTS: TableDefinition<'_, &[u8], Text> = TableDefinition::new("intents");

pub(super) fn make_tables(open: &WriteTransaction) -> Result<(), StoreError> {
    make_table(open, INTENTS)
}

impl Intents for EmbeddedStore {
    async fn read(&self, key: &ScopedKey) -> Read<Intent> {
        let key = *key.as_bytes();
        answered(
            self.look(move |open| {
                find::<StoredIntent, _, _>(&open.open_table(INTENTS)?, key.as_slice())
            })
            .await,
        )
    }

    async fn write(&self, write: &IntentWrite) -> Written {
        let write = write.clone();
        match self.change(move |open| put(open, &write)).await {
            Ok(written) => written,
            Err(StoreError::Unknown(_)) => Written::Unknown,
            Err(_) => Written::Unavailable,
        }
    }
}

fn put(open: &WriteTransaction, write: &IntentWrite) -> Result<Change<Written>, StoreError> {
    let key = write.intent.key.as_bytes().as_slice();
    let mut table = open.open_table(INTENTS)?;
    match find::<StoredIntent, Intent, _>(&table, key)? {
        Some(stored) if Some(stored.revision) != write.expects => {
            return Ok(Change::Refused(Written::Changed(Box::new(stored))));
        }
        // Intents are never removed, so that this file is not the one that was read.
        None if write.expects.is_some() => {
            return Err(StoreError::unavailable("the intent that was read is gone"));
        }
        _ => {}
    }
    table.insert(key, document::intent(&write.intent).as_bytes())?;
    Ok(Change::Made(Written::Done))
}
