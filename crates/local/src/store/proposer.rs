//! A proposer: how one read or one conditional write of a register comes to its end. A value: what
//! it hears goes in, and what it asks next comes out.
//!
//! Its own voter is asked first, and the others only if that one has not refused: what it has
//! written down is what this replica has ever proposed, so that after a restart it proposes nothing
//! else under the same number.

use std::collections::BTreeMap;

use super::ask::{Condition, StoreReply};
use super::voter::{Accepted, Ballot, VoteAnswer, VoteAsk};

/// How many of the three voters decide.
const MAJORITY: usize = 2;

/// How often it is looked whether two voters agree, before a read makes them agree.
const LOOKS_MAX: u8 = 2;

/// What a proposer calls its own voter.
pub(super) const OWN: u8 = 0;

/// The numbers of the proposals of one replica.
#[derive(Debug, Clone)]
pub(super) struct Ballots {
    number: u8,
    counter: u64,
}

/// A read or a write under way.
#[derive(Debug)]
pub(super) struct Operation {
    key: String,
    wanted: Wanted,
    phase: Phase,
    heard: BTreeMap<u8, Option<Accepted>>,
    looks: u8,
    /// Whether some voter may have accepted what is to be written.
    is_doubtful: bool,
    prepared: Option<Prepared>,
}

/// What an operation is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    Read,
    Put { condition: Condition, text: String },
}

#[derive(Debug)]
enum Phase {
    Looking,
    Preparing(Ballot),
    Accepting(Accepting),
}

#[derive(Debug)]
struct Accepting {
    text: String,
    then: Ballot,
    /// Whether this is what is to be written, or what some voters already hold.
    is_ours: bool,
    was_doubtful: bool,
}

/// A majority holds this text, and has promised this proposal: a write may begin with accepting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prepared {
    ballot: Ballot,
    text: String,
}

/// What an operation wants next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// To hear more.
    Wait,
    /// To ask every voter this; no answer to anything before matters any more.
    Ask(VoteAsk),
    /// To begin again, a short while later: somebody else is at work on this key.
    Again,
    /// Nothing.
    Ended(StoreReply),
}

impl Ballots {
    /// The numbers of this replica, after every one that has this counter or a lower one.
    pub(super) fn after(number: u8, counter: u64) -> Self {
        Self { number, counter }
    }

    fn next(&mut self) -> Ballot {
        self.counter += 1;
        Ballot { counter: self.counter, number: self.number }
    }

    fn saw(&mut self, ballot: Ballot) {
        self.counter = self.counter.max(ballot.counter);
    }
}

impl Operation {
    pub(super) fn new(key: String, wanted: Wanted) -> Self {
        Self {
            key,
            wanted,
            phase: Phase::Looking,
            heard: BTreeMap::new(),
            looks: 0,
            is_doubtful: false,
            prepared: None,
        }
    }

    /// What is asked first, at the beginning and after [`Next::Again`].
    pub(super) fn begin(&mut self, ballots: &mut Ballots) -> VoteAsk {
        self.heard.clear();
        let key = self.key.clone();
        if self.wanted == Wanted::Read && self.looks < LOOKS_MAX {
            self.looks += 1;
            self.phase = Phase::Looking;
            return VoteAsk::Look { key };
        }
        let ballot = ballots.next();
        self.phase = Phase::Preparing(ballot);
        VoteAsk::Prepare { key, ballot }
    }

    /// What is asked first where an earlier write has prepared this one; nothing if the condition
    /// does not hold over what that has written, because it may be something else by now.
    pub(super) fn begin_prepared(
        &mut self,
        prepared: Prepared,
        ballots: &mut Ballots,
    ) -> Option<VoteAsk> {
        let Wanted::Put { condition, text } = &self.wanted else { return None };
        if !condition.holds(Some(&prepared.text)) || *text == prepared.text {
            return None;
        }
        let text = text.clone();
        Some(self.accept(prepared.ballot, text, true, ballots))
    }

    /// What comes of this answer to what was asked last.
    pub(super) fn heard(&mut self, from: u8, answer: VoteAnswer, ballots: &mut Ballots) -> Next {
        match (&self.phase, answer) {
            (_, VoteAnswer::Superseded { promised }) => self.superseded(from, promised, ballots),
            (Phase::Looking, VoteAnswer::Holds { accepted })
            | (Phase::Preparing(_), VoteAnswer::Promised { accepted }) => {
                self.heard.entry(from).or_insert(accepted);
                self.compare(ballots)
            }
            (Phase::Accepting(_), VoteAnswer::Accepted) => {
                self.heard.entry(from).or_insert(None);
                self.count(ballots)
            }
            _ => Next::Wait,
        }
    }

    /// What is answered when there is no majority, or no time.
    pub(super) fn given_up(&self, cause: String) -> StoreReply {
        StoreReply::Failed { is_doubtful: self.is_doubtful, cause }
    }

    /// What a write that took place has prepared.
    pub(super) fn prepared(self) -> Option<(String, Prepared)> {
        Some((self.key, self.prepared?))
    }

    fn superseded(&mut self, from: u8, promised: Ballot, ballots: &mut Ballots) -> Next {
        ballots.saw(promised);
        if let (Phase::Accepting(accepting), OWN) = (&self.phase, from) {
            // It was refused here and asked nowhere else.
            self.is_doubtful = accepting.was_doubtful;
        }
        Next::Again
    }

    /// Two voters that hold the same have a majority's last word. Where they do not, some change may
    /// be half done: it is brought to its end before anything is built on it.
    fn compare(&mut self, ballots: &mut Ballots) -> Next {
        if self.heard.len() < MAJORITY {
            return Next::Wait;
        }
        let ballot_of = |held: &&Option<Accepted>| held.as_ref().map(|accepted| accepted.ballot);
        let highest = self.heard.values().max_by_key(ballot_of).cloned().flatten();
        let is_agreed = self.heard.values().all(|held| *held == highest);
        match (&self.phase, highest) {
            (Phase::Looking, highest) if is_agreed => self.read(highest.map(|held| held.text)),
            (Phase::Preparing(ballot), highest) if is_agreed => {
                self.decide(*ballot, highest.map(|held| held.text), ballots)
            }
            (Phase::Preparing(ballot), Some(highest)) => {
                Next::Ask(self.accept(*ballot, highest.text, false, ballots))
            }
            _ => Next::Again,
        }
    }

    fn read(&self, text: Option<String>) -> Next {
        Next::Ended(StoreReply::Stored { text })
    }

    /// A majority holds this and has promised this proposal.
    fn decide(&mut self, ballot: Ballot, stored: Option<String>, ballots: &mut Ballots) -> Next {
        let Wanted::Put { condition, text } = &self.wanted else { return self.read(stored) };
        if stored.as_ref() == Some(text) {
            Next::Ended(StoreReply::Written)
        } else if condition.holds(stored.as_deref()) {
            let text = text.clone();
            Next::Ask(self.accept(ballot, text, true, ballots))
        } else {
            let is_doubtful = self.is_doubtful;
            Next::Ended(StoreReply::Holds { text: stored, is_doubtful })
        }
    }

    fn accept(
        &mut self,
        ballot: Ballot,
        text: String,
        is_ours: bool,
        ballots: &mut Ballots,
    ) -> VoteAsk {
        let then = ballots.next();
        let was_doubtful = self.is_doubtful;
        self.is_doubtful |= is_ours;
        self.heard.clear();
        self.phase =
            Phase::Accepting(Accepting { text: text.clone(), then, is_ours, was_doubtful });
        VoteAsk::Accept { key: self.key.clone(), ballot, text, then }
    }

    fn count(&mut self, ballots: &mut Ballots) -> Next {
        let Phase::Accepting(accepting) = &self.phase else { return Next::Wait };
        if self.heard.len() < MAJORITY {
            return Next::Wait;
        }
        let Accepting { text, then, is_ours, .. } = accepting;
        let (text, then) = (text.clone(), *then);
        if *is_ours {
            self.prepared = Some(Prepared { ballot: then, text });
            return Next::Ended(StoreReply::Written);
        }
        self.decide(then, Some(text), ballots)
    }
}
