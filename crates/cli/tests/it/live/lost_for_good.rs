//! A Region that does not come back: people lose it, accept the loss seeing it, pause and resume, and close the run without
//! it, by what they type. What may not be done is refused, with nothing written.

use serde_json::Value;

use super::two_regions::{TwoRegions, folder};

/// The run that a failover says it waits in.
fn run_of(said: &str) -> String {
    let (_, told) = said.split_once("error: run ").expect("it says that it waits");
    told.split_once(' ').expect("it names its run").0.to_owned()
}

fn entries(regions: &TwoRegions, run: &str) -> usize {
    let told: Value =
        serde_json::from_str(&regions.done(&format!("runs {run} --output json"))).expect("JSON");
    told["journal"].as_array().expect("a list").len()
}

#[test]
fn people_close_a_failover_of_a_region_that_is_lost_for_good() {
    let folder = folder();
    let regions = TwoRegions::up(folder.path());
    regions.done("fault lose primary");
    let run = run_of(&regions.refused("failover --by alice --reason gone", 6));
    loss_is_accepted_by_two_who_see_it(&regions, &run);
    regions.until_active("us-east-2", 2, Some(&run));
    what_is_needed_is_not_left_out(&regions, &run);

    // A run that waits for its source may rest as well.
    regions.done(&format!("pause {run} --by alice"));
    assert!(regions.refused("pause --by bob", 7).contains("alice has paused the run already"));
    let told: Value = serde_json::from_str(&regions.done("runs --output json")).expect("JSON");
    assert_eq!(
        told["runs"][0]["waits_for"],
        serde_json::json!({"what": "resume", "paused_by": "alice"})
    );
    regions.done(&format!("resume {run} --by bob"));

    for action in ["await-source", "restore-protection"] {
        regions.done(&format!("skip {run} {action} --by alice --reason it-burned"));
    }
    regions.until_active("us-east-2", 2, None);
    let over = regions.refused(&format!("skip {run} write-report --by alice --reason why"), 7);
    assert!(over.contains("the run is over"), "{over}");
    is_told(&regions, &run);
}

fn loss_is_accepted_by_two_who_see_it(regions: &TwoRegions, run: &str) {
    let before = entries(regions, run);
    let blind = regions.refused("approve --by alice", 2);
    for shown in [
        "failover from us-east-1 to us-east-2, asked for by alice: gone",
        "the database of us-east-2, which is to take over, was ",
        "`approve-loss` is approved by 0 of 2\n",
        "hint: `--yes` says so",
    ] {
        assert!(blind.contains(shown), "{shown}: {blind}");
    }
    assert_eq!(entries(regions, run), before, "who was not asked has approved of nothing");
    let one = regions.tideover("approve --by alice --yes --output json");
    assert_eq!(one.exit_code, Some(0), "{one}");
    assert!(one.stderr.contains("approved by 1 of 2: alice"), "{one}");
    let told: Value = serde_json::from_str(&one.stdout).expect("JSON");
    assert_eq!(told["waits_for"]["approved_by"], serde_json::json!(["alice"]));
    let twice = regions.refused("approve --by alice --yes", 7);
    assert!(twice.contains("alice has approved of `approve-loss` already"), "{twice}");
    let two = regions.tideover("approve --by bob --yes");
    assert_eq!(two.exit_code, Some(0), "{two}");
    assert!(two.stderr.contains("approved by 2 of 2: alice, bob"), "{two}");
}

fn what_is_needed_is_not_left_out(regions: &TwoRegions, run: &str) {
    let before = entries(regions, run);
    let close = regions.refused(&format!("skip {run} close --by alice --reason why"), 7);
    assert!(close.contains("the run cannot do without `close`"), "{close}");
    assert!(
        close.contains("hint: what may be left out of it: ask-processor, await-source, "),
        "{close}"
    );
    regions.refused(&format!("skip {run} breakfast --by alice --reason why"), 2);
    regions.refused(&format!("abort {run} --by alice --reason why"), 7);
    // The run itself tries again and again whether its source is back.
    let told = regions.done(&format!("runs {run}"));
    assert!(!told.contains("skips") && !told.contains("turns it back"), "{told}");
    assert!(entries(regions, run) >= before);
}

fn is_told(regions: &TwoRegions, run: &str) {
    let report: Value =
        serde_json::from_str(&regions.done(&format!("report {run} --output json"))).expect("JSON");
    assert_eq!(report["run"]["status"], "finished");
    let approvals: Vec<&Value> = report["approvals"].as_array().expect("a list").iter().collect();
    assert_eq!(approvals.iter().map(|one| &one["by"]).collect::<Vec<_>>(), ["alice", "bob"]);
    let left: Vec<&Value> = report["deviations"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| one["kind"] == "skip")
        .collect();
    assert_eq!(left.iter().map(|one| &one["by"]).collect::<Vec<_>>(), ["alice", "alice"]);
    let follow_ups = report["follow_ups"].to_string();
    for what in
        ["make up for `await-source`", "make up for `restore-protection`", "fail back to us-east-1"]
    {
        assert!(follow_ups.contains(what), "{what}: {follow_ups}");
    }
}
