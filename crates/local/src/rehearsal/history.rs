//! The history of a live drill, made of all evidence in the order of one clock.

use std::collections::{BTreeMap, BTreeSet};

use drill::{End, History, Moment, RunStep, START_MS, Site, What};
use fence::Millis;
use payments::{IntentState, MovementId, ScopedKey, State};
use runbook::{Entry, Event};

use super::evidence::Evidence;
use super::gates::{Span, spans, thaws};
use crate::postgres::WatchedCommit;
use crate::store::{Chosen, ChosenValue};

/// How long a write may take that a gate has let in, in microseconds.
const ON_ITS_WAY_US: u64 = 1_000_000;

/// What names a commit.
type CommitName = (u64, u64, u64, MovementId);

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
    let moments = seen.in_order(evidence);
    let last_ms = moments.last().map_or(0, |moment| moment.at_ms);
    let end_ms = since_ms(evidence, evidence.end_us).max(last_ms);
    History {
        scenario: evidence.scenario.clone(),
        seed: evidence.seed,
        requests: evidence.requests.clone(),
        moments,
        end: End {
            at_ms: end_ms,
            is_at_rest: end.left.is_empty(),
            left: end.left.clone(),
            record: end.record.clone(),
            payments: end.payments.clone(),
            postings: end.postings.clone(),
            intents: end.intents.clone(),
        },
    }
}

/// The Region whose database was the writer then: the one that was promoted last, and before the first
/// promotion the home primary. Which epoch it wrote under says nothing of that.
fn writer_at(evidence: &Evidence, at_us: u64) -> Site {
    let promoted = evidence.notes.iter().filter_map(|noted| match noted.what {
        What::Promoted { site, .. } if noted.at_us <= at_us => Some((noted.at_us, site)),
        _ => None,
    });
    promoted.max_by_key(|(at_us, _)| *at_us).map_or(Site::Primary, |(_, site)| site)
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
        let mut made: Vec<(Site, &WatchedCommit)> = Vec::new();
        for tail in &evidence.tails {
            let new = tail.commits.iter().filter(|commit| told.insert(name(commit)));
            made.extend(new.map(|commit| (tail.site, commit)));
        }
        let kept = evidence.commits.iter().filter(|commit| told.insert(name(commit)));
        made.extend(kept.map(|commit| (writer_at(evidence, commit.at_us), commit)));
        let by_runs = by_runs(&made);
        for (site, commit) in made {
            let gate = (!by_runs.contains(&name(commit)))
                .then(|| through_gate(evidence, spans, site, commit.at_us));
            self.add(commit.at_us, committed(commit, site, gate));
        }
        for raise in &evidence.raises {
            let site = Site::ALL.into_iter().find(|site| site.region() == raise.region);
            let site = site.unwrap_or_else(|| writer_at(evidence, raise.at_us));
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

    /// In the order of the clock. What was so before the drill began is so at its beginning. After its
    /// end everything is mended, which is no part of it; but what a Region that came back writes or moves
    /// then is judged.
    fn in_order(mut self, evidence: &Evidence) -> Vec<Moment> {
        let is_judged = |what: &What| matches!(what, What::Committed { .. } | What::Moved { .. });
        self.0.retain(|(at_us, _, what)| *at_us <= evidence.end_us || is_judged(what));
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
fn name(commit: &WatchedCommit) -> CommitName {
    (commit.number, commit.transaction, commit.at_us, commit.movement)
}

/// A commit that tells no event carries no epoch that could be seen.
fn committed(commit: &WatchedCommit, site: Site, gate: Option<bool>) -> What {
    What::Committed {
        site,
        epoch: commit.epoch.unwrap_or(commit.row_epoch),
        row_epoch: commit.row_epoch,
        movement: commit.movement,
        state: commit.state,
        gate,
    }
}

/// The commits that runs made: what puts a movement into quarantine, and what takes it out again. No
/// service does either, and all others are a service's, whatever its gate says.
fn by_runs(made: &[(Site, &WatchedCommit)]) -> BTreeSet<CommitName> {
    let mut in_order: Vec<&(Site, &WatchedCommit)> = made.iter().collect();
    in_order.sort_by_key(|(site, commit)| (*site, commit.at_us, commit.number));
    let mut held = BTreeSet::new();
    let mut by_runs = BTreeSet::new();
    for (site, commit) in in_order {
        let is_held = commit.state == Some(State::Quarantined);
        let movement = (*site, commit.movement);
        let was_held = if is_held { !held.insert(movement) } else { held.remove(&movement) };
        if is_held || was_held {
            by_runs.insert(name(commit));
        }
    }
    by_runs
}

/// Whether what a service commits now counts as let in by its gate: it does, but for what was on its
/// way when the gate closed. A service that writes on and on while its log says that it is closed has
/// a gate that lets everything in.
fn through_gate(evidence: &Evidence, spans: &[Span], site: Site, at_us: u64) -> bool {
    let of_site = || spans.iter().filter(|span| span.site == site);
    let is_open = of_site().any(|span| span.is_open_at(at_us));
    let closed_us = of_site().filter_map(|span| span.until_us).filter(|until| *until <= at_us);
    let Some(closed_us) = closed_us.max().filter(|_| !is_open) else { return true };
    let thawed_us = thaws(evidence, site).filter(|thawed| (closed_us..=at_us).contains(thawed));
    // What was on its way in a Region that stood still goes on when that does.
    let since_us = thawed_us.max().unwrap_or(closed_us);
    at_us - since_us > ON_ITS_WAY_US
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
