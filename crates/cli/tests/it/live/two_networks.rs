//! The same drills over both networks: namespaces, where what is cut drops packets, and proxies, which hold it. Where
//! nobody may make namespaces, who insists on them is told so.

use local::Wires;

use super::played::{Played, broken, untimed, verdict};

/// A Region that nobody of the others reaches, one that only answers, and one that is gone.
const SCENARIOS: [&str; 3] = ["region-isolated", "one-way-partition", "region-lost"];

fn every_rule_is_kept_over(network: &str) {
    let scenarios = SCENARIOS.map(untimed);
    let played = Played::over(network, &scenarios, 1);
    for scenario in &scenarios {
        let history = played.history(scenario);
        let verdict = verdict(scenario, &history);
        assert!(verdict.holds(), "{}\n{}\n{}", scenario.name, broken(&verdict), played.outcome);
    }
}

#[test]
fn every_rule_is_kept_where_packets_are_dropped() {
    match Wires::make() {
        Ok(_) => every_rule_is_kept_over("namespaces"),
        Err(_) => {
            let refused = Played::over("namespaces", &[untimed("region-lost")], 1).outcome;
            assert_eq!(refused.exit_code, Some(1), "{refused}");
            let why = "network namespaces are not permitted here";
            assert!(refused.to_string().contains(why), "{refused}");
        }
    }
}

#[test]
fn every_rule_is_kept_where_bytes_are_held() {
    every_rule_is_kept_over("proxies");
}
