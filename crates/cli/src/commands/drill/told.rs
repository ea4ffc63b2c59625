//! Which drill is told: the one in which the gravest rule was broken, with a short scenario that breaks it too; else one of
//! the standard scenario.

use drill::{Report, STANDARD, Scenario, shrink};

use super::chosen::Chosen;
use super::play::{self, Drill, Played, Seeds};

/// The drill that is told.
pub(super) struct Told {
    /// It, played again; none when the code under drill panicked in it.
    pub(super) drill: Option<Drill>,
    /// The command that plays it again.
    pub(super) again: String,
    /// What was broken in it.
    pub(super) broken: Option<Broken>,
}

/// A rule that was broken.
pub(super) struct Broken {
    /// The seed.
    pub(super) seed: u64,
    /// The message of the panic, if it was one.
    pub(super) panicked: Option<String>,
    /// A short scenario that breaks the same rule with the same seed.
    pub(super) shortened: Scenario,
}

impl Drill {
    /// What it measured.
    pub(super) fn report(&self) -> Report {
        Report::new(&self.scenario, &self.history, &self.verdict)
    }
}

/// Plays the drill that is to be told once more.
pub(super) fn tell(chosen: &[Chosen], played: &Played, seeds: Seeds) -> Told {
    let violated = gravest(chosen, played);
    let (one, seed) = violated.unwrap_or_else(|| standard(chosen, played, seeds));
    let (drill, panicked) = match play::drill(&one.scenario, seed) {
        Ok(drill) => (Some(drill), None),
        Err(message) => (None, Some(message)),
    };
    let broken = violated.map(|_| Broken { seed, panicked, shortened: shortened(one, seed) });
    Told { drill, again: again(one, seed), broken }
}

/// The drill with the gravest violation; the first of those that are as grave.
fn gravest<'chosen>(chosen: &'chosen [Chosen], played: &Played) -> Option<(&'chosen Chosen, u64)> {
    let violated = chosen.iter().zip(&played.summaries);
    let violated = violated.filter_map(|(one, summary)| Some((one, summary.gravest?)));
    violated.min_by_key(|(_, (gravity, _))| *gravity).map(|(one, (_, seed))| (one, seed))
}

/// A drill of the standard scenario, or of the first that was chosen: the first in which rows were lost, because there
/// is more to see in it.
fn standard<'chosen>(
    chosen: &'chosen [Chosen],
    played: &Played,
    seeds: Seeds,
) -> (&'chosen Chosen, u64) {
    let at = chosen.iter().position(|one| one.argument == STANDARD).unwrap_or_default();
    (&chosen[at], played.summaries[at].losing.unwrap_or(seeds.first))
}

/// The command that plays a drill again.
pub(super) fn again(one: &Chosen, seed: u64) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./".contains(character);
    let argument = match one.argument.chars().all(is_plain) {
        true => one.argument.clone(),
        false => format!("'{}'", one.argument.replace('\'', r"'\''")),
    };
    format!("tideover drill --scenario {argument} --seed {seed}")
}

/// The shortest scenario that could be found in which the same goes wrong.
fn shortened(one: &Chosen, seed: u64) -> Scenario {
    let broken = rule(&one.scenario, seed);
    shrink(&one.scenario, seed, |scenario, seed| rule(scenario, seed) == broken)
}

/// The gravest rule that a drill breaks; none when every rule is kept.
fn rule(scenario: &Scenario, seed: u64) -> Option<&'static str> {
    match play::drill(scenario, seed) {
        Ok(drill) => drill.verdict.violations.first().map(drill::Violation::name),
        Err(_) => Some("panicked"),
    }
}
