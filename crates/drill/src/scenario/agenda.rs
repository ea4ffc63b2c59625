//! The lines of a scenario while it is played, and which have happened: the same for the simulator and for
//! real Regions.

use runbook::ActionName;

use super::{Happening, Scenario, Trigger, When};

/// The lines of a scenario that is [fixed](Scenario::fixed), and which have happened.
#[derive(Debug, Clone)]
pub struct Agenda {
    lines: Vec<When>,
    has_fired: Vec<bool>,
}

/// A moment of a runner that a line may hang on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cue {
    /// It has begun this action.
    Before(ActionName),
    /// This action has had its effect.
    Behind(ActionName),
}

/// A line that happens now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// What happens.
    pub happening: Happening,
    /// In how many milliseconds the line after it happens that hangs on it; none when none does.
    pub next_after_ms: Option<u64>,
}

impl Agenda {
    /// Nothing has happened.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        let lines = scenario.happenings.clone();
        Self { has_fired: vec![false; lines.len()], lines }
    }

    /// The lines that wait for their time from the beginning on, by number, and for how many
    /// milliseconds.
    #[must_use]
    pub fn timed(&self) -> Vec<(usize, u64)> {
        let lines = self.lines.iter().enumerate();
        let timed = lines.filter_map(|(number, when)| match when.trigger {
            Trigger::At(span) => Some((number, span.least)),
            Trigger::After(span) if number == 0 => Some((number, span.least)),
            _ => None,
        });
        timed.collect()
    }

    /// Whether a line waits until no run is open.
    #[must_use]
    pub fn waits_for_runs(&self, number: usize) -> bool {
        matches!(self.lines[number].trigger, Trigger::RunOver(_))
    }

    /// Whether a line waits for its time; what hangs on an action that no run does any more is not
    /// waited for, nor what hangs on such a line.
    #[must_use]
    pub fn waits_for_time(&self) -> bool {
        let mut is_reached = true;
        self.lines.iter().zip(&self.has_fired).any(|(when, has_fired)| {
            let waits = match when.trigger {
                Trigger::At(_) => true,
                Trigger::After(_) | Trigger::RunOver(_) => is_reached,
                Trigger::Before(_) | Trigger::Behind(_) | Trigger::RunnerStep(_) => false,
            };
            is_reached = *has_fired || waits;
            waits && !has_fired
        })
    }

    /// Whether a later line mends something.
    #[must_use]
    pub fn will_mend(&self) -> bool {
        self.unfired().any(|when| matches!(when.happening, Happening::Mend(_)))
    }

    /// Of each line, whether it has happened.
    #[must_use]
    pub fn has_fired(&self) -> &[bool] {
        &self.has_fired
    }

    /// The lines that have not happened.
    pub fn unfired(&self) -> impl Iterator<Item = &When> {
        let lines = self.lines.iter().zip(&self.has_fired);
        lines.filter(|(_, has_fired)| !**has_fired).map(|(when, _)| when)
    }

    /// The lines that hang on this step of the runners, or on this moment of one, by number.
    #[must_use]
    pub fn due(&self, step: u64, cue: Option<Cue>) -> Vec<usize> {
        let is_due = |when: &When| match when.trigger {
            Trigger::RunnerStep(span) => span.least == step,
            Trigger::Before(action) => cue == Some(Cue::Before(action)),
            Trigger::Behind(action) => cue == Some(Cue::Behind(action)),
            Trigger::At(_) | Trigger::After(_) | Trigger::RunOver(_) => false,
        };
        let lines = self.lines.iter().zip(&self.has_fired).enumerate();
        let due = lines.filter(|(_, (when, has_fired))| !**has_fired && is_due(when));
        due.map(|(number, _)| number).collect()
    }

    /// Lets a line happen; nothing when it has.
    pub fn fire(&mut self, number: usize) -> Option<Fired> {
        if std::mem::replace(&mut self.has_fired[number], true) {
            return None;
        }
        let next_after_ms = match self.lines.get(number + 1).map(|when| when.trigger) {
            Some(Trigger::After(span) | Trigger::RunOver(span)) => Some(span.least),
            _ => None,
        };
        Some(Fired { happening: self.lines[number].happening.clone(), next_after_ms })
    }
}
