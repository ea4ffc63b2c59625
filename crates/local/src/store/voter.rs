//! A voter: what it has promised and accepted for each key, and what it answers. A value: what a
//! question changes is told apart from the answer, so that it is written down in between.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Included, Unbounded};

use serde::{Deserialize, Serialize};

/// How many items a page of a list has.
const PAGE_ITEMS: usize = 128;

/// The number of a proposal. No two proposals for one key have the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(u64, u8)", into = "(u64, u8)")]
pub(super) struct Ballot {
    pub(super) counter: u64,
    /// The number of the replica that proposes; zero is nobody's.
    pub(super) number: u8,
}

impl From<(u64, u8)> for Ballot {
    fn from((counter, number): (u64, u8)) -> Self {
        Self { counter, number }
    }
}

impl From<Ballot> for (u64, u8) {
    fn from(ballot: Ballot) -> Self {
        (ballot.counter, ballot.number)
    }
}

/// A text that a voter has accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Accepted {
    /// In which proposal.
    pub(super) ballot: Ballot,
    pub(super) text: String,
}

/// What a proposer asks a voter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum VoteAsk {
    /// What do you hold under this key?
    Look { key: String },
    /// Promise to accept nothing of an earlier proposal: what do you hold?
    Prepare { key: String, ballot: Ballot },
    /// Accept this, and promise the next proposal with it.
    Accept { key: String, ballot: Ballot, text: String, then: Ballot },
    /// What do you hold under the keys that begin so, after this one?
    List { prefix: String, after: Option<String> },
}

/// What a voter answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum VoteAnswer {
    /// It holds this.
    Holds { accepted: Option<Accepted> },
    /// It has promised, and holds this.
    Promised { accepted: Option<Accepted> },
    /// It has accepted.
    Accepted,
    /// It has promised a later proposal.
    Superseded { promised: Ballot },
    /// It holds these, in the order of their keys; perhaps more, after the last.
    Listed { items: Vec<(String, Accepted)>, is_all: bool },
    /// It could not write down what it would have answered.
    Failed,
}

/// What a question changes in a voter, to be written down before it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VoteChange {
    pub(super) key: String,
    pub(super) promised: Ballot,
    /// What is accepted with it, if anything.
    pub(super) accepted: Option<Accepted>,
}

/// The voter.
#[derive(Debug, Clone, Default)]
pub(super) struct Voter {
    registers: BTreeMap<String, Register>,
}

#[derive(Debug, Clone, Default)]
struct Register {
    promised: Ballot,
    accepted: Option<Accepted>,
}

impl Voter {
    /// What it answers, and what changes with that.
    pub(super) fn judge(&self, ask: &VoteAsk) -> (VoteAnswer, Option<VoteChange>) {
        match ask {
            VoteAsk::Look { key } => (VoteAnswer::Holds { accepted: self.accepted(key) }, None),
            VoteAsk::Prepare { key, ballot } => self.prepare(key, *ballot),
            VoteAsk::Accept { key, ballot, text, then } => self.accept(key, *ballot, text, *then),
            VoteAsk::List { prefix, after } => (self.list(prefix, after.as_deref()), None),
        }
    }

    /// Makes a change that is written down.
    pub(super) fn apply(&mut self, change: VoteChange) {
        let register = self.registers.entry(change.key).or_default();
        register.promised = register.promised.max(change.promised);
        if change.accepted.is_some() {
            register.accepted = change.accepted;
        }
    }

    /// The highest counter of any proposal that it has heard of: no other may be used again.
    pub(super) fn counter_max(&self) -> u64 {
        self.registers.values().map(|register| register.promised.counter).max().unwrap_or(0)
    }

    fn prepare(&self, key: &str, ballot: Ballot) -> (VoteAnswer, Option<VoteChange>) {
        let promised = self.promised(key);
        if ballot < promised {
            return (VoteAnswer::Superseded { promised }, None);
        }
        let change = VoteChange { key: key.to_owned(), promised: ballot, accepted: None };
        (VoteAnswer::Promised { accepted: self.accepted(key) }, Some(change))
    }

    fn accept(
        &self,
        key: &str,
        ballot: Ballot,
        text: &str,
        then: Ballot,
    ) -> (VoteAnswer, Option<VoteChange>) {
        let promised = self.promised(key);
        if ballot < promised {
            return (VoteAnswer::Superseded { promised }, None);
        }
        let accepted = Some(Accepted { ballot, text: text.to_owned() });
        let change = VoteChange { key: key.to_owned(), promised: then.max(ballot), accepted };
        (VoteAnswer::Accepted, Some(change))
    }

    fn list(&self, prefix: &str, after: Option<&str>) -> VoteAnswer {
        let from = after.map_or(Included(prefix), Excluded);
        let held = self.registers.range::<str, _>((from, Unbounded));
        let mut held = held
            .take_while(|(key, _)| key.starts_with(prefix))
            .filter_map(|(key, register)| Some((key.clone(), register.accepted.clone()?)));
        let items: Vec<_> = held.by_ref().take(PAGE_ITEMS).collect();
        VoteAnswer::Listed { items, is_all: held.next().is_none() }
    }

    fn promised(&self, key: &str) -> Ballot {
        self.registers.get(key).map_or(Ballot::default(), |register| register.promised)
    }

    fn accepted(&self, key: &str) -> Option<Accepted> {
        self.registers.get(key)?.accepted.clone()
    }
}
