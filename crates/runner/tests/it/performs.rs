//! What the function answers to a state machine.

use expect_test::expect;
use runbook::{ActionName, Control};
use serde_json::json;

use crate::world::{World, approve};

#[tokio::test]
async fn every_answer_has_its_name() {
    let world = World::start().await;
    let function = world.instance().await;
    let unknown = json!({"run": "nobody", "way": "forward", "action": "open"});
    let mut text = world.invoke(&function, unknown).await + "\n";
    text += &(world.perform(&function, "open").await + "\n");
    world.come_to(ActionName::ApproveLoss).await;
    text += &(world.perform(&function, "triage").await + "\n");
    text += &(world.perform(&function, "approve-loss").await + "\n");
    world.order("bob", &Control::Pause).await;
    text += &(world.perform(&function, "approve-loss").await + "\n");
    world.order("bob", &Control::Resume).await;
    for by in ["bob", "cyd"] {
        world.order(by, &approve(ActionName::ApproveLoss)).await;
    }
    text += &(world.perform(&function, "approve-loss").await + "\n");
    text += &(world.perform(&function, "approve-loss").await + "\n");
    expect![[r#"
        NotPlanned: the journal has no plan
        TryAgain: `triage` is due first
        done
        WaitsForApproval: `approve-loss` waits for approval: 0 of 2
        Paused: bob paused the run
        done
        done
    "#]]
    .assert_eq(&text);
    let noted = format!("{:?}", world.entries().await);
    assert!(noted.contains("execution/us-east-1/"), "the execution has taken the run: {noted}");
    assert_eq!(function.processes(), 1);
}
