//! The history prepared for the oracles: every movement has a small number, so that they can keep
//! what they know of it in plain lists.

use std::collections::BTreeMap;

use payments::{Fate, Intent, IntentState, Money, MovementId, ScopedKey, State};

use crate::history::{Answer, ClientRequest, History, Moment, What};
use crate::judge::subject::{At, Subject};
use crate::scenario::Expectation;

/// A history, and what is looked up in it again and again.
pub(super) struct Case<'h> {
    /// What the scenario expects.
    pub(super) expectation: &'h Expectation,
    /// All that was seen.
    pub(super) history: &'h History,
    /// Every movement that occurs, in the order of its first occurrence.
    pub(super) movements: Vec<Movement<'h>>,
    numbers: BTreeMap<MovementId, usize>,
    /// For each moment the number of its movement.
    of_moments: Vec<Option<usize>>,
}

/// A movement, and what is known of it in the end.
pub(super) struct Movement<'h> {
    /// Its id.
    pub(super) id: MovementId,
    /// The name of its intent.
    pub(super) key: Option<ScopedKey>,
    /// The number of the first request that it was acknowledged to.
    pub(super) request: Option<u32>,
    /// When, and by which Region.
    pub(super) acknowledged: Option<At>,
    /// What the ledger says of it in the end.
    pub(super) in_ledger: Option<(Fate, Money)>,
    /// Its intent in the end.
    pub(super) intent: Option<&'h Intent>,
}

impl<'h> Case<'h> {
    /// Prepares a history.
    pub(super) fn new(expectation: &'h Expectation, history: &'h History) -> Self {
        let of_moments = Vec::with_capacity(history.moments.len());
        let (movements, numbers) = (Vec::new(), BTreeMap::new());
        let mut case = Self { expectation, history, movements, numbers, of_moments };
        for moment in &history.moments {
            let number = case.meet(moment);
            case.of_moments.push(number);
        }
        case.see_end();
        case
    }

    /// Every moment, with the number of its movement.
    pub(super) fn moments(&self) -> impl Iterator<Item = (Option<usize>, &'h Moment)> {
        self.of_moments.iter().copied().zip(&self.history.moments)
    }

    /// The number of a movement; each that occurs in the history has one.
    pub(super) fn number(&self, movement: MovementId) -> Option<usize> {
        self.numbers.get(&movement).copied()
    }

    /// A list with a value for each movement.
    pub(super) fn for_each_movement<T: Clone>(&self, value: T) -> Vec<T> {
        vec![value; self.movements.len()]
    }

    /// The names of a movement.
    pub(super) fn subject(&self, number: usize) -> Subject {
        let movement = &self.movements[number];
        let request = self.asked_by(movement).map(|number| self.request(number));
        Subject { movement: Some(movement.id), money: self.money(number), request }
    }

    /// The names of a request of which no movement is known.
    pub(super) fn subject_of_request(&self, number: u32) -> Subject {
        let request = self.request(number);
        Subject { movement: None, money: Some(request.1.money()), request: Some(request) }
    }

    /// The request that a movement is for, by what it or another of the same key was acknowledged to.
    fn asked_by(&self, movement: &Movement<'_>) -> Option<u32> {
        let same_key = |other: &&Movement<'_>| movement.key.is_some() && other.key == movement.key;
        let of_key = || self.movements.iter().filter(same_key).find_map(|other| other.request);
        movement.request.or_else(of_key)
    }

    fn request(&self, number: u32) -> (u32, ClientRequest) {
        (number, self.history.requests[number as usize].clone())
    }

    /// How much a movement moves, by what was asked for, accepted or booked.
    pub(super) fn money(&self, number: usize) -> Option<Money> {
        let movement = &self.movements[number];
        let asked = || {
            let request = movement.request?;
            self.history.requests.get(request as usize).map(ClientRequest::money)
        };
        let accepted = || movement.intent.map(|intent| intent.order.money());
        asked().or_else(accepted).or(movement.in_ledger.map(|(_, money)| money))
    }

    /// Whether the movement is in quarantine in the end.
    pub(super) fn is_held(&self, number: usize) -> bool {
        let movement = &self.movements[number];
        let by_ledger = matches!(movement.in_ledger, Some((Fate::Taken(State::Quarantined), _)));
        let by_intent =
            movement.intent.is_some_and(|intent| intent.state == IntentState::Quarantined);
        by_ledger || by_intent
    }

    fn meet(&mut self, moment: &Moment) -> Option<usize> {
        match &moment.what {
            What::Told { request, from, answer: Answer::Acknowledged(movement), .. } => {
                let number = self.add(*movement);
                let movement = &mut self.movements[number];
                movement.request.get_or_insert(*request);
                movement.acknowledged.get_or_insert(At { ms: moment.at_ms, site: *from });
                Some(number)
            }
            What::IntentWritten { movement, key, .. } => {
                let number = self.add(*movement);
                self.movements[number].key = Some(*key);
                Some(number)
            }
            What::Committed { movement, .. }
            | What::Moved { movement, .. }
            | What::Quarantine { movement, .. } => Some(self.add(*movement)),
            What::Promoted { lost, .. } => {
                for movement in lost {
                    self.add(*movement);
                }
                None
            }
            _ => None,
        }
    }

    fn see_end(&mut self) {
        let history = self.history;
        for record in &history.end.payments {
            for (movement, _) in record.movements() {
                let number = self.add(movement);
                self.movements[number].key = record.key(movement);
                self.movements[number].in_ledger =
                    record.fate(movement).zip(record.money(movement));
            }
        }
        for intent in &history.end.intents {
            let number = self.add(intent.movement);
            self.movements[number].key = Some(intent.key);
            self.movements[number].intent = Some(intent);
        }
    }

    /// The number of a movement, which is new or not.
    fn add(&mut self, movement: MovementId) -> usize {
        let next = self.movements.len();
        let number = *self.numbers.entry(movement).or_insert(next);
        if number == next {
            self.movements.push(Movement {
                id: movement,
                key: None,
                request: None,
                acknowledged: None,
                in_ledger: None,
                intent: None,
            });
        }
        number
    }

    /// The number of the payment that a refund gives back.
    pub(super) fn payment_of(&self, number: usize) -> Option<usize> {
        match self.movements[number].id {
            MovementId::Payment(_) => Some(number),
            MovementId::Refund(payment, _) => self.number(MovementId::Payment(payment)),
        }
    }
}
