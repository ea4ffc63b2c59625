//! Whether the two judges agree: on histories as they are, and with faults planted into them.

use drill::{Scenario, Violation, from_json, judge, parse, shipped, simulate, to_json};

use super::faults;
use super::mutations::MUTATIONS;
use crate::history_table::read;

/// How often the judges were asked, and what for.
#[derive(Default)]
struct Agreement {
    sound: usize,
    faulty: usize,
    planted: [usize; MUTATIONS.len()],
}

impl Agreement {
    /// Asks both judges about an export, and about it with each fault that it has a place for.
    #[track_caller]
    fn ask(&mut self, scenario: &Scenario, export: &str, name: &str) {
        if self.agree(scenario, export, name) {
            self.faulty += 1;
            return;
        }
        self.sound += 1;
        for (planted, mutation) in self.planted.iter_mut().zip(&MUTATIONS) {
            let Some(faulty) = mutation.plant(export) else { continue };
            let (first, second) = (first(scenario, &faulty), faults(&faulty));
            assert!(!first.is_empty(), "{name}: the first judge missed `{}`", mutation.name);
            assert!(!second.is_empty(), "{name}: the second judge missed `{}`", mutation.name);
            *planted += 1;
        }
    }

    /// Whether both find something wrong; it must be both or neither.
    #[track_caller]
    fn agree(&self, scenario: &Scenario, export: &str, name: &str) -> bool {
        let (first, second) = (first(scenario, export), faults(export));
        assert_eq!(
            first.is_empty(),
            second.is_empty(),
            "{name}: the first judge says {first:#?}, the second {second:#?}"
        );
        !first.is_empty()
    }
}

/// What the first judge says of what the second can judge too: outcomes of keys, and money.
fn first(scenario: &Scenario, export: &str) -> Vec<String> {
    let history = from_json(export).expect("an export can be read");
    let violations = judge(scenario, &history).violations;
    let of_both = violations.iter().filter(|violation| is_of_both(violation));
    of_both.map(ToString::to_string).collect()
}

fn is_of_both(violation: &Violation) -> bool {
    match violation {
        Violation::Lost { missed, .. } => *missed == drill::MissedWhen::End,
        Violation::MovedTwice { .. }
        | Violation::MovedForOneKey { .. }
        | Violation::RefundedTooMuch { .. }
        | Violation::MovedUnlikeBooks { .. }
        | Violation::TwoOutcomes { .. }
        | Violation::Books { .. } => true,
        _ => false,
    }
}

#[test]
fn on_histories_written_by_hand() {
    let mut agreement = Agreement::default();
    for (name, table) in TABLES {
        let (scenario, history) = read(table);
        agreement.ask(&scenario, &to_json(&history), name);
    }
    assert_eq!((agreement.sound, agreement.faulty), (3, 2));
    for (planted, mutation) in agreement.planted.iter().zip(&MUTATIONS) {
        assert!(*planted > 0, "no history has a place for `{}`", mutation.name);
    }
}

/// Seeds of each shipped scenario. Faults are planted into the history of the first only: all of
/// them take a hundred times as long as the drill.
const SEEDS: u64 = 5;

#[test]
fn on_drills() {
    let mut agreement = Agreement::default();
    for (name, text) in shipped() {
        let scenario = parse(name, text).expect("a shipped scenario has no faults");
        for seed in 0..SEEDS {
            let export = to_json(&simulate(&scenario.fixed(seed), seed));
            let name = format!("{name}, seed {seed}");
            if seed == 0 {
                agreement.ask(&scenario, &export, &name);
            } else {
                assert!(!agreement.agree(&scenario, &export, &name), "{name}: both find a fault");
            }
        }
    }
    assert_eq!(agreement.faulty, 0, "both judges find something wrong");
    for (planted, mutation) in agreement.planted.iter().zip(&MUTATIONS) {
        assert!(*planted > 0, "no history has a place for `{}`", mutation.name);
    }
}

const TABLES: [(&str, &str); 5] = [
    (
        "one payment",
        "0      record active 1 primary
         1      pay r0 p1 primary 1",
    ),
    (
        "a payment, its refund, and a try without an answer",
        "request r1 refunds r0 1000
         0      record active 1 primary
         1      pay r0 p1 primary 1
         2      sent r1 1 primary
         2      intent f2:p1 k1 primary
         2      commit primary f2:p1 1/1 posted open
         2      told r1 1 primary f2:p1
         2      moved f2:p1 1000 primary
         3      sent r2 1 primary
         3      told r2 1 primary silence
         4      pay r3 p4 primary 1
         5      sent r4 1 primary
         5      told r4 1 primary refused
         ledger f2:p1 1000 succeeded",
    ),
    (
        "what was lost comes back",
        "0      record active 1 primary
         1      pay r0 p1 primary 1
         2      pay r1 p2 primary 1
         8      promoted standby lost p1 p2
         9      held p1
         9      held p2
         10     record active 2 standby
         11     released p1
         11     commit standby p1 2/2 succeeded run
         ledger p2 1234 quarantined
         intent p2 quarantined",
    ),
    (
        "lost",
        "0      record active 1 primary
         1      pay r0 p1 primary 1
         ledger p1 none",
    ),
    (
        "taken twice",
        "0      record active 1 primary
         1      pay r0 p1 primary 1
         2      moved p1 1234 standby",
    ),
];
