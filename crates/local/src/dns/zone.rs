//! A zone of weighted records, and which of them answers.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use drill::Site;

use super::check::{CheckId, Checks};

/// One of the records of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Weighted {
    /// The Region that it leads to.
    pub(crate) site: Site,
    pub(crate) address: Ipv4Addr,
    pub(crate) weight: u8,
    /// Without a check it is always healthy.
    pub(crate) check: Option<CheckId>,
}

/// A zone. Names are in small letters, without the last dot.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    pub(crate) apex: String,
    /// For how long resolvers keep an answer.
    pub(crate) ttl: Duration,
    pub(crate) records: BTreeMap<String, Vec<Weighted>>,
}

/// What a zone has under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found<'z> {
    /// These records.
    Records(&'z [Weighted]),
    /// The zone itself: the name is there, and has no address.
    Apex,
    /// Nothing.
    Nothing,
    /// The name is in another zone.
    Elsewhere,
}

impl Zone {
    /// What there is under a name, in small letters and without the last dot.
    pub(crate) fn find(&self, name: &str) -> Found<'_> {
        if let Some(records) = self.records.get(name) {
            return Found::Records(records);
        }
        match name.strip_suffix(self.apex.as_str()) {
            Some("") => Found::Apex,
            Some(label) if label.ends_with('.') => Found::Nothing,
            _ => Found::Elsewhere,
        }
    }
}

/// The record that answers. `draw` decides between records of weight, and is used as it comes:
/// counting up gives each its share.
///
/// A record without weight answers when no healthy one has any. When none is healthy, all count as
/// healthy.
pub(crate) fn choose(
    records: &[Weighted],
    is_healthy: impl Fn(CheckId) -> bool,
    draw: u64,
) -> Option<&Weighted> {
    let mut pool: Vec<&Weighted> =
        records.iter().filter(|record| record.check.is_none_or(&is_healthy)).collect();
    if pool.is_empty() {
        pool = records.iter().collect();
    }
    let has_weight = pool.iter().any(|record| record.weight > 0);
    let share = |record: &Weighted| if has_weight { u64::from(record.weight) } else { 1 };
    let all: u64 = pool.iter().map(|record| share(record)).sum();
    let mut left = draw.checked_rem(all)?;
    pool.into_iter().find(|record| match left.checked_sub(share(record)) {
        Some(rest) => {
            left = rest;
            false
        }
        None => true,
    })
}

/// A zone, and how its checks stand.
pub(crate) struct Lookup<'a> {
    pub(crate) zone: &'a Zone,
    pub(crate) checks: &'a Checks,
    /// Decides between records of weight.
    pub(crate) draw: u64,
}

/// An answer to a question for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Address {
    Is(Ipv4Addr),
    /// The name is there, and has no address.
    None,
    NoName,
    Elsewhere,
}

impl Lookup<'_> {
    /// What a question for the address of a name, in small letters and without the last dot, is
    /// answered.
    pub(crate) fn address(&self, name: &str) -> Address {
        match self.zone.find(name) {
            Found::Records(records) => choose(records, |id| self.checks.is_healthy(id), self.draw)
                .map_or(Address::None, |record| Address::Is(record.address)),
            Found::Apex => Address::None,
            Found::Nothing => Address::NoName,
            Found::Elsewhere => Address::Elsewhere,
        }
    }
}

#[cfg(test)]
mod tests;
