//! The zone and its checks as they stand now: what the name server answers and checkers change.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use drill::Site;
use serde::{Deserialize, Serialize};

use super::check::{Answer, CheckId, Checks, Endpoint, View};
use super::checkers::CHECKERS;
use super::message::respond;
use super::switch::SwitchSettings;
use super::zone::{Found, Lookup, Zone, choose};
use crate::clock::now_us;
use crate::place::Place;

/// The zone and its health checks. Clones are the same.
#[derive(Clone)]
pub struct Authority(Arc<Mutex<State>>);

struct State {
    zone: Zone,
    public_name: String,
    checks: Checks,
    answer: Site,
    /// Counts the answers, for the choice between records of weight.
    draw: u64,
    told: Box<dyn Fn(u64, Site) + Send>,
}

/// What the name server says, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsStatus {
    /// The Region that the public name leads to.
    pub answer: Place,
    /// The health checks, by name.
    pub checks: Vec<CheckStatus>,
}

/// A health check as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckStatus {
    /// Its name.
    pub name: String,
    /// What it says, inverted where it is.
    pub is_healthy: bool,
    /// What its checkers say, not inverted; none when it is calculated.
    pub checkers: Vec<View>,
}

impl Authority {
    /// The switch, leading to the home primary. `told` hears of each change of what the public name
    /// leads to: when, in microseconds since the Unix epoch, and to which Region. It must not ask
    /// the authority anything.
    #[must_use]
    pub fn new(settings: &SwitchSettings, told: impl Fn(u64, Site) + Send + 'static) -> Self {
        let state = State {
            zone: settings.zone(),
            public_name: settings.public_name(),
            checks: settings.checks(CHECKERS.len()),
            answer: Site::Primary,
            draw: 0,
            told: Box::new(told),
        };
        Self(Arc::new(Mutex::new(state)))
    }

    /// How it stands now.
    #[must_use]
    pub fn status(&self) -> DnsStatus {
        let state = self.state();
        let check = |(id, views): (CheckId, &[View])| CheckStatus {
            name: id.0.to_owned(),
            is_healthy: state.checks.is_healthy(id),
            checkers: views.to_vec(),
        };
        let checks = state.checks.views().map(check).collect();
        DnsStatus { answer: Place::Region(state.answer), checks }
    }

    /// What the name server answers to a packet now; nothing to what is no question.
    pub(super) fn respond(&self, packet: &[u8]) -> Option<Vec<u8>> {
        let mut state = self.state();
        state.draw = state.draw.wrapping_add(1);
        let State { zone, checks, draw, .. } = &*state;
        respond(packet, &Lookup { zone, checks, draw: *draw })
    }

    /// What is asked over HTTP, by name.
    pub(super) fn endpoints(&self) -> Vec<(CheckId, Endpoint)> {
        let state = self.state();
        state.checks.endpoints().map(|(id, endpoint)| (id, endpoint.clone())).collect()
    }

    /// A checker, by number, was answered.
    pub(super) fn saw(&self, id: CheckId, checker: usize, answer: Answer<'_>) {
        let mut state = self.state();
        state.checks.saw(id, checker, answer);
        let answer = state.resolve();
        if std::mem::replace(&mut state.answer, answer) != answer {
            (state.told)(now_us(), answer);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn resolve(&self) -> Site {
        let is_healthy = |id| self.checks.is_healthy(id);
        match self.zone.find(&self.public_name) {
            Found::Records(records) => choose(records, is_healthy, 0),
            Found::Apex | Found::Nothing | Found::Elsewhere => None,
        }
        .map_or(self.answer, |record| record.site)
    }
}
