//! What became of a conditional write when all its tries are considered.

use super::super::ask::{Condition, StoreAsk, StoreReply};
use super::{Asked, StoreClient, unasked};

/// What became of a conditional write.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::store) enum Settled<T> {
    /// It took place.
    Written,
    /// It did not, and will not: this is stored.
    Refused(Option<T>),
    /// It did not, and will not: nobody compared it.
    NotDone,
    /// Nobody knows.
    Unknown,
}

impl StoreClient {
    /// Writes this text if the condition holds. `excludes` says of what is stored instead that the
    /// text can never have been there before it.
    pub(super) async fn put<T>(
        &self,
        key: String,
        condition: Condition,
        text: String,
        read: impl FnOnce(&str) -> Option<T>,
        excludes: impl FnOnce(&T) -> bool,
    ) -> Settled<T> {
        let asked = self.ask(&StoreAsk::Put { key, condition, text }).await;
        settle(asked, read, excludes)
    }
}

/// Whoever finds the text that it wants to write is told that it is written. Who finds another one,
/// after a try that may have taken place, may find what came after its own.
pub(in crate::store) fn settle<T>(
    asked: Asked,
    read: impl FnOnce(&str) -> Option<T>,
    excludes: impl FnOnce(&T) -> bool,
) -> Settled<T> {
    let (stored, is_doubtful) = match asked.answer {
        Ok(StoreReply::Written) => return Settled::Written,
        Ok(StoreReply::Holds { text: None, .. }) => return Settled::Refused(None),
        Ok(StoreReply::Holds { text: Some(text), is_doubtful }) => {
            let stored = read(&text).ok_or_else(|| "what is stored cannot be read".to_owned());
            (stored, asked.is_doubtful || is_doubtful)
        }
        Ok(other) => (Err(unasked(&other)), true),
        Err(said) => (Err(said), asked.is_doubtful),
    };
    match (stored, is_doubtful) {
        (Ok(stored), false) => Settled::Refused(Some(stored)),
        (Ok(stored), true) if excludes(&stored) => Settled::Refused(Some(stored)),
        (Err(_), false) => Settled::NotDone,
        (_, true) => Settled::Unknown,
    }
}

#[cfg(test)]
mod tests;
