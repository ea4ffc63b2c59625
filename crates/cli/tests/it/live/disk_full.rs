//! The disk of the active Region's ledger is full: in drills, and in two Regions that people keep. Where nobody may
//! mount a file system it is said that it cannot be played, and why.

use std::fs;
use std::path::Path;

use local::postgres::disks_can_be_limited;

use super::played::{Played, broken, untimed, verdict};
use super::processes::until;
use super::two_regions::{TwoRegions, folder};
use crate::place::Place;
use crate::served::client::Client;

/// What PostgreSQL says of a full disk.
const NO_SPACE: &str = "No space left on device";

#[test]
fn every_rule_is_kept_on_a_full_disk() {
    let scenarios = ["disk-full", "disk-freed"].map(untimed);
    if !disks_can_be_limited() {
        let said = Place::new().tideover("drill --live --scenario disk-full").outcome();
        assert_eq!(said.exit_code, Some(2), "{said}");
        assert!(said.stderr.contains("which only root may mount"), "{said}");
        return;
    }
    let played = Played::of(&scenarios, 1);
    for scenario in &scenarios {
        let history = played.history(scenario);
        let verdict = verdict(scenario, &history);
        assert!(verdict.holds(), "{}\n{}\n{}", scenario.name, broken(&verdict), played.outcome);
        let log = played.file(scenario, "primary/postgresql.log");
        assert!(log.contains(NO_SPACE), "{}: nothing was refused", scenario.name);
    }
}

#[tokio::test]
async fn a_disk_is_filled_and_freed_and_gone_with_a_killed_supervisor() {
    let folder = folder();
    if !disks_can_be_limited() {
        let regions = TwoRegions::up(folder.path());
        let refused = regions.tideover("fault fill disk of primary");
        assert!(refused.stderr.contains("which only root may mount"), "{refused}");
        return;
    }
    let mut regions = TwoRegions::up_with(folder.path(), &["--limit-disks"]);
    assert_eq!(disks_in(folder.path()), 2);
    regions.done("fault fill disk of primary");
    assert_eq!(regions.status()["faults"][0], "fill disk of primary");
    // Demo clients pay until there is no more room.
    let log = folder.path().join("primary/pg/log");
    until("a write is refused", || {
        fs::read_to_string(&log).unwrap_or_default().contains(NO_SPACE).then_some(())
    });
    regions.done("fault free disk of primary");
    until("the primary takes payments again", || {
        (regions.status()["regions"][0]["readiness"] == "ready").then_some(())
    });
    let client = Client::new(regions.service(0));
    let paid = client.pay("after-all", 1_234, "tok_visa_abcdefgh").await;
    assert_eq!(paid.status, 201, "{paid:?}");
    regions.end("KILL");
    regions.until_nothing_runs();
    assert_eq!(disks_in(folder.path()), 0);
}

#[test]
fn disks_without_a_limit_are_not_filled() {
    let folder = folder();
    let regions = TwoRegions::up(folder.path());
    assert_eq!(disks_in(folder.path()), 0);
    let refused = regions.tideover("fault fill disk of standby");
    assert_eq!(refused.exit_code, Some(1), "{refused}");
    let why = match disks_can_be_limited() {
        true => "`tideover up --limit-disks`",
        false => "which only root may mount",
    };
    assert!(refused.stderr.contains(why), "{refused}");
    assert_eq!(regions.status()["faults"], serde_json::json!([]));
}

/// How many file systems are mounted in a folder.
fn disks_in(folder: &Path) -> usize {
    let table = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let place = format!(" {}/", folder.display());
    table.lines().filter(|row| row.contains(&place)).count()
}
