//! State machines that wait for people: what they are sent, and what becomes of each answer of Step Functions.

use aws::Wait;
use cloud::{LetGo, Reach, begin};
use emulator::{Fault, Rule};
use fence::{Author, DurationMs, RunId};
use runbook::{ActionName, Control, PlanKind, Stopped, drive};
use serde_json::{Value, json};

use crate::estate::Estate;
use crate::runs::{request, runner};

const SEND: &str = "SendTaskSuccess";

/// A failover that waits for people to approve of the loss, and a state machine that waits with it.
async fn waiting(estate: &Estate) -> (Reach, RunId) {
    let reach = estate.reach(estate.ways());
    // A Region that is there is not failed over: its database service and service do not answer.
    estate.way.rules([Rule::all(Fault::Resets).region("us-east-1")]);
    let request = request(PlanKind::Failover, "waits");
    begin(&reach, &request).await.expect("nothing is against it");
    let one = reach.run(&request.run);
    let stopped = drive(&one, &one, &runner("r1")).await;
    assert!(matches!(stopped, Stopped::WaitsForApproval { .. }), "{stopped:?}");
    (reach, request.run)
}

fn wait() -> Wait {
    let text = str::to_owned;
    let action = ActionName::ApproveLoss.as_str();
    Wait {
        region: text("us-east-2"),
        action: text(action),
        answers: vec![],
        token: text("token-1"),
    }
}

/// What Step Functions was sent, and where.
fn sent(estate: &Estate) -> Vec<(String, Value)> {
    let asked = estate.way.asked().into_iter().filter(|asked| asked.called.operation == SEND);
    let told = asked.map(|asked| {
        let said = serde_json::from_slice(&asked.body).expect("it is JSON");
        (asked.called.region, said)
    });
    told.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_machine_goes_on_when_people_have_decided() {
    let estate = Estate::made().await;
    let (reach, run) = waiting(&estate).await;
    assert_eq!(reach.let_go_on(&run).await, LetGo::NoneWaits, "nothing waits yet");
    estate.table().keep_wait(&run, &wait()).await.expect("it is kept");
    assert_eq!(reach.let_go_on(&run).await, LetGo::WaitsOn, "nobody has decided");
    assert_eq!(sent(&estate), []);

    // Whoever approves last lets it go on; an approval that it cannot be told of stands, and whoever gave it is told so.
    let approves = Control::Approve { action: ActionName::ApproveLoss, lasts: DurationMs(600_000) };
    let send = |fault| Rule::all(fault).operation(SEND).region("us-east-2");
    estate.way.rules([send(Fault::IS_UNAVAILABLE)]);
    let order = async |by| reach.order(&run, &approves, &Author::new(by)).await;
    assert_eq!(order("ann").await, Ok(LetGo::WaitsOn));
    match order("ben").await {
        Ok(LetGo::NotKnown(said)) => assert!(said.starts_with("ServiceUnavailable"), "{said}"),
        other => panic!("{other:?}"),
    }
    let wanted = json!({"taskToken": "token-1", "output": r#"{"decision":"retry"}"#});
    assert_eq!(sent(&estate), [("us-east-2".to_owned(), wanted)]);

    // Asked again, by whomever: what says that nobody waits by the token is told apart, and all else in its own words.
    let cases = [
        (Fault::answers(200, "{}"), Ok(LetGo::GoesOn)),
        (Fault::Says(400, "TaskTimedOut"), Ok(LetGo::WaitsNoMore)),
        (Fault::Says(400, "TaskDoesNotExist"), Ok(LetGo::WaitsNoMore)),
        (Fault::Says(400, "InvalidToken"), Ok(LetGo::WaitsNoMore)),
        (Fault::Says(400, "InvalidOutput"), Err("InvalidOutput (400)")),
        (Fault::Says(400, "AccessDeniedException"), Err("AccessDeniedException (400)")),
        (Fault::EXPIRED, Err("ExpiredToken (403)")),
        (Fault::FAILS, Err("InternalFailure (500)")),
    ];
    for (fault, wanted) in cases {
        estate.way.rules([send(fault.clone())]);
        match (reach.let_go_on(&run).await, wanted) {
            (LetGo::NotKnown(told), Err(wanted)) => assert!(told.starts_with(wanted), "{told}"),
            (told, Ok(wanted)) => assert_eq!(told, wanted, "{fault:?}"),
            (told, Err(_)) => panic!("{fault:?}: {told:?}"),
        }
    }
    // Whose table is silent knows nothing.
    estate
        .way
        .rules([Rule::all(Fault::Says(400, "ResourceNotFoundException")).service("dynamodb")]);
    match reach.let_go_on(&run).await {
        LetGo::NotKnown(said) => assert!(said.contains("ResourceNotFoundException"), "{said}"),
        told => panic!("{told:?}"),
    }
}
