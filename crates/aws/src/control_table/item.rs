//! Items of the table: keys, attributes, and the document that holds the whole value.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use fence::RegionName;
use payments::ScopedKey;
use stores::Malformed;

/// An item as the SDK has it.
pub(super) type Item = HashMap<String, AttributeValue>;

/// The name of the key.
pub(super) const ID: &str = "id";

/// The attribute with the whole value.
pub(super) const DOCUMENT: &str = "document";

/// The key of the control record.
pub(super) const RECORD_ID: &str = "dr#system";

/// How the keys of all intents begin.
pub(super) const INTENT_PREFIX: &str = "intent#";

pub(super) fn intent_id(key: &ScopedKey) -> String {
    format!("{INTENT_PREFIX}{key}")
}

pub(super) fn lease_id(region: &RegionName) -> String {
    format!("dr#lease#{region}")
}

pub(super) fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

pub(super) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Why an item cannot be taken for what its key says.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    /// It is not one of ours.
    #[error("an item has no document")]
    NoDocument,
    /// Its document is not one, or one of a newer program.
    #[error("{0}")]
    Malformed(#[from] Malformed),
    /// Its document is one of another item.
    #[error("a document is under a key that is not its own")]
    Misplaced,
}

/// The value of an item, when it is the one of this key. `id_of` is the key of a value.
pub(super) fn value<T>(
    item: &Item,
    read: fn(&str) -> Result<T, Malformed>,
    id_of: fn(&T) -> String,
) -> Result<T, Unreadable> {
    let document = item.get(DOCUMENT).and_then(|document| document.as_s().ok());
    let value = read(document.ok_or(Unreadable::NoDocument)?)?;
    let is_there = item.get(ID).and_then(|id| id.as_s().ok()) == Some(&id_of(&value));
    is_there.then_some(value).ok_or(Unreadable::Misplaced)
}
