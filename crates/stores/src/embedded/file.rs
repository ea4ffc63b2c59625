//! The file: how it is opened, the version of its layout, and what its errors mean.

use std::io::ErrorKind;
use std::path::Path;

use redb::{
    Builder, Database, DatabaseError, Key, ReadableDatabase as _, ReadableTable, StorageError,
    TableDefinition, TableError, TransactionError, WriteTransaction,
};
use serde::de::DeserializeOwned;

use super::{books, control, deliveries, epoch, intents, ledger, outbox};
use crate::document;
use crate::error::StoreError;

/// Texts of documents.
pub(super) type Text = &'static [u8];

/// The version of the layout, under the one key there is.
const LAYOUT: TableDefinition<'_, (), u64> = TableDefinition::new("layout");

/// The latest layout that this program knows, and the one that it makes.
const LATEST: u64 = 1;

/// The most memory that pages which were read are kept in.
const CACHE_BYTES: usize = 64 << 20;

/// Opens the file and checks all of it, or makes it.
pub(super) fn open(path: &Path) -> Result<Database, StoreError> {
    let database = ready(builder().create(path)?)?;
    keep_name(path)?;
    Ok(database)
}

/// What damage would otherwise be seen later, or never, is seen when a file is opened.
pub(super) fn builder() -> Builder {
    let mut builder = Database::builder();
    builder.set_check_integrity_on_open(true).set_cache_size(CACHE_BYTES);
    builder
}

/// The file with all tables, if it is new or of this layout.
pub(super) fn ready(database: Database) -> Result<Database, StoreError> {
    match layout(&database)? {
        Some(LATEST) => {}
        Some(found) => return Err(of_layout(found)),
        None => make_tables(&database)?,
    }
    Ok(database)
}

/// The version of the layout; nothing when the file is new.
fn layout(database: &Database) -> Result<Option<u64>, StoreError> {
    let open = database.begin_read()?;
    if open.list_tables()?.next().is_none() {
        return Ok(None);
    }
    let version = open.open_table(LAYOUT)?.get(())?.map(|version| version.value());
    version.map(Some).ok_or_else(|| StoreError::Damaged("the file has no layout".into()))
}

fn of_layout(found: u64) -> StoreError {
    let version = |number| i64::try_from(number).unwrap_or(i64::MAX);
    StoreError::Newer { found: version(found), known: version(LATEST) }
}

/// Makes all tables at once, so that whoever reads finds them.
fn make_tables(database: &Database) -> Result<(), StoreError> {
    let open = database.begin_write()?;
    open.open_table(LAYOUT)?.insert((), LATEST)?;
    books::make_tables(&open)?;
    control::make_tables(&open)?;
    deliveries::make_tables(&open)?;
    epoch::make_tables(&open)?;
    intents::make_tables(&open)?;
    ledger::make_tables(&open)?;
    outbox::make_tables(&open)?;
    open.commit().map_err(StoreError::unavailable)
}

/// Waits until the file's name is on the disk, without which its contents are lost to a failure of power.
fn keep_name(path: &Path) -> Result<(), StoreError> {
    let whole = std::path::absolute(path).map_err(StoreError::unavailable)?;
    let folder = whole.parent().unwrap_or(&whole);
    // Only here can a folder be opened and waited for like a file.
    if cfg!(unix) {
        let folder = std::fs::File::open(folder).map_err(StoreError::unavailable)?;
        folder.sync_all().map_err(StoreError::unavailable)?;
    }
    Ok(())
}

/// Makes a table that is not there.
pub(super) fn make_table<K: Key + 'static, V: redb::Value + 'static>(
    open: &WriteTransaction,
    table: TableDefinition<'_, K, V>,
) -> Result<(), StoreError> {
    open.open_table(table)?;
    Ok(())
}

/// The value that a table holds under a key.
pub(super) fn find<'k, S, T, K>(
    table: &impl ReadableTable<K, Text>,
    key: impl std::borrow::Borrow<K::SelfType<'k>>,
) -> Result<Option<T>, StoreError>
where
    S: DeserializeOwned,
    T: TryFrom<S>,
    StoreError: From<T::Error>,
    K: Key + 'static,
{
    let row = table.get(key)?;
    row.map(|row| value(row.value())).transpose()
}

/// The value of a text.
pub(super) fn value<S, T>(text: &[u8]) -> Result<T, StoreError>
where
    S: DeserializeOwned,
    T: TryFrom<S>,
    StoreError: From<T::Error>,
{
    Ok(document::read::<S>(text)?.try_into()?)
}

impl From<std::convert::Infallible> for StoreError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

impl From<StorageError> for StoreError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Corrupted(_) => Self::Damaged(error.into()),
            error => Self::unavailable(error),
        }
    }
}

impl From<TransactionError> for StoreError {
    fn from(error: TransactionError) -> Self {
        match error {
            TransactionError::Storage(error) => error.into(),
            error => Self::unavailable(error),
        }
    }
}

impl From<TableError> for StoreError {
    fn from(error: TableError) -> Self {
        match error {
            TableError::Storage(error) => error.into(),
            // Tables are made with the file.
            error => Self::Damaged(error.into()),
        }
    }
}

impl From<DatabaseError> for StoreError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Storage(StorageError::Io(error))
                if matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) =>
            {
                Self::Damaged(error.into())
            }
            DatabaseError::Storage(error) => error.into(),
            DatabaseError::UpgradeRequired(_) => Self::Damaged(error.into()),
            error => Self::unavailable(error),
        }
    }
}
