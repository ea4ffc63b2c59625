//! Every step of every run: something goes wrong at each of them in turn, counted and not sampled.
//!
//! A step is one entry of the journal or one effect, before it and behind it.

use std::collections::{BTreeMap, BTreeSet};

use drill::{
    Happening, History, RunStep, Scenario, Span, Spoiled, Trigger, What, When, judge, runner_steps,
    simulate,
};
use expect_test::{Expect, expect};
use runbook::{ActionName, Event, PlanKind};

/// The runs to be disturbed, one for each plan and each class of failure under it.
const RUNS: [(&str, u64); 10] = [
    ("switchover", 1),
    ("failback", 2),
    ("region-lost", 3),
    ("region-isolated", 4),
    ("database-lost", 5),
    ("fence-timed-out", 6),
    ("promotion-refused", 7),
    ("promotion-unclear", 8),
    ("switchover-refused", 9),
    ("abort-before-no-return", 10),
];

fn scenario(name: &str, seed: u64) -> Scenario {
    let shipped = drill::shipped().iter().find(|shipped| shipped.0 == name);
    let (name, text) = shipped.unwrap_or_else(|| panic!("`{name}` is shipped"));
    let mut scenario =
        drill::parse(name, text).expect("a shipped scenario has no faults").fixed(seed);
    // Whatever goes wrong with a run besides takes the time that it takes.
    scenario.expectation.rto_ms = None;
    scenario.expectation.pause_ms = None;
    if scenario.name == "abort-before-no-return" {
        // An abort that comes too late is refused, and the run goes on.
        scenario.expectation.active = None;
    }
    scenario
}

/// Plays the scenario with one more thing that happens, and panics when a rule is broken.
fn play(base: &Scenario, seed: u64, trigger: Trigger, happening: &Happening) -> History {
    let mut scenario = base.clone();
    let happening = happening.clone();
    scenario.happenings.push(When { trigger, chance_percent: 100, happening });
    let history = simulate(&scenario, seed);
    let verdict = judge(&scenario, &history);
    let broken: Vec<String> = verdict.violations.iter().map(ToString::to_string).collect();
    assert!(broken.is_empty(), "{}\nwith seed {seed}:\n{scenario}", broken.join("\n"));
    history
}

/// How many steps each run has.
fn steps_of_runs() -> Expect {
    expect![[r#"
        switchover                116
        failback                  232
        region-lost               171
        region-isolated           166
        database-lost             180
        fence-timed-out           177
        promotion-refused         176
        promotion-unclear         166
        switchover-refused         96
        abort-before-no-return     51
    "#]]
}

/// Disturbs every step of every run; the counts of steps are in the table.
fn disturb(happening: &Happening) {
    let mut table = String::new();
    for (name, seed) in RUNS {
        let base = scenario(name, seed);
        let steps = runner_steps(&base, seed);
        for step in 0..steps {
            play(&base, seed, Trigger::RunnerStep(Span::exactly(step)), happening);
        }
        table += &format!("{name:24} {steps:4}\n");
    }
    steps_of_runs().assert_eq(&table);
}

#[test]
fn the_runner_dies_at_every_step() {
    disturb(&Happening::KillRunner(Span::exactly(3_000)));
}

#[test]
fn a_second_runner_begins_at_every_step() {
    disturb(&Happening::SecondRunner);
}

#[test]
fn a_rival_asks_for_a_run_at_every_step() {
    disturb(&Happening::RivalRun(PlanKind::Failover));
}

/// At every ninth step the journal is cut to every length that it can have then; the counts of cuts
/// are in the table.
#[test]
fn the_journal_is_cut_at_every_length() {
    let mut table = String::new();
    for (name, seed) in RUNS {
        let base = scenario(name, seed);
        let mut cuts = 0;
        for step in (0..runner_steps(&base, seed)).step_by(9) {
            let trigger = Trigger::RunnerStep(Span::exactly(step));
            let cut = |kept| play(&base, seed, trigger, &Happening::ShortenJournal(kept));
            cuts += (1..).take_while(|kept| has_lost_lines(&cut(*kept))).count();
        }
        table += &format!("{name:24} {cuts:4}\n");
    }
    expect![[r#"
        switchover                264
        failback                  533
        region-lost               617
        region-isolated           615
        database-lost             676
        fence-timed-out           681
        promotion-refused         718
        promotion-unclear         615
        switchover-refused        188
        abort-before-no-return     55
    "#]]
    .assert_eq(&table);
}

/// Whether the cut took anything from the journal.
fn has_lost_lines(history: &History) -> bool {
    let mut lengths: BTreeMap<&str, u64> = BTreeMap::new();
    for moment in &history.moments {
        match &moment.what {
            What::Run { run, step: RunStep::Journaled(_) } => {
                *lengths.entry(run).or_default() += 1;
            }
            What::Run { run, step: RunStep::Shortened(kept) } => {
                return *kept < lengths[run.as_str()];
            }
            _ => {}
        }
    }
    false
}

/// What was attempted in any run of a drill, but for what people approve.
fn attempted(history: &History) -> BTreeSet<ActionName> {
    let began = history.moments.iter().filter_map(|moment| match &moment.what {
        What::Run { step: RunStep::Journaled(entry), .. } => match entry.event {
            Event::Began { action, .. } => Some(action),
            _ => None,
        },
        _ => None,
    });
    let is_by_people = [ActionName::ApproveLoss, ActionName::ApproveDetach];
    began.filter(|action| !is_by_people.contains(action)).collect()
}

/// How many actions each run attempts that can be spoiled.
fn actions_of_runs() -> Expect {
    expect![[r#"
        switchover                 20
        failback                   20
        region-lost                26
        region-isolated            26
        database-lost              26
        fence-timed-out            26
        promotion-refused          27
        promotion-unclear          26
        switchover-refused         17
        abort-before-no-return      9
    "#]]
}

/// Spoils every action of every run in this way; the counts of actions are in the table. What is
/// written into the control record is refused by the record only, and is unclear here instead.
fn spoil(how: Spoiled, times: u32) {
    let mut table = String::new();
    for (name, seed) in RUNS {
        // A planned run that cannot go on turns back, which is right too.
        let mut base = scenario(name, seed);
        base.expectation.active = None;
        let actions = attempted(&simulate(&base, seed));
        for action in &actions {
            let trigger = Trigger::Before(*action);
            play(&base, seed, trigger, &Happening::Spoil(how, times));
        }
        let count = actions.len();
        table += &format!("{name:24} {count:4}\n");
    }
    actions_of_runs().assert_eq(&table);
}

#[test]
fn every_action_is_interrupted() {
    spoil(Spoiled::Interrupted, 1);
}

#[test]
fn every_action_is_done_and_says_nothing() {
    spoil(Spoiled::Unclear, 1);
}

#[test]
fn every_action_is_refused() {
    spoil(Spoiled::Refused, 1);
}

#[test]
fn every_action_fails_until_a_person_sees_to_it() {
    spoil(Spoiled::Interrupted, 30);
}
