//! What the report needs of a history besides the violations.

use payments::{Fate, MovementId, State};

use crate::history::{Answer, What};
use crate::judge::case::Case;
use crate::judge::outages::{Outage, outages};
use crate::judge::subject::At;

/// What happened, in numbers. Times are in milliseconds since the beginning of the drill.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// When the first fault began, or the first run where nothing failed.
    pub disturbed_ms: Option<u64>,
    /// What disturbed the service, in order, and when it was back each time: from here on counts the RTO.
    pub outages: Vec<Outage>,
    /// The longest time in which clients tried and none was acknowledged.
    pub longest_pause: Pause,
    /// What promotions lost, in their order.
    pub lost: Vec<LostRow>,
    /// How much was asked and answered.
    pub counts: Counts,
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pause {
    /// When it began.
    pub from_ms: u64,
    /// When it ended.
    pub until_ms: u64,
}

/// Something that the old writer had committed and the promoted one had not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LostRow {
    /// What it is about.
    pub movement: MovementId,
    /// Which database was promoted, and when.
    pub promoted: At,
    /// When it was committed first.
    pub committed_ms: Option<u64>,
    /// When a client first heard that it was acknowledged.
    pub acknowledged_ms: Option<u64>,
    /// What became of it.
    pub fate: RowFate,
}

/// What became of a row that was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowFate {
    /// The ledger has it again, and the money moved.
    Settled,
    /// The ledger has it again, and no money moved.
    Declined,
    /// The ledger has kept why it was refused.
    Refused,
    /// The ledger has it again, and its last word is not said.
    Open,
    /// It waits in quarantine.
    Held,
    /// Neither ledger nor quarantine has it.
    Gone,
}

/// How much was asked and answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests that were sent at least once.
    pub requests: u64,
    /// Requests sent again, because no answer came or one that asks to.
    pub retries: u64,
    /// Requests that were acknowledged.
    pub acknowledged: u64,
    /// Requests that were refused for good.
    pub refused: u64,
    /// Requests that neither happened to.
    pub unanswered: u64,
    /// How often money moved.
    pub moved: u64,
}

/// What a client knows of its request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// It was not sent.
    Never,
    /// It was sent at this time, and has no final answer.
    Open(u64),
    /// It was acknowledged, or refused for good.
    Answered,
}

impl Facts {
    /// Reads them out of a history.
    pub(super) fn of(case: &Case<'_>) -> Self {
        let outages = outages(&case.history.moments);
        let disturbed_ms = outages.first().map(|outage| outage.began_ms);
        let mut clients = Clients::new(case);
        for moment in &case.history.moments {
            clients.read(moment.at_ms, &moment.what);
        }
        clients.end(case.history.end.at_ms);
        let Clients { longest_pause, counts, .. } = clients;
        Self { disturbed_ms, outages, longest_pause, lost: lost(case), counts }
    }
}

/// What clients do and hear.
struct Clients {
    asked: Vec<Asked>,
    open: u64,
    /// Since when clients have tried without an acknowledgement.
    waiting_since: Option<u64>,
    longest_pause: Pause,
    counts: Counts,
}

impl Clients {
    fn new(case: &Case<'_>) -> Self {
        let asked = vec![Asked::Never; case.history.requests.len()];
        let (longest_pause, counts) = (Pause::default(), Counts::default());
        Self { asked, open: 0, waiting_since: None, longest_pause, counts }
    }

    fn read(&mut self, ms: u64, what: &What) {
        match what {
            What::Sent { request, .. } => self.send(*request, ms),
            What::Told { request, answer: Answer::Acknowledged(_), .. } => {
                self.answer(*request, ms, |counts| counts.acknowledged += 1);
                // Any acknowledgement shows that the service is there, one that is told again too.
                self.end_pause(ms);
                self.waiting_since = (self.open > 0).then_some(ms);
            }
            What::Told { request, answer: Answer::Refused, .. } => {
                self.answer(*request, ms, |counts| counts.refused += 1);
            }
            What::Moved { .. } => self.counts.moved += 1,
            _ => {}
        }
    }

    fn send(&mut self, request: u32, ms: u64) {
        let asked = &mut self.asked[request as usize];
        if *asked != Asked::Never {
            self.counts.retries += 1;
            return;
        }
        *asked = Asked::Open(ms);
        self.counts.requests += 1;
        self.open += 1;
        self.waiting_since.get_or_insert(ms);
    }

    fn answer(&mut self, request: u32, ms: u64, count: fn(&mut Counts)) {
        let asked = &mut self.asked[request as usize];
        if !matches!(asked, Asked::Open(_)) {
            return;
        }
        *asked = Asked::Answered;
        count(&mut self.counts);
        self.open -= 1;
        if self.open == 0 {
            self.end_pause(ms);
        }
    }

    fn end_pause(&mut self, ms: u64) {
        let Some(from_ms) = self.waiting_since.take() else { return };
        if ms - from_ms > self.longest_pause.until_ms - self.longest_pause.from_ms {
            self.longest_pause = Pause { from_ms, until_ms: ms };
        }
    }

    fn end(&mut self, ms: u64) {
        self.end_pause(ms);
        self.counts.unanswered = self.open;
    }
}

/// Everything that promotions lost.
fn lost(case: &Case<'_>) -> Vec<LostRow> {
    let mut lost = Vec::new();
    for moment in &case.history.moments {
        let What::Promoted { site, lost: movements } = &moment.what else { continue };
        let promoted = At { ms: moment.at_ms, site: *site };
        lost.extend(movements.iter().filter_map(|movement| {
            let fate = fate(case, case.number(*movement)?);
            let (committed_ms, acknowledged_ms) = (None, None);
            Some(LostRow { movement: *movement, promoted, committed_ms, acknowledged_ms, fate })
        }));
    }
    if !lost.is_empty() {
        add_times(case, &mut lost);
    }
    lost
}

fn add_times(case: &Case<'_>, lost: &mut [LostRow]) {
    let mut times = case.for_each_movement((None, None));
    for (number, moment) in case.moments() {
        let Some((committed_ms, acknowledged_ms)) = number.map(|number| &mut times[number]) else {
            continue;
        };
        match &moment.what {
            What::Committed { .. } => committed_ms.get_or_insert(moment.at_ms),
            What::Told { .. } => acknowledged_ms.get_or_insert(moment.at_ms),
            _ => continue,
        };
    }
    for row in lost {
        if let Some(number) = case.number(row.movement) {
            (row.committed_ms, row.acknowledged_ms) = times[number];
        }
    }
}

fn fate(case: &Case<'_>, number: usize) -> RowFate {
    match case.movements[number].in_ledger {
        _ if case.is_held(number) => RowFate::Held,
        Some((Fate::Taken(State::Succeeded), _)) => RowFate::Settled,
        Some((Fate::Taken(State::Declined), _)) => RowFate::Declined,
        Some((Fate::Refused(_), _)) => RowFate::Refused,
        Some((Fate::Taken(_), _)) => RowFate::Open,
        None => RowFate::Gone,
    }
}
