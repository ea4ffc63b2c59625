//! Clients, and the endpoints that work for them.

use super::super::ask::{Condition, StoreReply};
use super::super::client::{Asked, Settled, settle};
use super::super::proposer::{Next, OWN, Operation, Wanted};
use super::super::voter::VoteAsk;
use super::world::{CALLS_MAX, KEY, Letter, Mutant, REPLICAS, Replica, World};

/// A call of a client, from one moment to another.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) wanted: Wanted,
    pub(super) began: usize,
    pub(super) ended: Option<(usize, Outcome)>,
    is_doubtful: bool,
}

/// What a client hears of its call in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Read(Option<String>),
    NotRead,
    Written,
    Refused(Option<String>),
    NotDone,
    Unknown,
}

/// A client.
#[derive(Default)]
pub(super) struct Client {
    /// Its call that has not ended.
    pub(super) call: Option<usize>,
    pub(super) at_work: Option<AtWork>,
    /// What it saw last.
    seen: Option<String>,
}

/// What an endpoint does for a client.
pub(super) struct AtWork {
    pub(super) endpoint: usize,
    pub(super) operation: Operation,
    /// The question that is answered now.
    pub(super) round: usize,
    pub(super) is_pausing: bool,
}

impl World {
    pub(super) fn begin(&mut self, client: usize, endpoint: usize, what: u8) {
        if self.clients[client].at_work.is_some() {
            return;
        }
        if self.clients[client].call.is_some() {
            self.retried += 1;
        } else if self.calls.len() < CALLS_MAX {
            let wanted = self.wish(client, what);
            self.call(client, wanted);
        } else {
            return;
        }
        self.start(client, endpoint);
    }

    /// A read, or a write over what the client saw last.
    fn wish(&self, client: usize, what: u8) -> Wanted {
        if what == 0 {
            return Wanted::Read;
        }
        let seen = self.clients[client].seen.clone();
        let before = seen.as_deref().map_or(0, revision);
        let condition = match seen {
            None => Condition::Absent,
            Some(text) if what == 1 => Condition::Text(text),
            Some(_) => Condition::Revision(before),
        };
        let text = format!(r#"{{"revision":{},"call":{}}}"#, before + 1, self.calls.len());
        Wanted::Put { condition, text }
    }

    pub(super) fn call(&mut self, client: usize, wanted: Wanted) {
        let began = self.tick();
        self.clients[client].call = Some(self.calls.len());
        self.calls.push(Call { wanted, began, ended: None, is_doubtful: false });
    }

    pub(super) fn start(&mut self, client: usize, endpoint: usize) {
        let Some(call) = self.clients[client].call else { return };
        let Replica { prepared, ballots, .. } = &mut self.replicas[endpoint];
        let mut operation = Operation::new(KEY.to_owned(), self.calls[call].wanted.clone());
        let is_write = self.calls[call].wanted != Wanted::Read;
        let ready = is_write.then(|| prepared.remove(KEY)).flatten();
        let ready = ready.and_then(|ready| operation.begin_prepared(ready, ballots));
        self.prepared += usize::from(ready.is_some());
        let ask = ready.unwrap_or_else(|| operation.begin(ballots));
        self.ask(client, AtWork { endpoint, operation, round: 0, is_pausing: false }, ask);
    }

    /// As an endpoint asks: its own voter first.
    fn ask(&mut self, client: usize, mut at_work: AtWork, ask: VoteAsk) {
        let endpoint = at_work.endpoint;
        at_work.round = self.tick();
        let round = at_work.round;
        let answer = self.vote(endpoint, &ask);
        let ballots = &mut self.replicas[endpoint].ballots;
        let mut next = at_work.operation.heard(OWN, answer.clone(), ballots);
        if self.mutant == Mutant::CountsTwice && next == Next::Wait {
            next = at_work.operation.heard(OWN + 1, answer, ballots);
        }
        if next == Next::Wait {
            let others = (0..REPLICAS).filter(|to| *to != endpoint);
            self.letters.extend(others.map(|to| {
                let ask = ask.clone();
                Letter::Ask { client, endpoint, round, to, ask }
            }));
        }
        self.follow(client, at_work, next);
    }

    pub(super) fn follow(&mut self, client: usize, mut at_work: AtWork, next: Next) {
        match next {
            Next::Wait => self.clients[client].at_work = Some(at_work),
            Next::Ask(ask) => self.ask(client, at_work, ask),
            Next::Again => {
                at_work.is_pausing = true;
                self.clients[client].at_work = Some(at_work);
            }
            Next::Ended(reply) => {
                let prepared = at_work.operation.prepared();
                self.replicas[at_work.endpoint].prepared.extend(prepared);
                self.hear(client, reply);
            }
        }
    }

    pub(super) fn resume(&mut self, client: usize) {
        let Some(mut at_work) = self.clients[client].at_work.take() else { return };
        if at_work.is_pausing {
            at_work.is_pausing = false;
            let ask = at_work.operation.begin(&mut self.replicas[at_work.endpoint].ballots);
            self.ask(client, at_work, ask);
        } else {
            self.clients[client].at_work = Some(at_work);
        }
    }

    pub(super) fn give_up(&mut self, client: usize) {
        if let Some(at_work) = self.clients[client].at_work.take() {
            self.hear(client, at_work.operation.given_up(String::new()));
        } else {
            self.end(client, Err(String::new()));
        }
    }

    pub(super) fn hear(&mut self, client: usize, reply: StoreReply) {
        let Some(call) = self.clients[client].call else { return };
        match reply {
            StoreReply::Failed { is_doubtful, .. } => self.calls[call].is_doubtful |= is_doubtful,
            reply => self.end(client, Ok(reply)),
        }
    }

    fn end(&mut self, client: usize, answer: Result<StoreReply, String>) {
        let Some(call) = self.clients[client].call.take() else { return };
        let moment = self.tick();
        let Call { wanted, is_doubtful, ended, .. } = &mut self.calls[call];
        let asked = Asked { answer, is_doubtful: *is_doubtful };
        let outcome = outcome(wanted, asked);
        match (&outcome, wanted) {
            (Outcome::Read(stored) | Outcome::Refused(stored), _) => {
                self.clients[client].seen.clone_from(stored);
            }
            (Outcome::Written, Wanted::Put { text, .. }) => {
                self.clients[client].seen = Some(text.clone());
            }
            _ => {}
        }
        *ended = Some((moment, outcome));
    }
}

fn outcome(wanted: &Wanted, asked: Asked) -> Outcome {
    let Wanted::Put { condition, text } = wanted else {
        return match asked.answer {
            Ok(StoreReply::Stored { text }) => Outcome::Read(text),
            _ => Outcome::NotRead,
        };
    };
    let never_again = !matches!(condition, Condition::Text(_));
    let excludes = |stored: &String| never_again && revision(stored) <= revision(text);
    match settle(asked, |text| Some(text.to_owned()), excludes) {
        Settled::Written => Outcome::Written,
        Settled::Refused(stored) => Outcome::Refused(stored),
        Settled::NotDone => Outcome::NotDone,
        Settled::Unknown => Outcome::Unknown,
    }
}

pub(super) fn revision(text: &str) -> u64 {
    let text: serde_json::Value = serde_json::from_str(text).expect("texts here are JSON");
    text["revision"].as_u64().expect("each has a revision")
}
