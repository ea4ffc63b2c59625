//! A disk that is full: what still finds room takes place, then the server ends itself, and with space all goes on.

use drill::{History, Site, What, parse, simulate};

const SCENARIO: &str = "\
title    Full for half a minute
clients  6, 40 payments each, every 100ms..300ms
deadline 3s, again after 1s..3s
at 5s    fill disk of primary
+30s     free disk of primary
expect   active primary
";

/// How many transactions the home primary's ledger committed in these milliseconds.
fn commits(history: &History, from_ms: u64, until_ms: u64) -> usize {
    let is_one = |what: &What| matches!(what, What::Committed { site: Site::Primary, .. });
    let moments = history.moments.iter().filter(|moment| is_one(&moment.what));
    moments.filter(|moment| (from_ms..until_ms).contains(&moment.at_ms)).count()
}

#[test]
fn few_writes_find_room_until_the_server_ends_itself() {
    let scenario = parse("full", SCENARIO).expect("it is a scenario");
    let mut full = Vec::new();
    for seed in 0..20 {
        let history = simulate(&scenario.fixed(seed), seed);
        assert!(commits(&history, 0, 5_000) > 30, "seed {seed}: nothing was under way");
        full.push(commits(&history, 5_000, 35_000));
        assert_eq!(commits(&history, 20_000, 35_000), 0, "seed {seed}: its log has no end");
        assert!(commits(&history, 35_000, u64::MAX) > 30, "seed {seed}: it does not go on");
        assert!(history.end.is_at_rest, "seed {seed}: {:?}", history.end.left);
    }
    assert!(full.iter().all(|commits| *commits < 30), "{full:?}");
    assert!(full.iter().any(|commits| *commits > 0), "nothing found room: {full:?}");
}

#[test]
fn a_standby_with_a_full_disk_is_not_promoted() {
    let text = "\
title Full there, lost here
at 1s fill disk of standby
at 2s lose primary
+10s run failover
+10m free disk of standby
+10m restore primary
";
    let scenario = parse("full-there", text).expect("it is a scenario");
    let history = simulate(&scenario.fixed(1), 1);
    let promoted = history.moments.iter().filter(|one| matches!(one.what, What::Promoted { .. }));
    let promoted: Vec<u64> = promoted.map(|moment| moment.at_ms).collect();
    assert!(promoted.iter().all(|at_ms| *at_ms > 610_000), "{promoted:?}");
    assert!(history.end.is_at_rest, "{:?}", history.end.left);
}
