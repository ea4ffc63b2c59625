//! What is to be done next: entries in the order in which they came, but for those whose time has not come.
//!
//! An entry is either ready, by its position, or waits, by the time it is due. Both are small however long the history
//! is, because an entry that is done is taken out; and what waits is not looked at before its time.

use redb::{ReadableTable as _, TableDefinition, WriteTransaction};

use super::file::make_table;
use crate::error::StoreError;

/// The last position that was given away.
const POSITION: TableDefinition<'_, (), u64> = TableDefinition::new("position");

/// Lists of entries, each list with a name of its own.
pub(super) struct Agenda {
    /// The entry, by list and position.
    pub(super) ready: TableDefinition<'static, (&'static str, u64), &'static str>,
    /// The entry, by list, time in milliseconds and position.
    pub(super) waiting: TableDefinition<'static, (&'static str, u64, u64), &'static str>,
}

/// Where an entry stands: it waits for the time, or did.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) position: u64,
    pub(super) due_ms: u64,
}

pub(super) fn make_tables(open: &WriteTransaction) -> Result<(), StoreError> {
    make_table(open, POSITION)
}

impl Agenda {
    pub(super) fn make_tables(&self, open: &WriteTransaction) -> Result<(), StoreError> {
        make_table(open, self.ready)?;
        make_table(open, self.waiting)
    }

    /// Adds an entry, which is ready.
    pub(super) fn add(
        &self,
        open: &WriteTransaction,
        list: &str,
        entry: &str,
    ) -> Result<Place, StoreError> {
        let mut last = open.open_table(POSITION)?;
        let position = last.get(())?.map_or(0, |last| last.value()) + 1;
        last.insert((), position)?;
        open.open_table(self.ready)?.insert((list, position), entry)?;
        Ok(Place { position, due_ms: 0 })
    }

    /// The first entries that are ready, now that it is this late.
    pub(super) fn first(
        &self,
        open: &WriteTransaction,
        list: &str,
        now_ms: u64,
        limit: usize,
    ) -> Result<Vec<(u64, String)>, StoreError> {
        self.wake(open, list, now_ms, limit)?;
        let ready = open.open_table(self.ready)?;
        let rows = ready.range((list, 0)..=(list, u64::MAX))?.take(limit);
        rows.map(|row| {
            let (key, entry) = row?;
            Ok((key.value().1, entry.value().to_owned()))
        })
        .collect()
    }

    /// Puts an entry off, from wherever it stands.
    pub(super) fn put_off(
        &self,
        open: &WriteTransaction,
        list: &str,
        entry: &str,
        from: Place,
        due_ms: u64,
    ) -> Result<Place, StoreError> {
        self.remove(open, list, from)?;
        open.open_table(self.waiting)?.insert((list, due_ms, from.position), entry)?;
        Ok(Place { due_ms, ..from })
    }

    /// Takes an entry out, wherever it stands.
    pub(super) fn remove(
        &self,
        open: &WriteTransaction,
        list: &str,
        place: Place,
    ) -> Result<(), StoreError> {
        open.open_table(self.ready)?.remove((list, place.position))?;
        open.open_table(self.waiting)?.remove((list, place.due_ms, place.position))?;
        Ok(())
    }

    /// Makes ready what waited for a time that has come; no more of it than is asked for, so that the transaction stays
    /// short when much was put off to one time.
    fn wake(
        &self,
        open: &WriteTransaction,
        list: &str,
        now_ms: u64,
        limit: usize,
    ) -> Result<(), StoreError> {
        let mut waiting = open.open_table(self.waiting)?;
        let due: Vec<(u64, u64, String)> = waiting
            .range((list, 0, 0)..=(list, now_ms, u64::MAX))?
            .take(limit)
            .map(|row| {
                let (key, entry) = row?;
                let (_, due_ms, position) = key.value();
                Ok((due_ms, position, entry.value().to_owned()))
            })
            .collect::<Result<_, StoreError>>()?;
        let mut ready = open.open_table(self.ready)?;
        for (due_ms, position, entry) in due {
            waiting.remove((list, due_ms, position))?;
            ready.insert((list, position), entry.as_str())?;
        }
        Ok(())
    }
}
