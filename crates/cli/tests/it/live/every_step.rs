//! The runner of a live failover is killed with SIGKILL at its steps, and another goes on: each time the same end.
//!
//! A step is one entry of the journal or one effect, before it and behind it. With `TIDEOVER_EVERY_STEP=0` in the
//! environment there is a drill for each step, with another number for each from that one on; without, one drill in
//! which runners die at some, spread over the run.

use drill::{Happening, History, RunStep, Scenario, Span, Trigger, What, When};
use runbook::{ActionName, Event};

use super::played::{Played, broken, order, untimed, verdict};

const SEED: u64 = 3;
/// How often runners die in one drill, when not every step is tried.
const DEATHS: u64 = 6;

/// The scenario, with a runner that dies at each of these steps.
fn dying_at(steps: &[u64], name: &str) -> Scenario {
    let mut scenario = untimed("region-lost");
    scenario.name = name.to_owned();
    scenario.happenings.extend(steps.iter().map(|step| When {
        trigger: Trigger::RunnerStep(Span::exactly(*step)),
        chance_percent: 100,
        happening: Happening::KillRunner(Span::exactly(1_000)),
    }));
    scenario
}

fn run_steps(history: &History) -> impl Iterator<Item = (&str, &RunStep)> {
    history.moments.iter().filter_map(|moment| match &moment.what {
        What::Run { run, step } => Some((run.as_str(), step)),
        _ => None,
    })
}

/// How many steps the runners made, counted from what they left: one before and one behind each.
fn steps(history: &History) -> u64 {
    let of_runners = run_steps(history).filter(|(_, step)| match step {
        RunStep::Journaled(entry) => {
            matches!(entry.event, Event::Took { .. } | Event::Began { .. } | Event::Ended { .. })
        }
        RunStep::Performed { .. } => true,
        _ => false,
    });
    2 * of_runners.count() as u64
}

fn deaths(history: &History) -> usize {
    run_steps(history).filter(|(_, step)| matches!(step, RunStep::Died)).count()
}

/// What must be the same, however often runners died: who is active, under which epoch, and which actions were done
/// in which order, of those without which the run does not go on. What is best effort may be given up.
fn end(scenario: &Scenario, history: &History) -> (String, String, bool, Vec<ActionName>) {
    let verdict = verdict(scenario, history);
    assert!(verdict.holds(), "{}\n{scenario}", broken(&verdict));
    let record = history.end.record.as_ref().expect("the store answers in the end");
    let run = run_steps(history).next().expect("there is a run").0;
    let active = record.active_region().expect("a Region is active").to_string();
    let mut done = order(history, run);
    done.retain(|action| required(history).contains(action));
    (active, record.epoch().to_string(), record.run().is_none(), done)
}

/// The actions that the plan of the run requires.
fn required(history: &History) -> Vec<ActionName> {
    let plan = run_steps(history).find_map(|(_, step)| match step {
        RunStep::Journaled(entry) => match &entry.event {
            Event::Planned { plan, .. } => Some(plan),
            _ => None,
        },
        _ => None,
    });
    let actions = &plan.expect("the run was planned").actions;
    actions.iter().filter(|action| action.is_required()).map(|action| action.name).collect()
}

#[test]
fn the_runner_dies_and_another_goes_on() {
    let undisturbed = untimed("region-lost");
    let played = Played::of(std::slice::from_ref(&undisturbed), SEED);
    let history = played.history(&undisturbed);
    let expected = end(&undisturbed, &history);
    let count = steps(&history);
    assert_eq!((expected.0.as_str(), expected.1.as_str(), expected.2), ("us-east-2", "2", true));
    assert!(count >= 100 && expected.3.len() >= 12, "{count} steps: {:?}", expected.3);
    let first = std::env::var("TIDEOVER_EVERY_STEP").ok();
    let first = first.map(|first| first.parse().expect("a number of a step"));
    let lists: Vec<Vec<u64>> = match first {
        Some(first) => (first..count).map(|step| vec![step]).collect(),
        None => vec![(1..=DEATHS).map(|part| count * part / (DEATHS + 1)).collect()],
    };
    for steps in lists {
        let scenario = dying_at(&steps, &format!("dying-at-{}", steps[0]));
        let played = Played::of(std::slice::from_ref(&scenario), SEED);
        let history = played.history(&scenario);
        assert_eq!(deaths(&history), steps.len(), "at {steps:?}: {}", played.outcome);
        assert_eq!(end(&scenario, &history), expected, "at {steps:?}: {}", played.outcome);
    }
}
