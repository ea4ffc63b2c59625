//! Live drills as people play them, and what there is to see of them afterwards.

use std::fs;

use drill::{Happening, History, Scenario, Span, Trigger, Verdict, When, judge};
use runbook::{ActionName, PlanKind};
use serde_json::Value;
use tempfile::TempDir;

use super::alone::Alone;
use super::two_regions::folder;
use crate::place::{Outcome, Place};

/// How many payments a second clients offer: as many as a small machine can take, in a program that is not optimized.
const RATE: &str = "100";

/// From what fails to the failover that people begin, where a shipped scenario has them watch.
const NOTICED: Span = Span { least: 30_000, most: 40_000 };

/// A shipped scenario, without limits of time: no test asserts how fast anything is. Nobody watches probes, which
/// fail on a busy machine where nothing is wrong; the failover has a line of its own instead.
pub(super) fn untimed(name: &str) -> Scenario {
    let shipped = drill::shipped().iter().find(|shipped| shipped.0 == name);
    let (name, text) = shipped.unwrap_or_else(|| panic!("`{name}` is shipped"));
    let mut scenario = of_text(name, text);
    if scenario.operator.watch.take().is_some() {
        let is_fault = |line: &When| matches!(line.happening, Happening::Fault(_));
        let fails = scenario.happenings.iter().position(is_fault).expect("something fails");
        let happening = Happening::Run(PlanKind::Failover);
        let line = When { trigger: Trigger::After(NOTICED), chance_percent: 100, happening };
        scenario.happenings.insert(fails + 1, line);
    }
    scenario
}

/// A scenario of a test's own.
pub(super) fn of_text(name: &str, text: &str) -> Scenario {
    let mut scenario =
        drill::parse(name, text).unwrap_or_else(|mistakes| panic!("{name}: {mistakes:?}"));
    scenario.expectation.rto_ms = None;
    scenario.expectation.pause_ms = None;
    scenario
}

/// Drills that were played by one command, one of each scenario.
pub(super) struct Played {
    evidence: TempDir,
    seed: u64,
    /// What the command said.
    pub(super) outcome: Outcome,
    /// What it told programs; null when it did not.
    pub(super) told: Value,
}

impl Played {
    /// Plays these.
    pub(super) fn of(scenarios: &[Scenario], seed: u64) -> Self {
        Self::with(scenarios, seed, "", None)
    }

    /// Plays these over what is between the places.
    pub(super) fn over(network: &str, scenarios: &[Scenario], seed: u64) -> Self {
        Self::with(scenarios, seed, &format!(" --network {network}"), None)
    }

    /// Plays these, with a bug planted into every process of the two Regions.
    #[cfg(feature = "planted-bugs")]
    pub(super) fn with_bug(scenarios: &[Scenario], seed: u64, bug: Option<&str>) -> Self {
        Self::with(scenarios, seed, "", bug)
    }

    fn with(scenarios: &[Scenario], seed: u64, more: &str, bug: Option<&str>) -> Self {
        let (place, evidence) = (Place::new(), folder());
        let mut words = format!("drill --live --output json --rate {RATE} --seed {seed}{more}");
        for scenario in scenarios {
            let file = format!("{}.drill", scenario.name);
            place.write(&file, scenario.to_string());
            words += &format!(" --scenario {file}");
        }
        words += &format!(" --evidence {}", evidence.path().display());
        let mut run = place.tideover(&words);
        if let Some(bug) = bug {
            run = run.env("TIDEOVER_PLANTED_BUG", bug);
        }
        let alone = Alone::wait();
        let outcome = run.outcome();
        drop(alone);
        let told = serde_json::from_str(&outcome.stdout).unwrap_or_default();
        Self { evidence, seed, outcome, told }
    }

    /// What a process of one of the drills wrote.
    pub(super) fn file(&self, scenario: &Scenario, path: &str) -> String {
        let drill = self.evidence.path().join(format!("{}-{}", scenario.name, self.seed));
        fs::read_to_string(drill.join(path)).unwrap_or_default()
    }

    /// What happened in one of the drills.
    pub(super) fn history(&self, scenario: &Scenario) -> History {
        let drill = self.evidence.path().join(format!("{}-{}", scenario.name, self.seed));
        let text = fs::read_to_string(drill.join("history.json"));
        let text =
            text.unwrap_or_else(|error| panic!("{}: {error}\n{}", scenario.name, self.outcome));
        drill::from_json(&text).expect("a history can be read back")
    }
}

/// What the judge says of a history, in which no limits of time are looked at.
pub(super) fn verdict(scenario: &Scenario, history: &History) -> Verdict {
    judge(scenario, history)
}

/// The broken rules, one a line.
pub(super) fn broken(verdict: &Verdict) -> String {
    let lines = verdict.violations.iter().map(|it| format!("{}: {it}\n", it.name()));
    lines.collect()
}

/// The actions of a run in the order in which each ended well for the first time.
pub(super) fn order(history: &History, run: &str) -> Vec<ActionName> {
    let mut order = Vec::new();
    for moment in &history.moments {
        let drill::What::Run { run: of, step: drill::RunStep::Journaled(entry) } = &moment.what
        else {
            continue;
        };
        if let runbook::Event::Ended { action, result: Ok(_), .. } = &entry.event
            && of == run
            && !order.contains(action)
        {
            order.push(*action);
        }
    }
    order
}
