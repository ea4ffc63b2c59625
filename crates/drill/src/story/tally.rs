//! Small events, summed up until something happens that people must see.

use std::collections::BTreeMap;

use payments::{MovementId, State};

use super::{StoryLine, Topic};
use crate::history::{Answer, Site};
use crate::words;

/// What was heard and not yet told.
#[derive(Default)]
pub(super) struct Tally {
    traffic_ms: u64,
    payments: BTreeMap<Site, u64>,
    refunds: BTreeMap<Site, u64>,
    again: u64,
    refused: u64,
    pending: u64,
    switching: u64,
    try_again: u64,
    unanswered: u64,
    ledger_ms: u64,
    held: u64,
    settled: BTreeMap<Option<State>, u64>,
}

impl Tally {
    pub(super) fn sent(&mut self, at_ms: u64, attempt: u32) {
        if attempt > 1 {
            self.traffic_ms = at_ms;
            self.again += 1;
        }
    }

    pub(super) fn told(&mut self, at_ms: u64, from: Site, answer: Answer) {
        self.traffic_ms = at_ms;
        *match answer {
            Answer::Acknowledged(MovementId::Payment(_)) => self.payments.entry(from).or_default(),
            Answer::Acknowledged(MovementId::Refund(..)) => self.refunds.entry(from).or_default(),
            Answer::Refused => &mut self.refused,
            Answer::Pending => &mut self.pending,
            Answer::Switching => &mut self.switching,
            Answer::TryAgain => &mut self.try_again,
            Answer::Silence | Answer::NoConnection => &mut self.unanswered,
        } += 1;
    }

    pub(super) fn held(&mut self, at_ms: u64) {
        self.ledger_ms = at_ms;
        self.held += 1;
    }

    pub(super) fn settled(&mut self, at_ms: u64, state: Option<State>) {
        self.ledger_ms = at_ms;
        *self.settled.entry(state).or_default() += 1;
    }

    /// What there is to tell, in the order of time.
    pub(super) fn lines(self) -> Vec<StoryLine> {
        let line =
            |at_ms, topic, parts: Vec<String>| StoryLine { at_ms, topic, text: parts.join(", ") };
        let mut lines = Vec::new();
        lines.push(line(self.traffic_ms, Topic::Traffic, self.traffic()));
        lines.push(line(self.ledger_ms, Topic::Ledger, self.ledger()));
        lines.retain(|line| !line.text.is_empty());
        lines.sort_by_key(|line| line.at_ms);
        lines
    }

    fn traffic(&self) -> Vec<String> {
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

    fn ledger(&self) -> Vec<String> {
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
