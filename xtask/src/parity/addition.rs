//! What our assembly has besides: resources that are no counterpart of any of the original's.

use std::collections::{BTreeMap, BTreeSet};

use super::item::{Item, OUTPUT};
use super::judge::Table;
use super::pattern::HOMES;

/// Letters of a hash at the end of a logical id that changes with the resource's content.
const HASH: usize = 8;

/// Logical ids by stack; what both Regions have is listed once, under `{home}`.
pub(crate) fn additions(tables: &[Table<'_>], ours: &[Item]) -> BTreeMap<String, BTreeSet<String>> {
    let rows = tables.iter().flat_map(|table| &table.rows);
    let counterparts = rows.flat_map(|row| &row.pairs).filter_map(|pair| pair.ours);
    let known: BTreeSet<(&str, String)> = counterparts.map(name).collect();
    let resources = ours.iter().filter(|item| item.kind != OUTPUT).map(name);
    let new: BTreeSet<(&str, String)> = resources.filter(|name| !known.contains(name)).collect();
    let mut additions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (stack, id) in &new {
        let ids = additions.entry(both(stack, id, &new)).or_default();
        ids.insert(id.clone());
    }
    additions
}

fn name(item: &Item) -> (&str, String) {
    (&item.stack, without_hash(&item.id))
}

fn without_hash(id: &str) -> String {
    let (start, end) = id.split_at_checked(id.len().saturating_sub(HASH)).unwrap_or((id, ""));
    let is_hash = end.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if end.len() == HASH && is_hash { format!("{start}*") } else { id.to_owned() }
}

/// The stack, under `{home}` where its twin has the resource too.
fn both(stack: &str, id: &str, new: &BTreeSet<(&str, String)>) -> String {
    let layer = HOMES.iter().find_map(|home| stack.strip_prefix(home)).unwrap_or(stack);
    let twins = HOMES.map(|home| format!("{home}{layer}"));
    if twins.iter().all(|twin| new.contains(&(twin.as_str(), id.to_owned()))) {
        format!("{{home}}{layer}")
    } else {
        stack.to_owned()
    }
}
