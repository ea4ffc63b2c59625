//! Clients: each wants its payments made, one after the other, asks again with the same key until it
//! has an answer that stays, and reaches the Region that its resolver remembers.

use payments::{Command, Given, MovementId, PaymentDraft, PaymentId, RefundDraft, RefundId};

use crate::history::{Answer, CURRENCY, Card, ClientRequest, RequestKind, START_MS, Site, What};
use crate::random::Random;
use crate::scenario::{Scenario, Workload};
use crate::sim::{Line, Sim};
use crate::world::World;
use crate::world::dns::{STICKY_MS, TTL_MS};
use crate::world::network::Place;
use crate::world::service::admit_in;

/// The words of tokens that make the processor odd.
const ODD_CARDS: [&str; 6] = ["decline", "timeout", "late_8000", "twice", "pending_2", "refuse_1"];
/// The pause before a request that is in quarantine is sent again, in milliseconds.
const PENDING_PAUSE_MS: u64 = 15_000;

/// All clients, and what they have been told.
pub(crate) struct Clients {
    pub(crate) workload: Workload,
    pub(crate) requests: Vec<ClientRequest>,
    /// The tokens of the cards, by request.
    cards: Vec<String>,
    /// The answer that stays, by request.
    pub(crate) finals: Vec<Option<Answer>>,
    resolvers: Vec<Resolver>,
    /// How many clients are still at work.
    pub(crate) at_work: u32,
}

/// What one client remembers of DNS.
struct Resolver {
    is_sticky: bool,
    keeps_connection: bool,
    doubles: bool,
    answer: Option<(Site, u64)>,
}

impl Clients {
    pub(crate) fn new(scenario: &Scenario, random: &mut Random) -> Self {
        let workload = scenario.workload.clone();
        let mut clients = Self {
            requests: Vec::new(),
            cards: Vec::new(),
            finals: Vec::new(),
            resolvers: Vec::new(),
            at_work: 0,
            workload,
        };
        for client in 0..clients.workload.clients {
            clients.add(client, random);
        }
        clients.finals = vec![None; clients.requests.len()];
        clients
    }

    fn add(&mut self, client: u32, random: &mut Random) {
        let workload = self.workload.clone();
        self.resolvers.push(Resolver {
            is_sticky: random.chance(workload.sticky_dns_percent),
            keeps_connection: random.chance(workload.kept_connections_percent),
            doubles: random.chance(workload.doubling_percent),
            answer: None,
        });
        for number in 0..workload.payments {
            let is_hot = random.chance(workload.hot_percent);
            let account = random.below(u64::from(workload.accounts.max(1))) as u32;
            let account = if is_hot { 0 } else { account };
            let payment = self.requests.len() as u32;
            let minor_units = 100 + random.below(9_900) as i64;
            let is_odd = random.chance(workload.odd_cards_percent);
            let word = ODD_CARDS[random.below(ODD_CARDS.len() as u64) as usize];
            let word = if is_odd { word } else { "visa" };
            self.cards.push(format!("tok_{word}_abcdefgh"));
            let card = if word == "decline" { Card::Declines } else { Card::Accepts };
            let key = format!("client-{client}-payment-{number}");
            let mut request = ClientRequest {
                client,
                key,
                kind: RequestKind::Payment,
                account,
                minor_units,
                card,
            };
            if random.chance(workload.used_keys_percent)
                && let Some(before) = self.last_payment_of(client)
            {
                (request.key, request.account) = (before.key.clone(), before.account);
                // Another payment than all before it under this key.
                request.minor_units = before.minor_units + 1;
            }
            let (account, minor_units) = (request.account, request.minor_units);
            self.requests.push(request);
            if random.chance(workload.refunds_percent) {
                let kind = RequestKind::Refund { of: payment };
                let first = 1 + random.below(minor_units as u64) as i64;
                // Both together are one more than was paid.
                let again = random.chance(workload.repeated_refunds_percent);
                let again = again.then_some(("again", minor_units - first + 1));
                for (word, minor_units) in [("refund", first)].into_iter().chain(again) {
                    let key = format!("client-{client}-{word}-{number}");
                    self.cards.push(String::new());
                    let card = Card::NotKnown;
                    let refund = ClientRequest { client, key, kind, account, minor_units, card };
                    self.requests.push(refund);
                }
            }
        }
    }

    fn last_payment_of(&self, client: u32) -> Option<&ClientRequest> {
        let mut requests = self.requests.iter().rev();
        requests.find(|request| request.client == client && request.kind == RequestKind::Payment)
    }
}

impl World {
    /// Where a client's next request goes.
    fn resolve(&mut self, client: u32) -> Site {
        let (now, answer) = (self.kernel.now(), self.dns.answer);
        let known = self.clients.resolvers[client as usize].answer;
        if let Some((site, _)) = known.filter(|(_, until)| now < *until) {
            return site;
        }
        let resolver = &mut self.clients.resolvers[client as usize];
        let kept_ms = if resolver.is_sticky { STICKY_MS } else { TTL_MS };
        resolver.answer = Some((answer, now + kept_ms));
        answer
    }

    /// Keeps the connection while it answers, if the client is one that does.
    fn heard(&mut self, client: u32, site: Site, answer: Answer) {
        let now = self.kernel.now();
        let resolver = &mut self.clients.resolvers[client as usize];
        if resolver.keeps_connection {
            resolver.answer = match answer {
                // A Region that does not serve closes the connection with its answer.
                Answer::Silence | Answer::NoConnection | Answer::Switching => None,
                _ => Some((site, now + STICKY_MS)),
            };
        }
    }

    /// The request as the service of a Region takes it in.
    fn command(&mut self, request: u32, site: Site) -> Option<Command> {
        let wanted = &self.clients.requests[request as usize];
        let (key, minor_units, account) = (wanted.key.clone(), wanted.minor_units, wanted.account);
        let (kind, time) = (wanted.kind, self.time(site));
        let randomness = self.randomness();
        match kind {
            RequestKind::Payment => {
                let account = payments::AccountId::new(
                    payments::Time::from_ms(START_MS),
                    account_bits(account),
                );
                let draft = PaymentDraft {
                    account: Given::Value(account.to_string()),
                    amount: Given::Value(minor_units),
                    currency: Given::Value(CURRENCY.to_owned()),
                    token: Given::Value(self.clients.cards[request as usize].clone()),
                    ..PaymentDraft::default()
                };
                Command::payment(Some(&key), draft, PaymentId::new(time, randomness)).ok()
            }
            RequestKind::Refund { of } => {
                let Some(Answer::Acknowledged(MovementId::Payment(payment))) =
                    self.clients.finals[of as usize]
                else {
                    return None;
                };
                let draft = RefundDraft {
                    payment: Given::Value(payment.to_string()),
                    amount: Given::Value(minor_units),
                };
                Command::refund(Some(&key), draft, RefundId::new(time, randomness)).ok()
            }
        }
    }
}

/// The account of a number.
pub(crate) fn account_bits(number: u32) -> [u8; 10] {
    let [a, b, c, d] = number.to_be_bytes();
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, a, b, c, d]
}

/// A client from its first request to its last.
pub(crate) async fn pay_all(sim: Sim, client: u32) {
    let mine = sim.with(|world| numbers_of(&world.clients.requests, client));
    for request in mine {
        let pause = sim.with(|world| {
            let span = world.clients.workload.pause_ms;
            world.kernel.random.within(span)
        });
        sim.sleep(pause).await;
        pursue(&sim, request).await;
    }
    sim.with(|world| world.clients.at_work -= 1);
}

/// Every request of a client once more: the answer must be the one that it had.
pub(crate) async fn ask_again(sim: Sim, client: u32) {
    for request in sim.with(|world| numbers_of(&world.clients.requests, client)) {
        pursue(&sim, request).await;
    }
    sim.with(|world| world.clients.at_work -= 1);
}

fn numbers_of(requests: &[ClientRequest], client: u32) -> Vec<u32> {
    let numbered = requests.iter().zip(0..);
    numbered.filter(|(request, _)| request.client == client).map(|(_, number)| number).collect()
}

/// Sends a request until its answer stays.
async fn pursue(sim: &Sim, request: u32) {
    for attempt in 1.. {
        let answer = try_once(sim, request, attempt).await;
        let pause = sim.with(|world| {
            let span = world.clients.workload.retry_ms;
            match answer {
                None | Some(Answer::Acknowledged(_) | Answer::Refused) => None,
                Some(Answer::Pending) => Some(PENDING_PAUSE_MS),
                Some(_) => Some(world.kernel.random.within(span)),
            }
        });
        match pause {
            Some(pause) => sim.sleep(pause).await,
            None => {
                sim.with(|world| world.clients.finals[request as usize] = answer);
                return;
            }
        }
    }
}

/// One try; nothing when there is nothing to ask, because the payment to be refunded was refused.
async fn try_once(sim: &Sim, request: u32, attempt: u32) -> Option<Answer> {
    let (site, client, doubles) = sim.with(|world| {
        let client = world.clients.requests[request as usize].client;
        let is_refund_of_nothing = match world.clients.requests[request as usize].kind {
            RequestKind::Refund { of } => {
                !matches!(world.clients.finals[of as usize], Some(Answer::Acknowledged(_)))
            }
            RequestKind::Payment => false,
        };
        if is_refund_of_nothing {
            return None;
        }
        let doubles = world.clients.resolvers[client as usize].doubles;
        Some((world.resolve(client), client, doubles))
    })?;
    if doubles {
        let (twin, outside) = (sim.clone(), sim.with(|world| world.progress.outside()));
        sim.spawn(outside, async move {
            exchange(&twin, request, attempt, site).await;
        });
    }
    let answer = exchange(sim, request, attempt, site).await;
    sim.with(|world| world.heard(client, site, answer));
    Some(answer)
}

/// Sends a request to a Region and waits for what it hears.
async fn exchange(sim: &Sim, request: u32, attempt: u32, site: Site) -> Answer {
    let line = sim.with(|world| {
        world.note(What::Sent { request, attempt, to: site });
        let deadline = world.clients.workload.deadline_ms;
        let line = Line::open(&world.kernel, deadline);
        line.be_silent(&mut world.kernel);
        if let Some(travel) = world.travel_ms(Place::Outside, Place::Region(site)) {
            let (sim, line, at) = (sim.clone(), line.clone(), world.kernel.now() + travel);
            let arrival = move |world: &mut World| arrive(world, sim, request, site, line);
            world.kernel.deliver(at, Box::new(arrival));
        }
        line
    });
    let answer = line.wait(sim).await.unwrap_or(Answer::Silence);
    sim.with(|world| world.note(What::Told { request, attempt, from: site, answer }));
    answer
}

fn arrive(world: &mut World, sim: Sim, request: u32, site: Site, line: Line<Answer>) {
    if world.kernel.is_frozen(site) {
        let again = move |world: &mut World| arrive(world, sim, request, site, line);
        world.kernel.hold_delivery(site, Box::new(again));
        return;
    }
    match world.command(request, site) {
        Some(command) if world.api_answers(site) => admit_in(world, sim, site, command, line),
        _ => {
            if let Some(travel) = world.travel_ms(Place::Region(site), Place::Outside) {
                line.answer(&mut world.kernel, travel, Answer::NoConnection);
            }
        }
    }
}
