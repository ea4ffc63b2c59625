//! What the function answers when an alarm rings, and what people are told: once for each reason, in the Region that
//! judges.

use fence::{Author, Millis};
use runbook::automatic::{Guards, Manner, Switch};
use serde_json::{Value, json};

use crate::world::World;

fn guards() -> String {
    let hour = fence::DurationMs(3_600_000);
    let silent = fence::DurationMs(300_000);
    let manner = Manner::Start;
    Guards { manner, silent, pause_after_run: hour, pause_after_start: hour }.encode()
}

fn event() -> Value {
    json!({"consider": "failover", "alarm": "payment-dev-OtherRegionLost"})
}

/// People have a failover in hand, which waits for them: no alarm starts another. The event comes twice.
#[tokio::test]
async fn people_are_told_once_why_nothing_is_started() {
    let world = World::start().await;
    world.activate().await;
    world.ring("us-east-1").await;
    let function = world.instance_with(&[("TIDEOVER_AUTOMATIC", &guards())]).await;
    assert_eq!(world.invoke(&function, event()).await, "done");
    let heard = world.heard().await;
    let [text] = heard.as_slice() else { panic!("people are told once: {heard:?}") };
    for words in [
        "The other Region has not answered us-east-1 (the alarm rings for ",
        "No failover is started, because:\n  run dry-run is not over\n  it is not known what the witness Region \
         sees: there is no such alarm\n  this Region is not ready: ",
        "\n  tideover failover --by NAME --reason WHY\n",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert_eq!(world.invoke(&function, event()).await, "done");
    assert_eq!(world.heard().await, [""; 0], "people know it");
    let (by, reason) = (Author::new("ann"), "a change of networks".to_owned());
    let switch = Switch { is_on: false, by, reason, at: Millis(1) };
    let kept = world.table.automatic().await.unwrap();
    world.table.keep_automatic(&kept.with_switch(switch)).await.unwrap();
    assert_eq!(world.invoke(&function, event()).await, "done");
    let heard = world.heard().await;
    assert!(heard[0].contains("ann has turned this off: a change of networks"), "{heard:?}");
    let logged = function.lines().join("\n");
    assert!(logged.contains("an alarm rings: run dry-run is not over"), "{logged}");
    assert_eq!(world.executions().await, [""; 0]);
    assert_eq!(world.table.runs().await.unwrap().len(), 1);
}

/// Both Regions miss each other, and both are asked: the active one starts nothing.
#[tokio::test]
async fn the_active_region_starts_nothing() {
    let world = World::start().await;
    world.activate().await;
    world.ring("us-east-2").await;
    let there = [("AWS_REGION", "us-east-2"), ("TIDEOVER_AUTOMATIC", &guards())];
    let function = world.instance_with(&there).await;
    let said = world.invoke(&function, event()).await;
    let logged = function.lines().join("\n");
    let words = "this Region is active; the one that it misses is its standby";
    assert!(logged.contains(words), "{said}: {logged}");
    assert_eq!(world.executions().await, [""; 0]);
    assert_eq!(world.table.runs().await.unwrap().len(), 1);
}

/// What is not asked for is not done, whatever comes.
#[tokio::test]
async fn what_is_not_configured_starts_nothing() {
    let world = World::start().await;
    world.activate().await;
    world.ring("us-east-1").await;
    let function = world.instance().await;
    assert_eq!(world.invoke(&function, event()).await, "done");
    let function = world.instance_with(&[("TIDEOVER_AUTOMATIC", &guards())]).await;
    let other = json!({"consider": "failover", "alarm": "payment-dev-ApiSilent"});
    assert_eq!(world.invoke(&function, other).await, "done");
    let failback = json!({"consider": "failback", "alarm": "payment-dev-OtherRegionLost"});
    let said = world.invoke(&function, failback).await;
    assert!(said.contains("an alarm starts no `failback`"), "{said}");
    assert_eq!(world.heard().await, [""; 0]);
    assert_eq!(world.table.automatic().await.unwrap(), runbook::automatic::Kept::default());
}
