//! Small events, summed up until something happens that people must see.

use std::collections::BTreeMap;

use payments::{MovementId, State};

use super::{StoryLine, Topic};
use crate::history::{Answer, Site};
use crate::words;

/// What was heard and not yet told.
#[derive(Default)]
pub(super) struct Tally {
    traffic: TrafficTally,
    ledger: LedgerTally,
}

#[derive(Default)]
struct TrafficTally {
    last_ms: u64,
    payments: BTreeMap<Site, u64>,
    refunds: BTreeMap<Site, u64>,
    again: u64,
    refused: u64,
    pending: u64,
    switching: u64,
    try_again: u64,
    unanswered: u64,
}

#[derive(Default)]
struct LedgerTally {
    last_ms: u64,
    held: u64,
    settled: BTreeMap<Option<State>, u64>,
}

impl Tally {
    pub(super) fn sent(&mut self, at_ms: u64, attempt: u32) {
        if attempt > 1 {
            self.traffic.last_ms = at_ms;
            self.traffic.again += 1;
        }
    }

    pub(super) fn told(&mut self, at_ms: u64, from: Site, answer: Answer) {
        let traffic = &mut self.traffic;
        traffic.last_ms = at_ms;
        *match answer {
            Answer::Acknowledged(MovementId::Payment(_)) => {
                traffic.payments.entry(from).or_default()
            }
            Answer::Acknowledged(MovementId::Refund(..)) => {
                traffic.refunds.entry(from).or_default()
            }
            Answer::Refused => &mut traffic.refused,
            Answer::Pending => &mut traffic.pending,
            Answer::Switching => &mut traffic.switching,
            Answer::TryAgain => &mut traffic.try_again,
            Answer::Silence | Answer::NoConnection => &mut traffic.unanswered,
        } += 1;
    }

    pub(super) fn held(&mut self, at_ms: u64) {
        self.ledger.last_ms = at_ms;
        self.ledger.held += 1;
    }

    pub(super) fn settled(&mut self, at_ms: u64, state: Option<State>) {
        self.ledger.last_ms = at_ms;
        *self.ledger.settled.entry(state).or_default() += 1;
    }

    /// What there is to tell of clients; from here on it is counted anew.
    pub(super) fn take_traffic(&mut self) -> Option<StoryLine> {
        let traffic = std::mem::take(&mut self.traffic);
        line(traffic.last_ms, Topic::Traffic, &traffic.parts())
    }

    /// What there is to tell of the quarantine; from here on it is counted anew.
    pub(super) fn take_ledger(&mut self) -> Option<StoryLine> {
        let ledger = std::mem::take(&mut self.ledger);
        line(ledger.last_ms, Topic::Ledger, &ledger.parts())
    }
}

fn line(at_ms: u64, topic: Topic, parts: &[String]) -> Option<StoryLine> {
    (!parts.is_empty()).then(|| StoryLine { at_ms, topic, text: parts.join(", ") })
}

impl TrafficTally {
    fn parts(&self) -> Vec<String> {
        let mut parts = Vec::new();
        for site in Site::ALL {
            parts.extend(self.acknowledged(site));
        }
        let others = [
            (self.again, "request sent again", "requests sent again"),
            (self.refused, "request refused for good", "requests refused for good"),
            (self.pending, "answer `pending`", "answers `pending`"),
            (self.switching, "answer `switching`", "answers `switching`"),
            (self.try_again, "answer `try again`", "answers `try again`"),
            (self.unanswered, "try without an answer", "tries without an answer"),
        ];
        let others = others.into_iter().filter(|(number, ..)| *number > 0);
        parts.extend(others.map(|(number, one, many)| words::count(number, one, many)));
        parts
    }

    fn acknowledged(&self, site: Site) -> Option<String> {
        let of = |counts: &BTreeMap<Site, u64>| counts.get(&site).copied().unwrap_or_default();
        let payments = words::count(of(&self.payments), "payment", "payments");
        let refunds = words::count(of(&self.refunds), "refund", "refunds");
        let what = match (of(&self.payments), of(&self.refunds)) {
            (0, 0) => return None,
            (_, 0) => payments,
            (0, _) => refunds,
            _ => format!("{payments} and {refunds}"),
        };
        Some(format!("{what} acknowledged by {}", site.region()))
    }
}

impl LedgerTally {
    fn parts(&self) -> Vec<String> {
        let mut parts = Vec::new();
        if self.held > 0 {
            let held = words::count(self.held, "movement", "movements");
            parts.push(format!("{held} put into quarantine: no effect until settled"));
        }
        for (state, number) in &self.settled {
            let settled = words::count(*number, "movement", "movements");
            let state = state.map_or("refused", State::name);
            parts.push(format!("{settled} settled out of quarantine as {state}"));
        }
        parts
    }
}
