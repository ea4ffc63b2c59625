//! What a table is for, where its name, its key or its tags say that it must never fork.

use crate::design::Design;
use crate::place::{Place, Resource};
use crate::words::words;

/// Why a table must not fork.
#[derive(Debug, Clone)]
pub(super) struct Purpose {
    /// What it keeps, such as `idempotency keys`.
    pub(super) keeps: &'static str,
    /// What says so, such as ``its key `idempotencyKey` ``.
    pub(super) because: String,
    /// Whether one Region's own would do as long as nobody takes over, as locks of jobs.
    pub(super) may_be_local: bool,
}

/// Words of names and what they tell.
const WORDS: [(&str, &str, bool); 19] = [
    ("balance", "balances", false),
    ("balances", "balances", false),
    ("dedup", "idempotency keys", false),
    ("deduplication", "idempotency keys", false),
    ("epoch", "an epoch", false),
    ("epochs", "an epoch", false),
    ("fence", "a fence", false),
    ("fencing", "a fence", false),
    ("idempotence", "idempotency keys", false),
    ("idempotency", "idempotency keys", false),
    ("idempotent", "idempotency keys", false),
    ("intent", "payment intents", false),
    ("intents", "payment intents", false),
    ("ledger", "a ledger", false),
    ("ledgers", "a ledger", false),
    ("lock", "locks", true),
    ("locks", "locks", true),
    ("money", "money", false),
    ("mutex", "locks", true),
];

/// Words of what may go stale: the last writer may win.
const STALE: [&str; 14] = [
    "cache",
    "caches",
    "catalog",
    "catalogue",
    "config",
    "configs",
    "configuration",
    "feature",
    "features",
    "flag",
    "flags",
    "preferences",
    "settings",
    "toggles",
];

/// Words of items that should not be set back, though nothing breaks at once if they are, and what they are.
const RECORDS: [(&str, &str); 13] = [
    ("account", "accounts"),
    ("accounts", "accounts"),
    ("order", "orders"),
    ("orders", "orders"),
    ("payment", "payments"),
    ("payments", "payments"),
    ("refund", "refunds"),
    ("refunds", "refunds"),
    ("session", "sessions"),
    ("sessions", "sessions"),
    ("transaction", "transactions"),
    ("transactions", "transactions"),
    ("transfers", "transfers"),
];

/// Words that give the others another meaning: tools keep locks of their own, a map has fences, a bot has intents.
const OTHERWISE: [&str; 6] = ["bot", "geo", "lex", "terraform", "tf", "tfstate"];

/// What a table is for, if that can be told.
pub(super) fn of(design: &Design, table: Resource<'_>) -> Option<Purpose> {
    let told = told(design, table);
    if told.iter().any(|(_, text)| words(text).any(|word| OTHERWISE.contains(&word.as_str()))) {
        return None;
    }
    told.into_iter().find_map(|(because, text)| {
        let (_, keeps, may_be_local) =
            words(&text).find_map(|word| WORDS.iter().find(|(known, ..)| *known == word))?;
        Some(Purpose { keeps, because, may_be_local: *may_be_local })
    })
}

/// Whether its name or its tags say that a table keeps what may go stale.
pub(super) fn may_go_stale(design: &Design, table: Resource<'_>) -> bool {
    let told = told(design, table);
    told.iter().flat_map(|(_, text)| words(text)).any(|word| STALE.contains(&word.as_str()))
}

/// What a table keeps by its name, key or tags, where that is no reason to forbid that the last writer wins.
pub(super) fn records(design: &Design, table: Resource<'_>) -> Option<&'static str> {
    // What stands last in a name says what it is: `payment-sessions` are sessions.
    let find = |text: &str| {
        let words: Vec<String> = words(text).collect();
        words.iter().rev().find_map(|word| RECORDS.iter().find(|(known, _)| known == word))
    };
    told(design, table).iter().find_map(|(_, text)| find(text)).map(|(_, items)| *items)
}

/// What tells something about a table: how to speak of it, and its text.
fn told(design: &Design, table: Resource<'_>) -> Vec<(String, String)> {
    let name = design.name(table).known().unwrap_or_default();
    let mut told = vec![
        (format!("its name `{name}`"), name.clone()),
        (format!("its logical id `{}`", table.id()), table.id().to_owned()),
    ];
    let keys = table.at("KeySchema").items().known().unwrap_or_default();
    told.extend(keys.iter().filter_map(|key| {
        let attribute = key.at("AttributeName").text().known()?;
        Some((format!("its key `{attribute}`"), attribute))
    }));
    told.extend(tags(table).into_iter().map(|(key, value)| (format!("its tag `{key}`"), value)));
    told
}

/// Tags that say what a table is for.
fn tags(table: Resource<'_>) -> Vec<(String, String)> {
    let replicas = table.at("Replicas").items().known().unwrap_or_default();
    let lists = replicas.iter().map(|replica| replica.at("Tags")).chain([table.at("Tags")]);
    let tags = lists.flat_map(|list| list.items().known().unwrap_or_default());
    let read =
        |tag: Place<'_>| Some((tag.at("Key").text().known()?, tag.at("Value").text().known()?));
    tags.filter_map(read).filter(|(key, _)| key.to_lowercase().ends_with("purpose")).collect()
}
