//! What the store held, one after the other, as the logs of its replicas tell it.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use fence::{ControlRecord, Lease, RunId};
use payments::Intent;
use runbook::Entry;
use stores::document;

use super::keys::{self, Kind};
use super::log;
use super::voter::Ballot;

/// How many voters decide.
const MAJORITY: usize = 2;

/// A value that a majority has accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// When the second vote for it was written down, in microseconds of the wall clock; of what was
    /// built upon before that, when this was.
    pub at_us: u64,
    /// The number of the replica that proposed it.
    pub proposer: u8,
    /// The value.
    pub value: ChosenValue,
}

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChosenValue {
    /// A control record.
    Record(ControlRecord),
    /// A lease.
    Lease(Lease),
    /// An intent.
    Intent(Intent),
    /// An entry in the journal of this run.
    Entry(RunId, Entry),
}

/// The votes for one proposal.
pub(super) struct Proposal {
    text: String,
    at_us: Vec<u64>,
}

/// What became of one key, in the order of the proposals.
pub(super) type Proposals = BTreeMap<Ballot, Proposal>;

/// A text that was chosen under a key.
pub(super) struct ChosenText {
    pub(super) at_us: u64,
    proposer: u8,
    pub(super) text: String,
}

/// Every value that a majority has accepted, in the order in which they were chosen; what was only
/// brought to its end by another replica is told once. `logs` are the logs of all replicas; one that
/// is not there has no votes.
///
/// # Errors
///
/// When a log cannot be read, or holds what this program has not written.
pub fn read_logs(logs: &[PathBuf]) -> Result<Vec<Chosen>, io::Error> {
    let mut by_key: BTreeMap<String, Proposals> = BTreeMap::new();
    for path in logs {
        let lines = match log::read(path) {
            Ok((lines, _)) => lines,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for line in lines {
            let proposals = by_key.entry(line.key().to_owned()).or_default();
            count(proposals, line);
        }
    }
    let mut chosen = Vec::new();
    for (key, proposals) in by_key {
        for ChosenText { at_us, proposer, text } in chosen_of(proposals) {
            chosen.push(Chosen { at_us, proposer, value: value(&key, &text)? });
        }
    }
    // What was chosen under one key at one time stays in its order.
    chosen.sort_by_key(|chosen| chosen.at_us);
    Ok(chosen)
}

/// Counts a vote.
pub(super) fn count(proposals: &mut Proposals, line: log::Line) {
    let at_us = line.at_us;
    let Some(accepted) = line.change().accepted else { return };
    let proposal = proposals.entry(accepted.ballot);
    let proposal = proposal.or_insert(Proposal { text: accepted.text, at_us: Vec::new() });
    proposal.at_us.push(at_us);
}

/// What was chosen of all that was proposed.
pub(super) fn chosen_of(proposals: Proposals) -> Vec<ChosenText> {
    let mut chosen: Vec<ChosenText> = Vec::new();
    let mut first_proposers: BTreeMap<String, u8> = BTreeMap::new();
    for (ballot, Proposal { text, mut at_us }) in proposals {
        let proposer = *first_proposers.entry(text.clone()).or_insert(ballot.number);
        at_us.sort_unstable();
        let Some(&at_us) = at_us.get(MAJORITY - 1) else { continue };
        match chosen.last_mut() {
            // The votes for the first proposal may have come after those that brought it to its end.
            Some(last) if last.text == text => last.at_us = last.at_us.min(at_us),
            _ => chosen.push(ChosenText { at_us, proposer, text }),
        }
    }
    let mut next_us = u64::MAX;
    for chosen in chosen.iter_mut().rev() {
        chosen.at_us = chosen.at_us.min(next_us);
        next_us = chosen.at_us;
    }
    chosen
}

fn value(key: &str, text: &str) -> io::Result<ChosenValue> {
    let kind = keys::kind(key).ok_or_else(|| unreadable(key, "no such key"))?;
    let malformed = |error: stores::Malformed| unreadable(key, &error.to_string());
    Ok(match kind {
        Kind::Record => ChosenValue::Record(document::read_record(text).map_err(malformed)?),
        Kind::Lease => ChosenValue::Lease(document::read_lease(text).map_err(malformed)?),
        Kind::Intent => ChosenValue::Intent(document::read_intent(text).map_err(malformed)?),
        Kind::Entry(run) => {
            let entry = runbook::wire::decode(text);
            ChosenValue::Entry(run, entry.map_err(|error| unreadable(key, &error.to_string()))?)
        }
    })
}

fn unreadable(key: &str, cause: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("under `{key}`: {cause}"))
}

#[cfg(test)]
mod tests;
