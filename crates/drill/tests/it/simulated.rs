//! The shipped scenarios, each over many seeds: no rule is ever broken, and the same seed is the
//! same drill.

use drill::{judge, parse, shipped, simulate};

/// Seeds for each scenario: so many that a rule that is broken seldom shows, and so few that this
/// takes seconds in a build without optimization.
const SEEDS: u64 = 60;

#[test]
fn no_scenario_breaks_a_rule() {
    let mut broken = String::new();
    for (name, text) in shipped() {
        let scenario = parse(name, text).expect("a shipped scenario has no faults");
        for seed in 0..SEEDS {
            let fixed = scenario.fixed(seed);
            for violation in judge(&fixed, &simulate(&fixed, seed)).violations {
                broken += &format!("{name}, seed {seed}: {violation}\n");
            }
        }
    }
    assert_eq!(broken, "");
}

#[test]
fn the_same_seed_is_the_same_drill() {
    for (name, text) in shipped() {
        let fixed = parse(name, text).expect("a shipped scenario has no faults").fixed(7);
        let [first, second] = [(); 2].map(|()| simulate(&fixed, 7));
        assert_eq!(format!("{first:?}"), format!("{second:?}"), "{name}");
    }
}

#[test]
fn another_seed_is_another_drill() {
    let (name, text) = shipped()[0];
    let scenario = parse(name, text).expect("a shipped scenario has no faults");
    let [first, second] = [1, 2].map(|seed| simulate(&scenario.fixed(seed), seed));
    assert_ne!(format!("{:?}", first.moments), format!("{:?}", second.moments));
}
