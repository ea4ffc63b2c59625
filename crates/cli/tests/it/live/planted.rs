//! Mistakes planted into every process of real Regions are found by the judge, as they are in the simulator.
//!
//! With `TIDEOVER_PLANTED_LIVE` in the environment all of the table are; without, those that are marked. What a mistake
//! does depends on the moment in processes with clocks of their own: the table has those that need no luck.

use super::played::{Played, broken, of_text, untimed, verdict};
use drill::Scenario;

/// The active Region is changed on purpose.
const PLANNED: &str = "\
title        The active Region is changed on purpose
clients      3, 4 payments each, every 5s..15s
deadline     3s, again after 2s..6s

at 20s       run switchover

expect       active standby
";

/// The active Region is lost, and comes back.
const LOST: &str = "\
title        The active Region is lost
clients      3, 4 payments each, every 5s..15s
refunds      20%
deadline     3s, again after 2s..6s
operator     decides in 5s..10s, 2 approvers

at 20s       lose primary
+10s..20s    run failover
+2m..3m      restore primary

expect       active standby, may lose rows
";

/// A mistake, what is played, the rule that the judge must call broken, and whether it is tried always.
struct Row(&'static str, Scenario, &'static str, bool);

fn rows() -> Vec<Row> {
    let [planned, lost] =
        [("planned", PLANNED), ("lost", LOST)].map(|(name, text)| of_text(name, text));
    let [careless, killed] = ["careless-clients", "runner-killed-switchover"].map(untimed);
    vec![
        Row("region-ignored", planned.clone(), "gate-without-permission", true),
        Row("opened-before-holding", lost.clone(), "too-early", true),
        Row("traffic-named-early", planned.clone(), "too-early", false),
        Row("intent-not-written", planned, "committed-before-intent", false),
        Row("fingerprint-not-compared", careless, "shared-movement", false),
        Row("begun-taken-for-done", killed, "out-of-order", false),
        Row("loss-not-noted", lost.clone(), "loss-not-noted", false),
        Row("approval-not-needed", lost.clone(), "loss-not-approved", false),
        Row("promoted-before-fence", lost.clone(), "too-early", false),
        Row("holding-left-out", lost, "too-early", false),
    ]
}

const SEED: u64 = 1;

/// Whether the judge calls this rule broken when this is played with a mistake, or none; and what it says.
fn finds(scenario: &Scenario, bug: Option<&str>, rule: &str) -> (bool, String) {
    let played = Played::with_bug(std::slice::from_ref(scenario), SEED, bug);
    let verdict = verdict(scenario, &played.history(scenario));
    let found = verdict.violations.iter().any(|violation| violation.name() == rule);
    (found, format!("{bug:?} and {rule}: {}\n{}", broken(&verdict), played.outcome))
}

#[test]
fn mistakes_are_found() {
    let all = std::env::var_os("TIDEOVER_PLANTED_LIVE").is_some();
    let mut wrong = String::new();
    for Row(bug, scenario, rule, _) in rows().into_iter().filter(|row| all || row.3) {
        let (found, said) = finds(&scenario, Some(bug), rule);
        wrong += if found { "" } else { &said };
        // What is found is found because of the mistake; other tests play the same without one.
        let (found, said) = if all { finds(&scenario, None, rule) } else { (false, String::new()) };
        wrong += if found { &said } else { "" };
    }
    assert_eq!(wrong, "");
}
