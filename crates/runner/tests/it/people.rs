//! A state machine that waits for people, in the emulator: told, approved, let go on.

use expect_test::expect;
use runbook::ActionName;
use serde_json::{Value, json};

use crate::runtime_api::Instance;
use crate::world::{HEARD, World, approve};

/// How often a state machine is asked whether it has come on.
const LOOKS: u32 = 3_000;

/// Starts a state machine that waits, and tells its token. The emulator hands that to a queue in the place of the
/// function.
async fn waiting(world: &World) -> (String, String) {
    let url = json!({"QueueName": HEARD});
    let url = world.ask("sqs", "AmazonSQS.GetQueueUrl", &url).await["QueueUrl"].take();
    let definition = json!({"StartAt": "wait", "States": {"wait": {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": url, "MessageBody.$": "$$.Task.Token"},
        "End": true,
    }}});
    let role = "arn:aws:iam::123456789012:role/any";
    let name = world.run().as_str();
    let made = json!({"name": name, "definition": definition.to_string(), "roleArn": role});
    let made = world.ask("states", "AWSStepFunctions.CreateStateMachine", &made).await;
    let start = json!({"stateMachineArn": made["stateMachineArn"], "name": name, "input": "{}"});
    let started = world.ask("states", "AWSStepFunctions.StartExecution", &start).await;
    let execution = started["executionArn"].as_str().expect("it is started").to_owned();
    for _ in 0..LOOKS {
        if let [token] = world.heard().await.as_slice() {
            return (execution, token.clone());
        }
        tokio::task::yield_now().await;
    }
    panic!("the state machine does not come to wait");
}

/// How an execution ended, and with which output.
async fn ended(world: &World, execution: &str) -> (String, String) {
    for _ in 0..LOOKS {
        let about = json!({"executionArn": execution});
        let seen = world.ask("states", "AWSStepFunctions.DescribeExecution", &about).await;
        if seen["status"] != "RUNNING" {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            return (text(&seen["status"]), text(&seen["output"]));
        }
        tokio::task::yield_now().await;
    }
    panic!("the state machine goes on waiting");
}

async fn tell(world: &World, function: &Instance, token: &str) -> String {
    let failure = json!({"Error": "WaitsForApproval", "Cause": "{}"});
    let event = json!({
        "run": world.run().as_str(), "way": "forward", "approve": "approve-loss",
        "failure": failure, "token": token,
    });
    world.invoke(function, event).await
}

#[tokio::test]
async fn who_approves_after_being_told_lets_it_go_on() {
    let world = World::start().await;
    world.come_to(ActionName::ApproveLoss).await;
    let (execution, token) = waiting(&world).await;
    let function = world.instance().await;
    assert_eq!(tell(&world, &function, &token).await, "done");
    let heard = world.heard().await;
    let [text] = heard.as_slice() else { panic!("people are told once: {heard:?}") };
    expect![[r#"
        failover from us-east-2 to us-east-1, run dry-run

        `approve-loss` waits for approval: 0 of 2
        900 milliseconds is how far the database to be promoted was behind
        2 accepted payments and refunds are not in its ledger

        Type, with your own name:
          tideover approve dry-run --by NAME
          tideover abort dry-run --by NAME --reason WHY    to turn the run back
    "#]]
    .assert_eq(text);
    assert!(!text.contains(&token));
    // Told again, as after an answer that was lost: the same wait.
    assert_eq!(tell(&world, &function, &token).await, "done");
    assert_eq!(world.heard().await.len(), 1);
    world.order("bob", &approve(ActionName::ApproveLoss)).await;
    world.order("cyd", &approve(ActionName::ApproveLoss)).await;
    // Whoever counts is asked on the next occasion: here the function.
    assert_eq!(tell(&world, &function, &token).await, "done");

    let (status, output) = ended(&world, &execution).await;
    let output: Value = serde_json::from_str(&output).expect("it is JSON");
    assert_eq!((status.as_str(), output), ("SUCCEEDED", json!({"decision": "retry"})));
    assert_eq!(world.heard().await, [""; 0], "nobody is told of what is decided");
    assert_eq!(world.perform(&function, "approve-loss").await, "done");
    // The token is used: nobody waits by it any more, and that is no failure.
    assert_eq!(tell(&world, &function, &token).await, "done");
}

/// Nobody decides what nobody knows of: the function goes on until somebody is told.
#[tokio::test]
async fn people_are_told_when_the_topic_takes_it_again() {
    let world = World::start().await;
    world.come_to(ActionName::ApproveLoss).await;
    let (_, token) = waiting(&world).await;
    let function = world.instance().await;
    world.delete_topic().await;
    let mended = async {
        while !function.lines().iter().any(|line| line.contains("people are not told")) {
            tokio::task::yield_now().await;
        }
        world.make_topic().await;
    };
    let (told, ()) = tokio::join!(tell(&world, &function, &token), mended);
    assert_eq!(told, "done");
    assert_eq!(world.heard().await.len(), 1);
}
