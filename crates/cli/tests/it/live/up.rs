//! `tideover up` and what people type beside it: a Region is lost, replaced, and comes back; and nothing of both is
//! left when the supervisor is gone, however it went.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::processes::until;
use super::receipts::receipts;
use super::two_regions::{TwoRegions, folder};
use crate::served::client::Client;

/// What runs when both Regions are well.
const PARTS: [&str; 6] = [
    "postgres",
    "serve",
    "replica --number 1",
    "replica --number 2",
    "replica --number 3",
    "warden",
];

/// Those parts of which no process runs.
fn missing(processes: &[String]) -> Vec<&'static str> {
    let runs = |part: &str| processes.iter().any(|words| words.contains(part));
    PARTS.into_iter().filter(|part| !runs(part)).collect()
}

#[test]
fn both_regions_stand_side_by_side_and_others_are_told_so() {
    let folder = folder();
    let mut regions = TwoRegions::up(folder.path());
    let status = regions.done("status");
    let mut lines = status.lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split_whitespace().collect();
    assert_eq!(head, ["us-east-1", "(primary)", "us-east-2", "(standby)"]);
    for (row, cells) in [
        ("active", ["yes", "no"]),
        ("database", ["writer", "standby"]),
        ("service", ["http://127.77.1.1:", "http://127.77.2.1:"]),
    ] {
        let line = lines.find(|line| line.starts_with(row)).unwrap_or_else(|| panic!("{status}"));
        assert!(cells.iter().all(|cell| line.contains(cell)), "{line}");
    }
    let said = lines.find(|line| line.starts_with("failover now"));
    assert_eq!(said.map(|line| line.ends_with("yes")), Some(true), "{status}");
    let second = regions.tideover("up");
    let pid = regions.supervisor();
    assert_eq!(second.exit_code, Some(1), "{second}");
    assert!(second.stderr.contains(&format!("is in use by process {pid} since ")), "{second}");
    assert_eq!(missing(&regions.processes()), [""; 0]);
    let mut watching = watched(&regions);
    regions.end("KILL");
    regions.until_nothing_runs();
    // What watches tells that nobody answers, and looks on.
    let mut told = BufReader::new(watching.stderr.take().expect("it is a pipe"));
    until("what watches tells that it saw nothing", || {
        let mut line = String::new();
        told.read_line(&mut line).expect("it runs");
        line.contains("the two Regions do not answer").then_some(())
    });
    assert_eq!(watching.try_wait().expect("it can be waited for"), None, "it looks on");
    watching.kill().expect("it runs");
    watching.wait().expect("it ran");
    drop(regions);
    // Whoever comes next finds no claim that nobody holds.
    let mut again = TwoRegions::up(folder.path());
    assert_eq!(again.status()["record"]["epoch"], 1, "they are new ones");
    assert_eq!(again.end("INT").code(), Some(0));
    again.until_nothing_runs();
}

/// `tideover status --watch`, which has looked once.
fn watched(regions: &TwoRegions) -> Child {
    let mut command = regions.begin("status --watch");
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it can be started");
    let mut told = BufReader::new(child.stdout.take().expect("it is a pipe"));
    let mut line = String::new();
    told.read_line(&mut line).expect("it runs");
    assert!(line.contains("us-east-1 (primary)"), "{line}");
    // Somebody reads all that it says.
    std::thread::spawn(move || std::io::copy(&mut told, &mut std::io::sink()));
    child
}

#[tokio::test]
async fn a_region_is_lost_replaced_and_comes_back() {
    let folder = folder();
    let mut regions = TwoRegions::up(folder.path());
    regions.done("fault lose primary");
    let waits = regions.tideover("failover --by alice --reason gone");
    assert_eq!(waits.exit_code, Some(6), "{waits}");
    let (_, told) = waits.stderr.split_once("error: run ").expect("it says that it waits");
    let (run, _) = told.split_once(' ').expect("it names its run");
    assert_eq!(
        told,
        format!(
            "{run} waits for 2 people to approve `approve-loss`\n\
             hint: each of them types `tideover approve {run} --by NAME`\n"
        )
    );
    regions.done("approve --by alice --yes");
    regions.done("approve --by bob --yes");
    regions.until_active("us-east-2", 2, Some(run));
    assert_eq!(regions.done("runs").trim_end(), run);
    let client = Client::new(regions.service(1));
    let paid = client.pay("of-a-test", 1_234, "tok_visa_abcdefgh").await;
    assert_eq!(paid.status, 201, "{paid:?}");
    regions.done("fault restore primary");
    regions.until_active("us-east-2", 2, None);
    report_is_kept(&regions.done(&format!("report {run} --output json")), run);
    regions.done("failback --by alice --reason home --change CHG-1");
    regions.until_active("us-east-1", 3, None);
    // What the standby took while it was active came home.
    let id = paid.text("id");
    client.move_to(regions.service(0));
    assert_eq!(client.settled(&id).await["status"], "succeeded");
    // So did its receipts.
    until("the primary has the receipts of the standby", || {
        let home = receipts(folder.path(), "primary");
        let away = receipts(folder.path(), "standby");
        away.keys().all(|name| home.contains_key(name)).then_some(())
    });
    assert_eq!(regions.end("INT").code(), Some(0));
    regions.until_nothing_runs();
}

/// The run has stored a report in the Region that served, and what it was is told in the one that is made later.
fn report_is_kept(later: &str, run: &str) {
    let later: Value = serde_json::from_str(later).expect("JSON");
    assert_eq!(later["run"]["status"], "finished");
    assert_eq!(later["dns"]["after"][0]["answer"], "us-east-2");
    let kept = later["kept"].as_array().expect("a list");
    let place = |kept: &Value| PathBuf::from(kept["place"].as_str().expect("a text"));
    let names: Vec<PathBuf> = kept.iter().map(place).collect();
    assert!(names[0].ends_with(format!("standby/runs/{run}/journal.jsonl")), "{names:?}");
    assert_eq!(names.len(), 3);
    for (kept, place) in kept.iter().zip(&names) {
        let digest = Sha256::digest(std::fs::read(place).expect("it is there"));
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(kept["sha256"], *digest, "{}", place.display());
    }
    // What was stored while it was open says so; when it is over, it is stored once more.
    let closed = names[0].with_file_name("closed").join("report.json");
    let closed = until("the last report is stored", || std::fs::read_to_string(&closed).ok());
    let closed: Value = serde_json::from_str(&closed).expect("JSON");
    assert_eq!(closed["run"]["status"], "finished");
}
