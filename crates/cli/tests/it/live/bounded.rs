//! A bounded list of live drills in one command: every rule is kept in each, whatever fails and however long it takes
//! on this machine.

use drill::Scenario;
use serde_json::Value;

use super::played::{Played, broken, untimed, verdict};

/// What is played: a Region that is gone, cut off, or stands still; its database alone; and a standby far behind, so that
/// there is a loss.
const SCENARIOS: [&str; 5] =
    ["region-lost-for-good", "region-isolated", "frozen-under-load", "database-lost", "lag-high"];

/// How many payments must have been acknowledged in each drill, so that there was something to lose.
const ACKNOWLEDGED_LEAST: usize = 50;

#[test]
fn every_rule_is_kept_in_real_failovers() {
    let scenarios = SCENARIOS.map(untimed);
    let played = Played::of(&scenarios, 1);
    for scenario in &scenarios {
        check(scenario, &played);
    }
    assert_eq!(played.outcome.exit_code, Some(0), "{}", played.outcome);
    let all = &played.told["all"];
    let number = |name: &str| all[name].as_u64().unwrap_or_else(|| panic!("{name}: {all:#}"));
    assert_eq!(number("drills"), SCENARIOS.len() as u64);
    for nothing in ["broken", "acknowledged_lost", "doubled", "under_old_epoch"] {
        assert_eq!(number(nothing), 0, "{nothing}: {}", played.outcome);
    }
    assert!(number("failovers") >= 5, "{all:#}");
    // Replication is asynchronous: somewhere a promotion lost what only intents named.
    assert!(number("rows_lost") > 0, "nothing was at stake: {all:#}");
    let lost = all["lost"].as_array().expect("it is a list");
    assert_eq!(lost.len() as u64, number("rows_lost"));
    assert!(lost.iter().all(is_settled), "{lost:#?}");
}

/// Whether what was lost has a name and an end.
fn is_settled(row: &Value) -> bool {
    ["succeeded", "declined"].contains(&row["outcome"].as_str().unwrap_or_default())
}

#[track_caller]
fn check(scenario: &Scenario, played: &Played) {
    let history = played.history(scenario);
    let verdict = verdict(scenario, &history);
    assert!(verdict.holds(), "{}\n{}\n{}", scenario.name, broken(&verdict), played.outcome);
    let is_acknowledged = |what: &drill::What| {
        matches!(what, drill::What::Told { answer: drill::Answer::Acknowledged(_), .. })
    };
    let told = history.moments.iter().filter(|moment| is_acknowledged(&moment.what)).count();
    assert!(told >= ACKNOWLEDGED_LEAST, "{}: {told} acknowledged", scenario.name);
}
