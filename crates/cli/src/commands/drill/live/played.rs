//! What came of the live drills that were played.

use drill::{Seconds, Violation};
use local::rehearsal::{NotRehearsed, Rehearsed, Summaries};

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
    /// The drills that came to nothing, and why.
    pub(super) failures: Vec<String>,
    pub(super) is_stopped: bool,
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
            is_stopped: false,
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

    pub(super) fn take(&mut self, at: usize, seed: u64, rehearsed: Rehearsed) {
        let measured = &rehearsed.measured;
        self.summaries.all.add(measured);
        self.summaries.scenarios[at].1.add(measured);
        let name = format!("{}, seed {seed}", measured.scenario.name);
        let violations = &measured.verdict.violations;
        self.violations.extend(violations.iter().map(|it| (name.clone(), it.clone())));
        self.is_last_whole = violations.is_empty() && rehearsed.mishaps.is_empty();
        self.last = self.line_of(&name, &rehearsed);
        let told = Told { rehearsed, seed, at };
        if self.told.as_ref().is_none_or(|before| told.weight() > before.weight()) {
            self.told = Some(told);
        }
    }

    pub(super) fn fail(&mut self, scenario: &str, seed: u64, error: &NotRehearsed) {
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
        let begun = self.drills() + self.failures.len() as u64;
        format!("{begun} of {}", self.wanted)
    }

    fn line_of(&self, name: &str, rehearsed: &Rehearsed) -> String {
        let measured = &rehearsed.measured;
        let mut parts = vec![match measured.verdict.violations.first() {
            None => "kept".to_owned(),
            Some(violation) => format!("BROKEN {}: {violation}", violation.name()),
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
