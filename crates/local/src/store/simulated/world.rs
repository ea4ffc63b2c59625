//! Three replicas, some clients and the letters between them. Nothing happens by itself.

use std::collections::BTreeMap;

use proptest::sample::Index;

use super::super::ask::{Condition, StoreReply};
use super::super::client::{Asked, Settled, settle};
use super::super::proposer::{Ballots, Next, OWN, Operation, Prepared, Wanted};
use super::super::voter::{VoteAnswer, VoteAsk, VoteChange, Voter};
use super::Tally;

pub(super) const REPLICAS: usize = 3;
/// How many of the replicas clients ask; the last is the witness.
pub(super) const ENDPOINTS: usize = 2;
pub(super) const CLIENTS: usize = 3;
/// The checker takes much longer with each.
const CALLS_MAX: usize = 16;
const KEY: &str = "key";

/// Something that happens.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// A client asks something, or tries again what it asked elsewhere.
    Begin { client: usize, endpoint: usize, what: u8 },
    /// A letter arrives.
    Deliver(Index),
    /// A letter arrives, and will once more.
    DeliverAndKeep(Index),
    /// A letter is lost.
    Lose(Index),
    /// An operation begins again after its pause.
    Resume(usize),
    /// There is no more time: first for one try, then for all of them.
    GiveUp(usize),
    /// A replica is killed, and begins again with its log.
    Die(usize),
}

/// What is broken, to see that the judge notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mutant {
    Sound,
    /// A replica that was killed has lost its log.
    ForgetsLog,
    /// A voter accepts what it promised not to.
    BreaksPromises,
    /// A voter promises, and does not say what it holds.
    HidesHeld,
    /// An endpoint counts its own vote twice.
    CountsTwice,
}

impl Mutant {
    pub(super) const BROKEN: [Self; 4] =
        [Self::ForgetsLog, Self::BreaksPromises, Self::HidesHeld, Self::CountsTwice];
}

/// A call of a client, from one moment to another.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) wanted: Wanted,
    pub(super) began: usize,
    pub(super) ended: Option<(usize, Outcome)>,
    is_doubtful: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Read(Option<String>),
    NotRead,
    Written,
    Refused(Option<String>),
    NotDone,
    Unknown,
}

struct Replica {
    voter: Voter,
    log: Vec<(usize, VoteChange)>,
    ballots: Ballots,
    prepared: BTreeMap<String, Prepared>,
}

#[derive(Default)]
struct Client {
    /// Its call that has not ended.
    call: Option<usize>,
    at_work: Option<AtWork>,
    /// What it saw last.
    seen: Option<String>,
}

struct AtWork {
    endpoint: usize,
    operation: Operation,
    /// The question that is answered now.
    round: usize,
    is_pausing: bool,
}

#[derive(Debug, Clone)]
enum Letter {
    Ask { client: usize, endpoint: usize, round: usize, to: usize, ask: VoteAsk },
    Answer { client: usize, round: usize, from: u8, answer: VoteAnswer },
}

pub(super) struct World {
    mutant: Mutant,
    replicas: Vec<Replica>,
    clients: Vec<Client>,
    letters: Vec<Letter>,
    pub(super) calls: Vec<Call>,
    /// Counts everything, so that nothing happens at the same time.
    moment: usize,
    retried: usize,
    prepared: usize,
}

impl World {
    pub(super) fn new(mutant: Mutant) -> Self {
        let replica = |number| Replica {
            voter: Voter::default(),
            log: Vec::new(),
            ballots: Ballots::after(number, 0),
            prepared: BTreeMap::new(),
        };
        Self {
            mutant,
            replicas: (1..).take(REPLICAS).map(replica).collect(),
            clients: (0..CLIENTS).map(|_| Client::default()).collect(),
            letters: Vec::new(),
            calls: Vec::new(),
            moment: 0,
            retried: 0,
            prepared: 0,
        }
    }

    pub(super) fn happen(&mut self, event: &Event) {
        match event {
            Event::Begin { client, endpoint, what } => self.begin(*client, *endpoint, *what),
            Event::Deliver(pick) => {
                if let Some(letter) = self.take(pick) {
                    self.deliver(letter);
                }
            }
            Event::DeliverAndKeep(pick) => {
                if !self.letters.is_empty() {
                    self.deliver(pick.get(&self.letters).clone());
                }
            }
            Event::Lose(pick) => drop(self.take(pick)),
            Event::Resume(client) => self.resume(*client),
            Event::GiveUp(client) => self.give_up(*client),
            Event::Die(replica) => self.die(*replica),
        }
    }

    /// All letters arrive, nobody asks any more; then each endpoint is asked once, and must answer.
    pub(super) fn heal(&mut self) {
        (0..CLIENTS).for_each(|client| {
            self.give_up(client);
            self.give_up(client);
        });
        self.deliver_all();
        for endpoint in 0..ENDPOINTS {
            let before = self.calls.len();
            self.call(0, Wanted::Read);
            self.start(0, endpoint);
            for _ in 0..8 {
                self.deliver_all();
                self.resume(0);
            }
            let is_read = matches!(self.calls[before].ended, Some((_, Outcome::Read(_))));
            assert!(is_read || self.mutant != Mutant::Sound, "nothing is in the way of a read");
            self.give_up(0);
            self.give_up(0);
        }
    }

    /// What each replica has written down.
    pub(super) fn logs(&self) -> impl Iterator<Item = &[(usize, VoteChange)]> {
        self.replicas.iter().map(|replica| replica.log.as_slice())
    }

    pub(super) fn tally(&self, tally: &mut Tally) {
        tally.retried += self.retried;
        tally.prepared += self.prepared;
        for (_, outcome) in self.calls.iter().filter_map(|call| call.ended.as_ref()) {
            match outcome {
                Outcome::Read(_) => tally.read += 1,
                Outcome::Written => tally.written += 1,
                Outcome::Refused(_) => tally.refused += 1,
                Outcome::Unknown => tally.unknown += 1,
                Outcome::NotDone => tally.not_done += 1,
                Outcome::NotRead => {}
            }
        }
    }

    fn tick(&mut self) -> usize {
        self.moment += 1;
        self.moment
    }

    fn take(&mut self, pick: &Index) -> Option<Letter> {
        let count = self.letters.len();
        (count > 0).then(|| self.letters.swap_remove(pick.index(count)))
    }

    fn deliver_all(&mut self) {
        while !self.letters.is_empty() {
            let letter = self.letters.remove(0);
            self.deliver(letter);
        }
    }

    fn begin(&mut self, client: usize, endpoint: usize, what: u8) {
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

    fn call(&mut self, client: usize, wanted: Wanted) {
        let began = self.tick();
        self.clients[client].call = Some(self.calls.len());
        self.calls.push(Call { wanted, began, ended: None, is_doubtful: false });
    }

    fn start(&mut self, client: usize, endpoint: usize) {
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

    fn vote(&mut self, replica: usize, ask: &VoteAsk) -> VoteAnswer {
        let moment = self.tick();
        let Replica { voter, log, .. } = &mut self.replicas[replica];
        let (mut answer, mut change) = match (self.mutant, ask) {
            (Mutant::BreaksPromises, VoteAsk::Accept { .. }) => Voter::default().judge(ask),
            _ => voter.judge(ask),
        };
        if let (Mutant::HidesHeld, VoteAnswer::Promised { accepted }) = (self.mutant, &mut answer) {
            *accepted = None;
        }
        if let Some(change) = change.take() {
            log.push((moment, change.clone()));
            voter.apply(change);
        }
        answer
    }

    fn deliver(&mut self, letter: Letter) {
        match letter {
            Letter::Ask { client, endpoint, round, to, ask } => {
                let answer = self.vote(to, &ask);
                let from =
                    u8::try_from((to + REPLICAS - endpoint) % REPLICAS).expect("there are three");
                self.letters.push(Letter::Answer { client, round, from, answer });
            }
            Letter::Answer { client, round, from, answer } => {
                let at_work = self.clients[client].at_work.take();
                let Some(mut at_work) = at_work else { return };
                if at_work.round != round || at_work.is_pausing {
                    self.clients[client].at_work = Some(at_work);
                    return;
                }
                let ballots = &mut self.replicas[at_work.endpoint].ballots;
                let next = at_work.operation.heard(from, answer, ballots);
                self.follow(client, at_work, next);
            }
        }
    }

    fn follow(&mut self, client: usize, mut at_work: AtWork, next: Next) {
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

    fn resume(&mut self, client: usize) {
        let Some(mut at_work) = self.clients[client].at_work.take() else { return };
        if at_work.is_pausing {
            at_work.is_pausing = false;
            let ask = at_work.operation.begin(&mut self.replicas[at_work.endpoint].ballots);
            self.ask(client, at_work, ask);
        } else {
            self.clients[client].at_work = Some(at_work);
        }
    }

    fn give_up(&mut self, client: usize) {
        if let Some(at_work) = self.clients[client].at_work.take() {
            self.hear(client, at_work.operation.given_up(String::new()));
        } else {
            self.end(client, Err(String::new()));
        }
    }

    /// Whoever was being answered hears nothing.
    fn die(&mut self, replica: usize) {
        for client in 0..CLIENTS {
            let at_work = &mut self.clients[client].at_work;
            if at_work.take_if(|at_work| at_work.endpoint == replica).is_some() {
                let reply = StoreReply::Failed { is_doubtful: true, cause: String::new() };
                self.hear(client, reply);
            }
        }
        let Replica { voter, log, ballots, prepared } = &mut self.replicas[replica];
        *voter = Voter::default();
        if self.mutant != Mutant::ForgetsLog {
            log.iter().for_each(|(_, change)| voter.apply(change.clone()));
        }
        let number = u8::try_from(replica + 1).expect("there are three");
        *ballots = Ballots::after(number, voter.counter_max());
        prepared.clear();
    }

    fn hear(&mut self, client: usize, reply: StoreReply) {
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
