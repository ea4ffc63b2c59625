//! What clients want: the scenario's workload without an end, at the rate that is asked for.

use std::time::Duration;

use drill::{Card, ClientRequest, Random, RequestKind, Span, Workload};

use super::tempo::Tempo;

/// The words of tokens that make the processor odd, as `processor` reads them.
const ODD_CARDS: [&str; 6] = ["decline", "timeout", "late_300", "twice", "pending_2", "refuse_1"];
/// The least and the most time from one payment of a client to its next, in milliseconds, in the
/// middle: more clients would only wait at once when nobody is served.
const CYCLE_MS: Span = Span { least: 150, most: 400 };
/// For how long a client waits for an answer at least, in milliseconds.
const DEADLINE_LEAST_MS: u64 = 500;
/// The shortest pause before a request is sent again, in milliseconds.
const RETRY_LEAST_MS: u64 = 50;
/// The pause before a request that is in quarantine is sent again, in milliseconds of the scenario.
const PENDING_PAUSE_MS: u64 = 15_000;

/// How clients behave here.
#[derive(Debug, Clone)]
pub struct Load {
    /// As the scenario says it.
    pub workload: Workload,
    /// How many there are.
    pub clients: u32,
    /// From the begin of one payment of a client to that of its next, in milliseconds.
    pub cycle_ms: Span,
    /// For how long a client waits for an answer.
    pub deadline: Duration,
    /// The pause before a request is sent again, in milliseconds.
    pub retry_ms: Span,
    /// The same for one that is in quarantine.
    pub pending: Duration,
}

impl Load {
    /// So many payments in each second, of clients like those of the scenario.
    #[must_use]
    pub fn new(workload: &Workload, rate: u32, tempo: Tempo) -> Self {
        let Span { least, most } = workload.pause_ms;
        let wanted_ms = least.midpoint(most) / tempo.0;
        let cycle_ms = wanted_ms.clamp(CYCLE_MS.least, CYCLE_MS.most);
        // A client that refunds comes to its next payment one cycle later.
        let shares = 100 + u64::from(workload.refunds_percent);
        let clients = (u64::from(rate.max(1)) * cycle_ms * shares).div_ceil(100_000).max(1);
        let shortened = |ms: u64, least_ms: u64| (ms / tempo.0).max(least_ms);
        Self {
            workload: workload.clone(),
            clients: u32::try_from(clients).unwrap_or(u32::MAX),
            cycle_ms: Span { least: cycle_ms / 2, most: cycle_ms * 3 / 2 },
            deadline: Duration::from_millis(shortened(workload.deadline_ms, DEADLINE_LEAST_MS)),
            retry_ms: Span {
                least: shortened(workload.retry_ms.least, RETRY_LEAST_MS),
                most: shortened(workload.retry_ms.most, 2 * RETRY_LEAST_MS),
            },
            pending: tempo.real(PENDING_PAUSE_MS),
        }
    }
}

/// Something that a client wants, with the token of the card that it pays with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What.
    pub request: ClientRequest,
    /// The token; empty for a refund.
    pub card: String,
}

/// What one client wants, payment after payment.
#[derive(Debug)]
pub struct Wishes {
    client: u32,
    workload: Workload,
    random: Random,
    number: u32,
    last: Option<ClientRequest>,
}

impl Wishes {
    /// Those of this client under this seed.
    #[must_use]
    pub fn new(workload: &Workload, client: u32, seed: u64) -> Self {
        let random = Random::new(seed).fork("wishes").numbered(u64::from(client));
        Self { client, workload: workload.clone(), random, number: 0, last: None }
    }

    /// The next payment.
    pub fn payment(&mut self) -> Wish {
        let workload = &self.workload;
        let is_hot = self.random.chance(workload.hot_percent);
        let account = self.random.below(u64::from(workload.accounts.max(1)));
        let account = if is_hot { 0 } else { u32::try_from(account).unwrap_or_default() };
        let minor_units = 100 + i64::try_from(self.random.below(9_900)).unwrap_or_default();
        let is_odd = self.random.chance(workload.odd_cards_percent);
        let word = ODD_CARDS[self.random.below(ODD_CARDS.len() as u64) as usize];
        let word = if is_odd { word } else { "visa" };
        let uses_key_again = self.random.chance(workload.used_keys_percent);
        let key = format!("client-{}-payment-{}", self.client, self.number);
        let kind = RequestKind::Payment;
        let card = if word == "decline" { Card::Declines } else { Card::Accepts };
        let client = self.client;
        let mut request = ClientRequest { client, key, kind, account, minor_units, card };
        if let Some(before) = self.last.take().filter(|_| uses_key_again) {
            // Another payment than all before it under this key.
            let minor_units = before.minor_units + 1;
            request = ClientRequest { minor_units, card, ..before };
        }
        self.number += 1;
        self.last = Some(request.clone());
        Wish { request, card: format!("tok_{word}_abcdefgh") }
    }

    /// The refunds of the payment that has this number among all requests; mostly none.
    pub fn refunds(&mut self, of: u32, payment: &ClientRequest) -> Vec<Wish> {
        if !self.random.chance(self.workload.refunds_percent) {
            return Vec::new();
        }
        let paid = payment.minor_units;
        let first = 1 + i64::try_from(self.random.below(paid.unsigned_abs())).unwrap_or_default();
        // Both together are one more than was paid.
        let again = self.random.chance(self.workload.repeated_refunds_percent);
        let again = again.then_some(("again", paid - first + 1));
        let wanted = [("refund", first)].into_iter().chain(again);
        let number = self.number - 1;
        let wish = |(word, minor_units)| Wish {
            request: ClientRequest {
                client: self.client,
                key: format!("client-{}-{word}-{number}", self.client),
                kind: RequestKind::Refund { of },
                account: payment.account,
                minor_units,
                card: Card::NotKnown,
            },
            card: String::new(),
        };
        wanted.map(wish).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workload(pause_ms: Span) -> Workload {
        Workload { pause_ms, ..Workload::default() }
    }

    #[test]
    fn clients_are_as_many_as_the_rate_needs() {
        for (rate, least, most, clients, cycle) in [
            (200, 5_000, 15_000, 36, Span { least: 75, most: 225 }),
            (200, 20_000, 40_000, 72, Span { least: 150, most: 450 }),
            (200, 20_000, 90_000, 96, Span { least: 200, most: 600 }),
            (1, 100, 300, 1, Span { least: 75, most: 225 }),
        ] {
            let load = Load::new(&workload(Span { least, most }), rate, Tempo(100));
            assert_eq!((load.clients, load.cycle_ms), (clients, cycle), "{rate} {least} {most}");
            let offered = u64::from(load.clients) * 2_000 / (cycle.least + cycle.most);
            assert!(offered >= u64::from(rate), "{offered} of {rate}");
        }
    }

    #[test]
    fn times_are_shorter_and_not_too_short() {
        let load = Load::new(&Workload::default(), 200, Tempo(100));
        assert_eq!(load.deadline, Duration::from_millis(500));
        assert_eq!(load.retry_ms, Span { least: 50, most: 100 });
        assert_eq!(load.pending, Duration::from_millis(150));
    }

    #[test]
    fn wishes_follow_from_the_seed_and_keep_the_shares() {
        let workload = Workload {
            refunds_percent: 100,
            repeated_refunds_percent: 100,
            used_keys_percent: 50,
            ..Workload::default()
        };
        let wished = |seed| {
            let mut wishes = Wishes::new(&workload, 3, seed);
            let payments = (0..50).map(|number| {
                let payment = wishes.payment();
                let refunds = wishes.refunds(number, &payment.request);
                (payment, refunds)
            });
            payments.collect::<Vec<_>>()
        };
        assert_eq!(wished(1), wished(1));
        assert_ne!(wished(1), wished(2));
        let mut used_again = 0;
        let all = wished(1);
        for pair in all.windows(2) {
            let [(before, refunds), (payment, _)] = pair else { continue };
            let wanted: i64 = refunds.iter().map(|wish| wish.request.minor_units).sum();
            assert_eq!(wanted, before.request.minor_units + 1);
            if payment.request.key == before.request.key {
                used_again += 1;
                assert_eq!(payment.request.minor_units, before.request.minor_units + 1);
            }
        }
        assert!((10..40).contains(&used_again), "{used_again}");
    }
}
