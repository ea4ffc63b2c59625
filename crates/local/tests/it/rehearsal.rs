//! The live rehearsal without its stage: simulated drills taken apart into the evidence that a live one
//! leaves, and put together again.

use std::collections::BTreeMap;

use drill::{
    History, Moment, RunStep, START_MS, Scenario, Site, What, judge, parse, shipped, simulate,
};
use fence::{Millis, RunId};
use local::postgres::{EpochRaise, WatchedCommit};
use local::rehearsal::{
    Ending, Evidence, GateLine, Measured, Noted, Statistics, Summaries, TailOf, history,
};
use local::{Chosen, ChosenValue};
use payments::{Intent, IntentState, MovementId};
use runbook::{Entry, Event};

/// When the drills of these tests began, in microseconds since the Unix epoch.
const BEGIN_US: u64 = 1_900_000_000_000_000;

fn scenario(name: &str, seed: u64) -> Scenario {
    let (_, text) = shipped().iter().find(|(shipped, _)| *shipped == name).expect("it is shipped");
    parse(name, text).expect("a test of `drill` reads it").fixed(seed)
}

/// The first seeds of a scenario in which rows are lost, or just the first.
fn simulated(name: &str, seeds: u64) -> Vec<(Scenario, History)> {
    let drills = (1..=seeds).map(|seed| {
        let scenario = scenario(name, seed);
        let history = simulate(&scenario, seed);
        (scenario, history)
    });
    drills.collect()
}

/// The times of an entry, as its writer's clock would have shown them then.
fn as_written(entry: &Entry) -> Entry {
    let shift = |at: Millis| Millis(at.0 - START_MS + BEGIN_US / 1_000);
    let mut entry = Entry { at: shift(entry.at), ..entry.clone() };
    if let Event::Approved { expires_at, .. } = &mut entry.event {
        *expires_at = shift(*expires_at);
    }
    entry
}

/// Takes a simulated drill apart.
struct Apart {
    evidence: Evidence,
    intents: BTreeMap<MovementId, Intent>,
    /// What each promotion lost, and when it was.
    promoted: Vec<(u64, Site, Vec<MovementId>)>,
    by_site: Vec<(Site, WatchedCommit)>,
}

fn apart(of: &History) -> Evidence {
    let intents = of.end.intents.iter().map(|intent| (intent.movement, intent.clone())).collect();
    let (promoted, by_site) = (Vec::new(), Vec::new());
    let mut apart = Apart { evidence: Evidence::default(), intents, promoted, by_site };
    let mut last = (0, 0);
    for moment in &of.moments {
        // Several things of one millisecond stay in their order.
        last = if moment.at_ms == last.0 { (last.0, last.1 + 1) } else { (moment.at_ms, 0) };
        assert!(last.1 < 1_000, "too much in one millisecond");
        apart.take(BEGIN_US + moment.at_ms * 1_000 + last.1, &moment.what);
    }
    let mut evidence = apart.divided();
    evidence.scenario = of.scenario.clone();
    evidence.seed = of.seed;
    (evidence.begin_us, evidence.end_us) = (BEGIN_US, BEGIN_US + of.end.at_ms * 1_000 + 999);
    evidence.requests = of.requests.clone();
    let end = of.end.clone();
    evidence.end = Ending {
        left: end.left,
        record: end.record,
        payments: end.payments,
        postings: end.postings,
        intents: end.intents,
    };
    evidence
}

impl Apart {
    fn choose(&mut self, at_us: u64, site: Site, value: ChosenValue) {
        let proposer = if site == Site::Primary { 1 } else { 2 };
        self.evidence.chosen.push(Chosen { at_us, proposer, value });
    }

    fn choose_intent(&mut self, at_us: u64, site: Site, movement: MovementId, state: IntentState) {
        let intent = Intent { state, ..self.intents[&movement].clone() };
        self.choose(at_us, site, ChosenValue::Intent(intent));
    }

    fn take(&mut self, at_us: u64, what: &What) {
        let primary = Site::Primary;
        match what {
            What::Record(record) => {
                self.choose(at_us, primary, ChosenValue::Record((**record).clone()));
            }
            What::Run { run, step: RunStep::Journaled(entry) } => {
                let run = RunId::new(run.clone());
                self.choose(at_us, primary, ChosenValue::Entry(run, as_written(entry)));
            }
            What::IntentWritten { movement, site, .. } => {
                self.choose_intent(at_us, *site, *movement, IntentState::Accepted);
            }
            What::Quarantine { movement, held } => {
                let state = if *held { IntentState::Quarantined } else { IntentState::Posted };
                self.choose_intent(at_us, primary, *movement, state);
            }
            What::Committed { site, epoch, row_epoch, movement, state, .. } => {
                let number = self.by_site.len() as u64;
                let (epoch, row_epoch) = (Some(*epoch), *row_epoch);
                let (movement, state) = (*movement, *state);
                let transaction = number;
                let commit =
                    WatchedCommit { number, transaction, at_us, epoch, row_epoch, movement, state };
                self.by_site.push((*site, commit));
            }
            What::EpochRaised { site, epoch } => {
                let region = site.region().to_owned();
                self.evidence.raises.push(EpochRaise { epoch: *epoch, region, lsn: None, at_us });
            }
            What::Gate { site, open, reason } => {
                let (site, open, reason) = (*site, *open, *reason);
                self.evidence.gates.push(GateLine { at_us, site, open, reason });
            }
            What::Promoted { site, lost } => {
                self.promoted.push((at_us, *site, lost.clone()));
                let what = What::Promoted { site: *site, lost: Vec::new() };
                self.evidence.notes.push(Noted { at_us, what });
            }
            other => self.evidence.notes.push(Noted { at_us, what: other.clone() }),
        }
    }

    /// The commits by where they are in the end: what a promotion lost is read before the rewind.
    fn divided(mut self) -> Evidence {
        for (promoted_us, site, lost) in &self.promoted {
            let is_tail = |commit: &WatchedCommit| lost.contains(&commit.movement);
            let old = self.by_site.iter().filter(|(of, commit)| {
                *of == site.other() && (is_tail(commit) || commit.at_us > *promoted_us)
            });
            let commits: Vec<WatchedCommit> = old.map(|(_, commit)| commit.clone()).collect();
            self.by_site.retain(|(_, commit)| !commits.contains(commit));
            self.evidence.tails.push(TailOf { site: site.other(), commits });
        }
        self.evidence.commits = self.by_site.into_iter().map(|(_, commit)| commit).collect();
        self.evidence
    }
}

fn happened(history: &History) -> Vec<Moment> {
    let is_compared = |moment: &&Moment| !matches!(moment.what, What::Committed { .. });
    history.moments.iter().filter(is_compared).cloned().collect()
}

/// Whatever the judge and the report say of a drill they say of what its evidence makes of it.
#[test]
fn evidence_becomes_the_history_that_it_was() {
    let mut lost = 0;
    for name in ["region-lost", "region-isolated", "lag-high", "switchover", "service-restarted"] {
        for (scenario, original) in simulated(name, 12) {
            let put_together = history(&apart(&original));
            let (was, is) = (judge(&scenario, &original), judge(&scenario, &put_together));
            let seed = original.seed;
            assert_eq!(was.violations, [], "{name} {seed}");
            assert_eq!(is, was, "{name} {seed}");
            for (is, was) in happened(&put_together).iter().zip(happened(&original)) {
                assert_eq!(*is, was, "{name} {seed}");
            }
            assert_eq!(put_together.moments.len(), original.moments.len(), "{name} {seed}");
            lost += was.facts.lost.len();
        }
    }
    assert!(lost > 0, "no drill of these lost a row");
}

/// Makes what happened once happen again, changed, in the end.
fn again(history: &mut History, of: impl Fn(&What) -> Option<What>) {
    let what = history.moments.iter().rev().find_map(|moment| of(&moment.what));
    let at_ms = history.end.at_ms;
    history.moments.push(Moment { at_ms, what: what.expect("it happened once") });
}

/// A service of the old Region commits in the end, though its gate is closed by its own log.
fn commits_late(history: &mut History) {
    again(history, |what| match what.clone() {
        What::Committed { epoch, row_epoch, movement, state, gate: Some(_), .. } => {
            let (site, gate) = (Site::Primary, Some(true));
            Some(What::Committed { site, epoch, row_epoch, movement, state, gate })
        }
        _ => None,
    });
}

/// A rule that is broken in a drill is found to be broken in its evidence.
#[test]
fn what_was_broken_is_found_again_in_the_evidence() {
    type Break = fn(&mut History);
    let cases: [(&str, Break); 5] = [
        ("lost", |history| {
            history.end.payments.clear();
            history.end.postings.clear();
        }),
        ("moved-twice", |history| {
            again(history, |what| match what {
                What::Moved { .. } => Some(what.clone()),
                _ => None,
            });
        }),
        ("committed-under-other-epoch", |history| {
            again(history, |what| match what.clone() {
                What::Committed { site, epoch, row_epoch, movement, state, gate } => {
                    let epoch = epoch - 1;
                    Some(What::Committed { site, epoch, row_epoch, movement, state, gate })
                }
                _ => None,
            });
        }),
        ("committed-through-gate", commits_late),
        ("two-gates", |history| {
            again(history, |what| match what {
                What::Gate { open: Some(epoch), .. } => {
                    Some(What::Gate { site: Site::Primary, open: Some(*epoch), reason: "" })
                }
                _ => None,
            });
        }),
    ];
    for (rule, break_it) in cases {
        for (scenario, mut broken) in simulated("region-isolated", 3) {
            break_it(&mut broken);
            let put_together = history(&apart(&broken));
            for (which, history) in [("simulated", &broken), ("evidence", &put_together)] {
                let found = judge(&scenario, history).violations;
                let is_found = found.iter().any(|violation| violation.name() == rule);
                assert!(is_found, "{rule}, {which}, seed {}: {found:#?}", broken.seed);
            }
        }
    }
}

#[test]
fn parts_are_the_whole_and_lost_payments_are_named() {
    let mut statistics = Statistics::default();
    for (scenario, original) in simulated("lag-high", 12) {
        let measured = Measured::of(&scenario, original);
        for handover in &measured.handovers {
            let parts: u64 = handover.parts.iter().map(|(_, ms)| ms).sum();
            assert_eq!(Some(parts), handover.rto_ms);
            assert!(handover.cause.is_some());
        }
        assert_eq!(measured.lost.len(), measured.report.loss.rows.len());
        assert!(measured.lost_without_intents() <= measured.lost.len() as u64);
        statistics.add(&measured);
    }
    let [failovers, planned] = statistics.handovers();
    assert!(failovers >= 12 && planned == 0, "{failovers} {planned}");
    let counted = statistics.counted;
    assert_eq!((counted.lost, counted.doubled, counted.old_epoch), (0, 0, 0));
    assert!(counted.lost_without_intents > 0, "{counted:?}");
    assert_eq!(statistics.lost.len() as u64, counted.rows);
}

#[test]
fn planned_changes_have_a_pause_of_clients_and_one_of_the_ledger() {
    let mut summaries = Summaries::default();
    for (scenario, original) in simulated("switchover", 6) {
        let measured = Measured::of(&scenario, original);
        let [handover] = &measured.handovers[..] else { panic!("one switchover, one handover") };
        assert_eq!(handover.target, Site::Standby);
        let clients_ms = handover.pause.clients_ms.expect("clients paid before and after");
        let ledger_ms = handover.pause.ledger_ms.expect("so did the ledger");
        assert!(clients_ms > 0 && ledger_ms > 0, "{clients_ms} {ledger_ms}");
        summaries.all.add(&measured);
    }
    summaries.scenarios.push(("switchover".to_owned(), summaries.all.clone()));
    let text = summaries.text();
    for wanted in ["switchover ", "0 failovers, 6 planned changes", "acknowledged payments lost"] {
        assert!(text.contains(wanted), "{text}");
    }
    let json = summaries.json();
    assert_eq!(json["all"]["planned"], 6, "{json:#}");
    assert_eq!(json["scenarios"][0]["name"], "switchover");
}
