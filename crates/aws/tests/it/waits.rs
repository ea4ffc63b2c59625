//! Where state machines wait, and by which token they are let go on.

use aws::Wait;
use fence::RunId;

use crate::double::{Double, Fault};
use crate::samples::{HASTY, PATIENT, table};

fn wait(action: &str, token: &str) -> Wait {
    Wait {
        region: "us-east-2".to_owned(),
        action: action.to_owned(),
        answers: vec!["retry".to_owned()],
        token: token.to_owned(),
    }
}

#[tokio::test]
async fn the_last_place_counts() {
    let double = Double::start().await;
    let table = table(&double, PATIENT);
    let (run, other) = (RunId::new("failover-1"), RunId::new("failover-2"));
    assert_eq!(table.wait(&run).await, Ok(None));
    for place in [wait("open", "one"), wait("open", "one"), wait("close", "two")] {
        assert_eq!(table.keep_wait(&run, &place).await, Ok(()));
        assert_eq!(table.wait(&run).await, Ok(Some(place)));
    }
    assert_eq!(table.wait(&other).await, Ok(None));
}

/// Nobody says whether it was written; the same write, sent again, finds that it was.
#[tokio::test]
async fn an_answer_that_is_lost_is_found() {
    for fault in [Fault::LosesAnswer, Fault::LosesQuestion, Fault::HangsWithAnswer] {
        let double = Double::start().await;
        let table = table(&double, HASTY);
        let run = RunId::new("failover-1");
        assert_eq!(table.keep_wait(&run, &wait("open", "one")).await, Ok(()));
        // Reading what is there is the first request, writing the second.
        double.local.next(&[Fault::None, fault]);
        assert_eq!(table.keep_wait(&run, &wait("close", "two")).await, Ok(()), "{fault:?}");
        assert_eq!(table.wait(&run).await, Ok(Some(wait("close", "two"))), "{fault:?}");
    }
}
