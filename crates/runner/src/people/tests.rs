//! What people are told, and in which words.

use fence::{Author, Millis, RegionName};
use runbook::{Observed, PlanKind, RunnerName};

use super::*;
use crate::event::Event;

/// A journal with a plan, and what was seen before the loss is decided about.
fn entries() -> Vec<Entry> {
    let [source, target, witness] = ["us-east-1", "us-east-2", "us-west-2"].map(RegionName::new);
    let homes = runbook::Homes { primary: source, standby: target, witness };
    let plan = runbook::supposed(PlanKind::Failover, &homes);
    let runner = || RunnerName("n1".to_owned());
    let (lag_ms, lag_at) = (Some(900), Some(Millis(1_000)));
    let evidence = Evidence { lag_ms, lag_at, ..Evidence::default() };
    let events = [
        Noted::Planned {
            plan: Box::new(plan),
            by: Author::new("ann"),
            reason: "a test".to_owned(),
        },
        Noted::Took { runner: runner() },
        Noted::Began { action: ActionName::SnapshotEvidence, attempt: 1, runner: runner() },
        Noted::Ended {
            action: ActionName::SnapshotEvidence,
            attempt: 1,
            runner: runner(),
            result: Ok(Observed::Evidence(evidence)),
        },
    ];
    let entry = |(position, event)| Entry { position, at: Millis(96_000), event };
    (0..).zip(events).map(entry).collect()
}

fn told(text: &str) -> OfRun {
    match serde_json::from_str(text).expect("it is an event") {
        Event::OfRun(event) => event,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_people_read() {
    let approve = told(
        r#"{"run": "failover-1", "way": "forward", "approve": "approve-loss", "token": "AAA",
        "failure": {"Error": "WaitsForApproval", "Cause": "{\"errorMessage\": \"0 of 2\"}"}}"#,
    );
    let ask = told(
        r#"{"run": "failover-1", "way": "forward", "ask": "open", "answers": ["retry", "skip"],
        "token": "AAA", "failure": {"Error": "States.Timeout", "Cause": ""}}"#,
    );
    let (subject, text) = message(&approve, ActionName::ApproveLoss, &entries());
    assert_eq!(subject, "tideover: approve-loss waits for approval");
    for words in [
        "failover from us-east-1 to us-east-2, run failover-1\n",
        "900 milliseconds is how far the database to be promoted was behind, 95 seconds before that was written down\n",
        "an unknown number of accepted payments",
        "\n  tideover approve failover-1 --by NAME\n",
        "\n  tideover abort failover-1 --by NAME",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("AAA"), "a token is a key");
    let (subject, text) = message(&ask, ActionName::Open, &[]);
    assert_eq!(subject, "tideover: open waits for a person");
    assert!(text.contains("`open` stopped the run: States.Timeout\n"), "{text}");
    assert!(text.contains("\n  tideover resume failover-1 --by NAME"), "{text}");
    assert!(text.contains("\n  tideover skip failover-1 open --by NAME --reason WHY"), "{text}");
    assert!(!text.contains("abort") && !text.contains("AAA"), "{text}");
}
