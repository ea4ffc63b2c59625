//! The same scenario and seed in the simulator and on real Regions: the same verdict, the same Region active in the
//! end, the same order of actions. How long each phase took is shown beside each other, and not compared.

use std::fmt::Write as _;

use drill::{History, Report, Scenario, simulate};

use super::played::{Played, broken, order, untimed, verdict};

const SCENARIOS: [&str; 3] = ["region-lost", "switchover", "failback"];
const SEED: u64 = 1;

/// The runs that were begun, each by its kind and target, with its actions in the order in which they ended well.
fn runs(report: &Report, history: &History) -> Vec<String> {
    let begun = report.runs.iter().filter_map(|run| {
        let route = run.route?;
        let order = order(history, &run.run);
        let order: Vec<&str> = order.iter().map(|action| action.as_str()).collect();
        let head = format!(
            "{} to the {} under epoch {}: {}",
            route.kind,
            route.target.role(),
            route.epoch,
            run.ending.as_str()
        );
        Some(format!("{head}\n  {}", order.join("\n  ")))
    });
    begun.collect()
}

/// What came of a drill, without any time in it.
fn outcome(scenario: &Scenario, history: &History) -> (String, Report) {
    let verdict = verdict(scenario, history);
    let report = Report::new(scenario, history, &verdict);
    let active = history.end.record.as_ref().and_then(|record| record.active_region());
    let active = active.map_or("none", |region| region.as_str());
    let runs = runs(&report, history).join("\n");
    (format!("{}active in the end: {active}\n{runs}\n", broken(&verdict)), report)
}

/// How long each part of each recovery took in both worlds.
fn timing(simulated: &Report, live: &Report) -> String {
    let mut text = String::new();
    for (simulated, live) in simulated.recoveries.iter().zip(&live.recoveries) {
        for (part, simulated_ms) in &simulated.parts {
            let live_ms = live.parts.iter().find(|(of, _)| of == part).map(|(_, ms)| *ms);
            let live_ms = live_ms.map_or("-".to_owned(), |ms| ms.to_string());
            writeln!(
                text,
                "{:<10} {:<8} {simulated_ms:>8} ms simulated {live_ms:>6} ms live",
                simulated.route.kind.as_str(),
                part.as_str()
            )
            .expect("a text can be written to");
        }
    }
    text
}

#[test]
#[expect(clippy::print_stderr, reason = "the differences in timing are to be seen")]
fn verdict_end_and_order_of_actions() {
    let scenarios = SCENARIOS.map(untimed);
    let played = Played::of(&scenarios, SEED);
    for scenario in &scenarios {
        let (simulated, in_simulator) = outcome(scenario, &simulate(scenario, SEED));
        let (live, in_reality) = outcome(scenario, &played.history(scenario));
        let timing = timing(&in_simulator, &in_reality);
        eprintln!("{}\n{timing}", scenario.name);
        assert!(simulated.matches("close").count() > 0, "{simulated}");
        assert!(timing.lines().count() >= 4, "there are phases to compare: {timing}");
        assert_eq!(live, simulated, "{}\n{timing}\n{}", scenario.name, played.outcome);
    }
    // What the lost Region had alone was copied when it was back.
    let all = &played.told["all"];
    assert!(all["receipts_alone"].is_u64(), "{all}");
    assert_eq!(all["receipts_arrived"], all["receipts_alone"], "{all}");
}
