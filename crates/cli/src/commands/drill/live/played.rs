//! What came of the live drills that were played.

use drill::{Seconds, Violation};
use local::rehearsal::{LeftBehind, NotRehearsed, Rehearsed, Summaries};

use crate::commands::drill::chosen::Chosen;

/// All drills of one command.
pub(super) struct Played {
    pub(super) summaries: Summaries,
    /// How many drills were to be played.
    pub(super) wanted: u64,
    /// The drill that is told.
    pub(super) told: Option<Told>,
    /// What was broken, and in which drill, for people.
    pub(super) violations: Vec<(String, Violation)>,
    /// The drills that came to nothing, and why: those that were not played to their end, and those that were not
    /// what was asked for.
    pub(super) failures: Vec<String>,
    /// How many drills were not even played to their end.
    pub(super) unplayed: usize,
    pub(super) is_stopped: bool,
    /// How many drills were begun.
    begun: u64,
    /// What came of the last drill, in one line.
    last: String,
    is_last_whole: bool,
}

/// The drill that is told: the one in which the gravest rule was broken, else the one that lost most.
pub(super) struct Told {
    pub(super) rehearsed: Rehearsed,
    pub(super) seed: u64,
    /// Which of the scenarios.
    pub(super) at: usize,
}

impl Played {
    pub(super) fn new(chosen: &[Chosen], repeat: u64) -> Self {
        let names = chosen.iter().map(|one| (one.scenario.name.clone(), Default::default()));
        Self {
            summaries: Summaries { scenarios: names.collect(), ..Summaries::default() },
            wanted: repeat.saturating_mul(chosen.len() as u64),
            told: None,
            violations: Vec::new(),
            failures: Vec::new(),
            unplayed: 0,
            is_stopped: false,
            begun: 0,
            last: String::new(),
            is_last_whole: true,
        }
    }

    pub(super) fn drills(&self) -> u64 {
        self.summaries.all.drills
    }

    pub(super) fn broken(&self) -> u64 {
        self.summaries.all.broken
    }

    /// Whether there is nothing to see in what the last drill left.
    pub(super) fn last_is_whole(&self) -> bool {
        self.is_last_whole
    }

    /// What came of the last drill.
    pub(super) fn line(&self) -> &str {
        &self.last
    }

    /// A drill that was not the one that was asked for proves nothing, unless it broke a rule: it is measured with the
    /// others only then.
    pub(super) fn take(&mut self, at: usize, seed: u64, rehearsed: Rehearsed) {
        self.begun += 1;
        let measured = &rehearsed.measured;
        let name = format!("{}, seed {seed}", measured.scenario.name);
        let (violations, mishaps) = (&measured.verdict.violations, &rehearsed.mishaps);
        self.violations.extend(violations.iter().map(|it| (name.clone(), it.clone())));
        if !mishaps.is_empty() {
            self.failures.push(format!("{name}: {}", mishaps.join("; ")));
        }
        self.is_last_whole = violations.is_empty() && mishaps.is_empty();
        self.last = self.line_of(&name, &rehearsed);
        if mishaps.is_empty() || !violations.is_empty() {
            self.summaries.all.add(measured);
            self.summaries.scenarios[at].1.add(measured);
            let told = Told { rehearsed, seed, at };
            if self.told.as_ref().is_none_or(|before| told.weight() > before.weight()) {
                self.told = Some(told);
            }
        }
    }

    pub(super) fn fail(&mut self, scenario: &str, seed: u64, error: &NotRehearsed) {
        self.begun += 1;
        self.unplayed += 1;
        let mut text = format!("{scenario}, seed {seed}: {error}");
        let mut cause: &dyn std::error::Error = error;
        while let Some(next) = cause.source() {
            text += &format!(": {next}");
            cause = next;
        }
        self.last = format!("{} came to nothing: {text}", self.count());
        self.failures.push(text);
        self.is_last_whole = false;
    }

    fn count(&self) -> String {
        format!("{} of {}", self.begun, self.wanted)
    }

    fn line_of(&self, name: &str, rehearsed: &Rehearsed) -> String {
        let measured = &rehearsed.measured;
        let violation = measured.verdict.violations.first();
        let mut parts = vec![match (violation, &rehearsed.mishaps[..]) {
            (Some(violation), _) => format!("BROKEN {}: {violation}", violation.name()),
            (None, []) => "kept".to_owned(),
            (None, _) => "came to nothing".to_owned(),
        }];
        parts.extend(measured.report.rto_ms().map(|ms| format!("RTO {}", Seconds(ms))));
        for handover in &measured.handovers {
            let ms = handover.pause.clients_ms;
            parts.extend(ms.map(|ms| format!("{} pause {}", handover.kind, Seconds(ms))));
        }
        parts.push(format!("{} acknowledged", measured.report.totals.acknowledged));
        if !measured.lost.is_empty() {
            parts.push(format!("{} rows lost and named", measured.lost.len()));
        }
        parts.extend(measured.left_behind.iter().filter(|left| left.receipts > 0).map(|left| {
            let LeftBehind { site, receipts, arrived } = left;
            format!(
                "{receipts} receipts were in {} alone, {arrived} of them copied since",
                site.role()
            )
        }));
        parts.extend(measured.unplayed.iter().cloned());
        parts.extend(rehearsed.mishaps.iter().cloned());
        format!("{} {name}: {}", self.count(), parts.join(", "))
    }
}

impl Told {
    /// How much there is to tell: broken rules first, then losses.
    fn weight(&self) -> (bool, std::cmp::Reverse<usize>, usize) {
        let measured = &self.rehearsed.measured;
        let gravity = measured.verdict.violations.first().map(Violation::gravity);
        (gravity.is_some(), std::cmp::Reverse(gravity.unwrap_or_default()), measured.lost.len())
    }
}
