//! Every step of every run: something goes wrong at each of them in turn, counted and not sampled.
//!
//! A step is one entry of the journal or one effect, before it and behind it.

use drill::{Happening, Scenario, Span, Spoiled, Trigger, When, judge, runner_steps, simulate};
use expect_test::{Expect, expect};
use runbook::{ActionName, PlanKind};

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
fn play(base: &Scenario, seed: u64, trigger: Trigger, happening: &Happening) {
    let mut scenario = base.clone();
    let happening = happening.clone();
    scenario.happenings.push(When { trigger, chance_percent: 100, happening });
    let verdict = judge(&scenario, &simulate(&scenario, seed));
    let broken: Vec<String> = verdict.violations.iter().map(ToString::to_string).collect();
    assert!(broken.is_empty(), "{}\nwith seed {seed}:\n{scenario}", broken.join("\n"));
}

/// Disturbs every step of every run; the counts of steps are in the table.
#[track_caller]
fn disturb(happening: impl Fn(u64) -> Happening, counted: Expect) {
    let mut table = String::new();
    for (name, seed) in RUNS {
        let base = scenario(name, seed);
        let steps = runner_steps(&base, seed);
        for step in 0..steps {
            play(&base, seed, Trigger::RunnerStep(Span::exactly(step)), &happening(step));
        }
        table += &format!("{name:24} {steps:4}\n");
    }
    counted.assert_eq(&table);
}

#[test]
fn the_runner_dies_at_every_step() {
    disturb(
        |_| Happening::KillRunner(Span::exactly(3_000)),
        expect![[r#"
            switchover                116
            failback                  232
            region-lost               137
            region-isolated           156
            database-lost             170
            fence-timed-out           167
            promotion-refused         166
            promotion-unclear         156
            switchover-refused         96
            abort-before-no-return     51
        "#]],
    );
}

#[test]
fn a_second_runner_begins_at_every_step() {
    disturb(
        |_| Happening::SecondRunner,
        expect![[r#"
            switchover                116
            failback                  232
            region-lost               137
            region-isolated           156
            database-lost             170
            fence-timed-out           167
            promotion-refused         166
            promotion-unclear         156
            switchover-refused         96
            abort-before-no-return     51
        "#]],
    );
}

#[test]
fn a_rival_asks_for_a_run_at_every_step() {
    disturb(
        |_| Happening::RivalRun(PlanKind::Failover),
        expect![[r#"
            switchover                116
            failback                  232
            region-lost               137
            region-isolated           156
            database-lost             170
            fence-timed-out           167
            promotion-refused         166
            promotion-unclear         156
            switchover-refused         96
            abort-before-no-return     51
        "#]],
    );
}

#[test]
fn the_journal_is_cut_at_every_length() {
    disturb(
        |step| Happening::ShortenJournal(step as u32 / 2),
        expect![[r#"
            switchover                116
            failback                  232
            region-lost               137
            region-isolated           156
            database-lost             170
            fence-timed-out           167
            promotion-refused         166
            promotion-unclear         156
            switchover-refused         96
            abort-before-no-return     51
        "#]],
    );
}

/// Spoils every action of every run in this way; the counts of actions are in the table.
#[track_caller]
fn spoil(how: Spoiled, times: u32, counted: Expect) {
    let mut table = String::new();
    for (name, seed) in RUNS {
        // A planned run that cannot go on turns back, which is right too.
        let mut base = scenario(name, seed);
        base.expectation.active = None;
        let mut count = 0;
        for action in ActionName::ALL {
            let trigger = Trigger::Before(*action);
            play(&base, seed, trigger, &Happening::Spoil(how, times));
            count += 1;
        }
        table += &format!("{name:24} {count:4}\n");
    }
    counted.assert_eq(&table);
}

#[test]
fn every_action_is_interrupted() {
    spoil(
        Spoiled::Interrupted,
        1,
        expect![[r#"
            switchover                 40
            failback                   40
            region-lost                40
            region-isolated            40
            database-lost              40
            fence-timed-out            40
            promotion-refused          40
            promotion-unclear          40
            switchover-refused         40
            abort-before-no-return     40
        "#]],
    );
}

#[test]
fn every_action_is_done_and_says_nothing() {
    spoil(
        Spoiled::Unclear,
        1,
        expect![[r#"
            switchover                 40
            failback                   40
            region-lost                40
            region-isolated            40
            database-lost              40
            fence-timed-out            40
            promotion-refused          40
            promotion-unclear          40
            switchover-refused         40
            abort-before-no-return     40
        "#]],
    );
}

#[test]
fn every_action_is_refused() {
    spoil(
        Spoiled::Refused,
        1,
        expect![[r#"
            switchover                 40
            failback                   40
            region-lost                40
            region-isolated            40
            database-lost              40
            fence-timed-out            40
            promotion-refused          40
            promotion-unclear          40
            switchover-refused         40
            abort-before-no-return     40
        "#]],
    );
}

#[test]
fn every_action_fails_until_a_person_sees_to_it() {
    spoil(
        Spoiled::Interrupted,
        30,
        expect![[r#"
            switchover                 40
            failback                   40
            region-lost                40
            region-isolated            40
            database-lost              40
            fence-timed-out            40
            promotion-refused          40
            promotion-unclear          40
            switchover-refused         40
            abort-before-no-return     40
        "#]],
    );
}
