//! What is left of a run in AWS: the report that the run itself has stored, and the one that is made later.

use bytes::Bytes;
use cloud::Reach;
use emulator::{Fault, Rule};
use fence::Millis;
use hyper::Response;
use region::{HttpClient, HttpLimits, Reach as Reachable, Trust};
use report::Report;
use runbook::{Plan, PlanKind, Stopped, drive};
use serde_json::Value;

use crate::estate::{ACCOUNT, Estate, region};
use crate::runs::{fails_over, request, runner};

/// An object of the standby's bucket.
async fn object(estate: &Estate, key: &str) -> Response<Bytes> {
    let bucket = estate.system.bucket(&region("us-east-2"), ACCOUNT);
    let scope = format!(
        "AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/us-east-2/s3/aws4_request, SignedHeaders=host, Signature=0"
    );
    let url = format!("{}/{bucket}/{key}", estate.emulator.url());
    let request = hyper::Request::get(url).header("Authorization", scope).body(Bytes::new());
    let client = HttpClient::new(&Trust::nobody(), Reachable::Anywhere, HttpLimits::default());
    client.exchange(request.expect("it is one")).await.expect("the emulator answers")
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON")
}

/// The report as somebody makes it later.
async fn reported(reach: &Reach, plan: &Plan) -> Value {
    let entries = reach.entries(&plan.run).await.expect("it answers");
    let mut known = reach.known(&entries).await;
    reach.alarms_now(&mut known).await;
    reach.dns_now(&entries, &mut known).await;
    let at = entries.last().map_or(Millis(0), |last| last.at);
    json(Report::of(&entries, &known, at, "1.2.3").expect("it is planned").json().as_bytes())
}

fn not_known(report: &Value) -> Vec<&str> {
    let all = report["not_known"].as_array().expect("a list");
    all.iter().map(|one| one["what"].as_str().expect("a text")).collect()
}

fn texts<'v>(list: &'v Value, member: &str) -> Vec<&'v str> {
    let all = list.as_array().unwrap_or_else(|| panic!("no list of `{member}`: {list}"));
    all.iter().map(|one| one[member].as_str().expect("a text")).collect()
}

/// Every attempt that was answered has its calls, and every call an id and a status.
fn every_call_has_an_id(report: &Value, but_of: &str) {
    let steps = report["steps"].as_array().expect("a list").iter();
    let attempts = steps.flat_map(|step| step["attempts"].as_array().expect("a list"));
    let calls: Vec<&Value> =
        attempts.flat_map(|attempt| attempt["calls"].as_array().expect("known")).collect();
    assert!(calls.len() > 20, "{}", calls.len());
    assert_eq!(report["api_calls"], calls.len());
    for call in calls.into_iter().filter(|call| call["region"] != but_of) {
        assert!(call["request_id"].is_string() && call["status"].is_u64(), "{call}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failover_leaves_all_that_was_seen() {
    let (estate, reach, plan) = fails_over().await;
    let later = reported(&reach, &plan).await;
    every_call_has_an_id(&later, "us-east-1");
    // The ledger here has no list of what it lacked. No request is counted, so that `stabilize` is given up; how alarms
    // stood is seen where they are unmuted.
    let unknown = [
        "/templates",
        "/recovery/rpo/measured_ms",
        "/alarms",
        "/reconciliation/outcomes",
        "/reconciliation/movements",
    ];
    assert_eq!(not_known(&later), unknown);
    // Alarms of the lost Region could not be seen, which is told; those of the other were.
    let decided = texts(&later["alarms_at_decision"], "region");
    assert!(!decided.is_empty() && decided.iter().all(|region| *region == "us-east-2"));
    let triage = &later["steps"][0];
    let told = triage["told"].as_str().expect("it tells");
    assert!(triage["result"] == "done" && told.contains("alarms of us-east-1: "), "{told}");
    let names = ["ns-1.example.net", "ns-2.example.org"]
        .map(|name| format!("{name}, a name server of the zone"));
    for (when, answer) in [("before", "127.0.0.1 (us-east-1)"), ("after", "127.0.0.2 (us-east-2)")]
    {
        let probes = &later["dns"][when];
        assert_eq!(texts(probes, "answer"), [answer; 3], "{when}");
        assert_eq!(texts(probes, "asked")[..2], names);
    }
    assert_eq!(later["recovery"]["rto"]["target_ms"], 900_000);
    let bucket = format!("s3://payment-data-test-us-east-2-{ACCOUNT}/runs/lost");
    let files = ["journal.jsonl", "report.html", "report.json"];
    let places = files.map(|file| format!("{bucket}/{file}"));
    assert_eq!(texts(&later["kept"], "place"), places);
    // What the run stored is a report of its own time, and nobody can delete it.
    let kept = object(&estate, "runs/lost/report.json").await;
    assert_eq!(kept.headers()["x-amz-object-lock-mode"], "GOVERNANCE");
    assert!(kept.headers().contains_key("x-amz-object-lock-retain-until-date"));
    let kept = json(kept.body());
    assert_eq!(kept["run"]["status"], "open");
    assert_eq!(kept["alarms_at_decision"], later["alarms_at_decision"]);
    assert_eq!(kept["dns"], later["dns"]);
    let page = object(&estate, "runs/lost/report.html").await;
    assert!(page.body().starts_with(b"<!DOCTYPE html>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switchover_leaves_how_alarms_stood_and_what_dns_said() {
    let estate = Estate::made().await;
    let reach = estate.reach(estate.ways());
    let request = request(PlanKind::Switchover, "told");
    let plan = cloud::begin(&reach, &request).await.expect("nothing is against it");
    // S3 turns the first away.
    estate.way.rules([Rule::all(Fault::FAILS).service("s3").times(1)]);
    let one = reach.run(&request.run);
    assert_eq!(drive(&one, &one, &runner("r1")).await, Stopped::Finished);
    let report = reported(&reach, &plan).await;
    every_call_has_an_id(&report, "none");
    let unknown = ["/templates", "/loss/lag_at_decision_ms", "/loss/estimated_movements"];
    assert_eq!(not_known(&report), unknown);
    let mut regions = texts(&report["alarms_at_decision"], "region");
    regions.dedup();
    assert_eq!(regions, ["us-east-1", "us-east-2"]);
    assert!(texts(&report["alarms_at_end"], "state").iter().all(|state| *state == "OK"));
    assert_eq!(texts(&report["dns"]["before"], "answer"), ["127.0.0.1 (us-east-1)"; 3]);
    assert_eq!(texts(&report["dns"]["after"], "answer"), ["127.0.0.2 (us-east-2)"; 3]);
    assert_eq!(report["kept"].as_array().map(Vec::len), Some(3));
}
