//! Three replicas and the letters between them. Nothing happens by itself.

use std::collections::BTreeMap;

use proptest::sample::Index;

use super::super::ask::StoreReply;
use super::super::proposer::{Ballots, Prepared, Wanted};
use super::super::voter::{VoteAnswer, VoteAsk, VoteChange, Voter};
use super::Tally;
use super::client::{Call, Client, Outcome};

pub(super) const REPLICAS: usize = 3;
/// How many of the replicas clients ask; the last is the witness.
pub(super) const ENDPOINTS: usize = 2;
pub(super) const CLIENTS: usize = 3;
/// The checker takes much longer with each.
pub(super) const CALLS_MAX: usize = 16;
pub(super) const KEY: &str = "key";

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

pub(super) struct Replica {
    voter: Voter,
    log: Vec<(usize, VoteChange)>,
    pub(super) ballots: Ballots,
    pub(super) prepared: BTreeMap<String, Prepared>,
}

#[derive(Debug, Clone)]
pub(super) enum Letter {
    Ask { client: usize, endpoint: usize, round: usize, to: usize, ask: VoteAsk },
    Answer { client: usize, round: usize, from: u8, answer: VoteAnswer },
}

pub(super) struct World {
    pub(super) mutant: Mutant,
    pub(super) replicas: Vec<Replica>,
    pub(super) clients: Vec<Client>,
    pub(super) letters: Vec<Letter>,
    pub(super) calls: Vec<Call>,
    /// Counts everything, so that nothing happens at the same time.
    moment: usize,
    pub(super) retried: usize,
    pub(super) prepared: usize,
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

    pub(super) fn tick(&mut self) -> usize {
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

    pub(super) fn vote(&mut self, replica: usize, ask: &VoteAsk) -> VoteAnswer {
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
}
