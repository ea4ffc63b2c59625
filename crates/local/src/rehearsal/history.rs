//! The history of a live drill, made of all evidence in the order of one clock.

use std::collections::{BTreeMap, BTreeSet};

use drill::{End, History, Moment, RunStep, START_MS, Site, What};
use fence::Millis;
use payments::{IntentState, MovementId, ScopedKey, State};
use runbook::{Entry, Event};

use super::evidence::Evidence;
use super::gates::{Span, spans};
use crate::postgres::WatchedCommit;
use crate::store::{Chosen, ChosenValue};

/// What happened, as the judge reads it.
#[must_use]
pub fn history(evidence: &Evidence) -> History {
    let spans = spans(evidence);
    let mut seen = Seen::default();
    seen.note(evidence, &spans);
    seen.keep(evidence);
    seen.commit(evidence, &spans);
    seen.open_gates(&spans);
    let end = &evidence.end;
    History {
        scenario: evidence.scenario.clone(),
        seed: evidence.seed,
        requests: evidence.requests.clone(),
        moments: seen.in_order(evidence),
        end: End {
            at_ms: since_ms(evidence, evidence.end_us),
            is_at_rest: end.left.is_empty(),
            left: end.left.clone(),
            record: end.record.clone(),
            payments: end.payments.clone(),
            postings: end.postings.clone(),
            intents: end.intents.clone(),
        },
    }
}

/// The Region whose ledger had this epoch.
fn site_of(evidence: &Evidence, epoch: u64) -> Site {
    let raised = evidence.raises.iter().rev().find(|raise| raise.epoch == epoch);
    let site = raised.and_then(|raise| Site::ALL.into_iter().find(|s| s.region() == raise.region));
    site.unwrap_or(Site::Primary)
}

/// Milliseconds of the drill.
fn since_ms(evidence: &Evidence, at_us: u64) -> u64 {
    at_us.saturating_sub(evidence.begin_us) / 1_000
}

/// What was seen, in any order.
#[derive(Default)]
struct Seen(Vec<(u64, Rank, What)>);

/// What comes first of several things of one microsecond: a cause comes before its effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Happened,
    Kept,
    Promoted,
    Gate,
    Committed,
    Moved,
    Run,
    Told,
}

impl Rank {
    fn of(what: &What) -> Self {
        match what {
            What::Happened { .. } | What::Lag { .. } => Self::Happened,
            What::Record(_) | What::IntentWritten { .. } | What::Quarantine { .. } => Self::Kept,
            What::Promoted { .. } | What::EpochRaised { .. } => Self::Promoted,
            What::Gate { .. } => Self::Gate,
            What::Committed { .. } => Self::Committed,
            What::Moved { .. } => Self::Moved,
            What::Run { .. } | What::Dns { .. } => Self::Run,
            What::Sent { .. } | What::Told { .. } => Self::Told,
        }
    }
}

impl Seen {
    fn add(&mut self, at_us: u64, what: What) {
        self.0.push((at_us, Rank::of(&what), what));
    }

    /// What clients and supervisor noted; only the evidence knows what a promotion lost, and whose
    /// gate was open when the processor was called.
    fn note(&mut self, evidence: &Evidence, spans: &[Span]) {
        for noted in &evidence.notes {
            let what = match &noted.what {
                What::Promoted { site, .. } => {
                    let lost = lost(evidence, *site, noted.at_us);
                    What::Promoted { site: *site, lost }
                }
                What::Moved { key, movement, minor_units, from } => {
                    let (key, movement, minor_units) = (*key, *movement, *minor_units);
                    let from = open_at(spans, noted.at_us).unwrap_or(*from);
                    What::Moved { key, movement, minor_units, from }
                }
                other => other.clone(),
            };
            self.add(noted.at_us, what);
        }
    }

    /// What the strongly consistent store held.
    fn keep(&mut self, evidence: &Evidence) {
        let mut intents: BTreeMap<ScopedKey, IntentState> = BTreeMap::new();
        for chosen in &evidence.chosen {
            let at_us = chosen.at_us;
            match &chosen.value {
                ChosenValue::Record(record) => {
                    self.add(at_us, What::Record(Box::new(record.clone())));
                }
                ChosenValue::Entry(run, entry) => {
                    let step = RunStep::Journaled(Box::new(shifted(evidence, entry)));
                    self.add(at_us, What::Run { run: run.to_string(), step });
                }
                ChosenValue::Intent(intent) => {
                    let before = intents.insert(intent.key, intent.state);
                    self.keep_intent(chosen, intent, before);
                }
                ChosenValue::Lease(_) => {}
            }
        }
    }

    fn keep_intent(
        &mut self,
        chosen: &Chosen,
        intent: &payments::Intent,
        before: Option<IntentState>,
    ) {
        let (at_us, movement) = (chosen.at_us, intent.movement);
        if before.is_none() {
            let site = if chosen.proposer == 2 { Site::Standby } else { Site::Primary };
            self.add(at_us, What::IntentWritten { movement, key: intent.key, site });
        }
        let was_held = before == Some(IntentState::Quarantined);
        let held = intent.state == IntentState::Quarantined;
        if held != was_held {
            self.add(at_us, What::Quarantine { movement, held });
        }
    }

    /// What the ledgers committed, each commit once, and when their epochs were raised.
    fn commit(&mut self, evidence: &Evidence, spans: &[Span]) {
        let mut told = BTreeSet::new();
        for tail in &evidence.tails {
            for commit in tail.commits.iter().filter(|commit| told.insert(name(commit))) {
                self.add(commit.at_us, committed(commit, tail.site, spans));
            }
        }
        for commit in evidence.commits.iter().filter(|commit| told.insert(name(commit))) {
            let site = site_of(evidence, commit.row_epoch);
            self.add(commit.at_us, committed(commit, site, spans));
        }
        for raise in &evidence.raises {
            let site = site_of(evidence, raise.epoch);
            self.add(raise.at_us, What::EpochRaised { site, epoch: raise.epoch });
        }
    }

    fn open_gates(&mut self, spans: &[Span]) {
        for span in spans {
            let site = span.site;
            self.add(span.from_us, What::Gate { site, open: Some(span.epoch), reason: "" });
            if let Some(until_us) = span.until_us {
                self.add(until_us, What::Gate { site, open: None, reason: span.reason });
            }
        }
    }

    /// In the order of the clock. What was so before the drill began is so at its beginning.
    fn in_order(mut self, evidence: &Evidence) -> Vec<Moment> {
        self.0.retain(|(at_us, ..)| *at_us <= evidence.end_us);
        // What has one time and one rank stays in the order in which it was seen.
        self.0.sort_by_key(|(at_us, rank, _)| (*at_us, *rank));
        let moments = self.0.into_iter();
        moments.map(|(at_us, _, what)| Moment { at_ms: since_ms(evidence, at_us), what }).collect()
    }
}

/// Whose gate was open then.
fn open_at(spans: &[Span], at_us: u64) -> Option<Site> {
    spans.iter().rev().find(|span| span.is_open_at(at_us)).map(|span| span.site)
}

/// Names a commit wherever it is: numbers alone are given again by who goes on from an earlier place.
fn name(commit: &WatchedCommit) -> (u64, u64, u64, MovementId) {
    (commit.number, commit.transaction, commit.at_us, commit.movement)
}

/// A commit that tells no event carries no epoch that could be seen; only what an open gate let
/// through was a service's, and what a run puts into quarantine is not.
fn committed(commit: &WatchedCommit, site: Site, spans: &[Span]) -> What {
    let is_gated = spans.iter().any(|span| span.site == site && span.is_open_at(commit.at_us));
    let is_by_run = commit.state == Some(State::Quarantined);
    What::Committed {
        site,
        epoch: commit.epoch.unwrap_or(commit.row_epoch),
        row_epoch: commit.row_epoch,
        movement: commit.movement,
        state: commit.state,
        gate: (is_gated && !is_by_run).then_some(true),
    }
}

/// What the other Region's database had committed when this one was promoted, and this one has not
/// in any state. Of several times that it was the writer only the last one counts.
fn lost(evidence: &Evidence, promoted: Site, at_us: u64) -> Vec<MovementId> {
    let old = promoted.other();
    let began_us = evidence.notes.iter().filter_map(|noted| match noted.what {
        What::Promoted { site, .. } if site == old && noted.at_us < at_us => Some(noted.at_us),
        _ => None,
    });
    let began_us = began_us.max().unwrap_or_default();
    let before = |commit: &&WatchedCommit| (began_us..=at_us).contains(&commit.at_us);
    let kept = evidence.commits.iter().filter(|commit| commit.at_us <= at_us);
    let kept: BTreeSet<MovementId> = kept.map(|commit| commit.movement).collect();
    let tails = evidence.tails.iter().filter(|tail| tail.site == old);
    let had = tails.flat_map(|tail| &tail.commits).filter(before).map(|commit| commit.movement);
    let lost: BTreeSet<MovementId> = had.filter(|movement| !kept.contains(movement)).collect();
    lost.into_iter().collect()
}

/// The entry with times of the drill's clock, which the judge compares with those of the history.
fn shifted(evidence: &Evidence, entry: &Entry) -> Entry {
    let shift = |at: Millis| {
        let since_begin = i64::try_from(at.0).unwrap_or(i64::MAX)
            - i64::try_from(evidence.begin_us / 1_000).unwrap_or(i64::MAX);
        Millis(START_MS.saturating_add_signed(since_begin))
    };
    let mut entry = Entry { at: shift(entry.at), ..entry.clone() };
    if let Event::Approved { expires_at, .. } = &mut entry.event {
        *expires_at = shift(*expires_at);
    }
    entry
}
