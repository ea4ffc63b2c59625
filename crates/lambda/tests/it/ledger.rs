//! The function that runs ask of the ledger: what an operator's failover asks, in its order.

use payments::{Epoch, IntentState, Intents as _, Read, ScopedKey, pay};
use serde_json::{Value, json};

use crate::runtime_api::{Instance, Said};
use crate::world::{self, World};

async fn ask(ledger: &Instance, ask: Value) -> Value {
    match ledger.invoke(ask.to_string()).await {
        Said::Response(answer) => serde_json::from_str(&answer).expect("it is JSON"),
        other => panic!("{ask}: {other:?}: {:#?}", ledger.lines()),
    }
}

/// Accepts a payment whose Region is lost before its ledger has it.
async fn lose(world: &World, key: &str) -> ScopedKey {
    let command = world::command(key);
    let answer = pay(&world::Open, &world.table(), &world::Gone, &command).await;
    assert_eq!(answer.outcome, payments::Outcome::Unresolved);
    command.key()
}

#[tokio::test]
async fn everything_that_a_failover_asks() {
    let world = World::start().await;
    let (functions, front) = world.functions().await;
    let kept = crate::requests::pay(front, "kept").await;
    assert!(kept.starts_with("pay_"));
    drop(functions);
    let lost = lose(&world, "lost").await;

    let ledger = world.instance("ledger", "on-demand").await;
    let standing = ask(&ledger, json!({"ask": "standing"})).await;
    assert_eq!((&standing["answer"], &standing["is_writer"]), (&json!("standing"), &json!(true)));
    let count = |count: u64| json!({"answer": "count", "count": count});
    let missing = ask(&ledger, json!({"ask": "missing", "epoch": 2})).await;
    assert_eq!(missing["count"], 1);
    assert_eq!(missing["missing"]["money"], json!({"USD": 1_234}));
    assert_eq!(missing["missing"]["named"].as_array().map(Vec::len), Some(1));
    let raise = json!({"ask": "raise-epoch", "epoch": 2, "region": "us-east-2"});
    assert_eq!(ask(&ledger, raise).await, json!({"answer": "epoch", "epoch": 2}));
    assert_eq!(ask(&ledger, json!({"ask": "outbox"})).await, count(1));
    assert_eq!(ask(&ledger, json!({"ask": "hold", "epoch": 2})).await, count(1));
    assert_eq!(state(&world, &lost).await, IntentState::Quarantined);
    assert_eq!(ask(&ledger, json!({"ask": "settle", "epoch": 2})).await, count(0));
    // The processor never heard of it, so that it begins again, and nothing was charged meanwhile.
    assert_eq!(state(&world, &lost).await, IntentState::Posted);
    assert_eq!(world.movements(), []);
    let tail = ask(&ledger, json!({"ask": "tail"})).await;
    assert_eq!((&tail["movements"], &tail["faults"]), (&json!(2), &json!(0)));
    // Who does not wait is not worked for.
    let late = ask(&ledger, json!({"ask": "tail", "within_ms": 0})).await;
    assert_eq!(late, json!({"answer": "try-again", "cause": "there was no time for an answer"}));
    assert_eq!(ledger.processes(), 1);
}

async fn state(world: &World, key: &ScopedKey) -> IntentState {
    let Read::Found(intent) = world.table().read(key).await else { panic!("it is written") };
    assert!(intent.epoch <= Epoch::new(2));
    intent.state
}

#[tokio::test]
async fn what_does_not_answer_is_to_be_asked_again() {
    let world = World::start().await;
    world.remove_secret().await;
    let ledger = world.instance("ledger", "on-demand").await;
    let silent = ask(&ledger, json!({"ask": "standing"})).await;
    let cause = silent["cause"].as_str().expect("it says why");
    assert_eq!(silent["answer"], "try-again");
    assert!(cause.starts_with("the secret with the ledger's user cannot be read: "), "{cause}");
    let said = ledger.invoke(r#"{"ask": "the time"}"#).await;
    assert!(matches!(&said, Said::Error(error) if error.contains("the time")), "{said:?}");
    assert_eq!(ledger.processes(), 1);
}
