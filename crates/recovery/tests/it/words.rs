//! Questions and answers as the function that is asked is told them, and what a run notes of them.

use std::time::Duration;

use expect_test::expect;
use recovery::{Answer, Ask, Missing, Question, Recovered, Standing};
use runbook::{Failure, Observed, Refused, Tail};

#[test]
fn questions_and_answers_are_read_as_they_are_written() {
    let region = "us-east-2".to_owned();
    let asks = [
        Ask::Standing,
        Ask::Tail,
        Ask::Outbox,
        Ask::Missing { epoch: 2 },
        Ask::Recovered { epoch: 2, after: "pay_1".to_owned() },
        Ask::RaiseEpoch { epoch: 2, region },
        Ask::Hold { epoch: 2 },
        Ask::Settle { epoch: 2 },
    ];
    let mut text = String::new();
    for ask in asks {
        let json = serde_json::to_string(&ask).unwrap();
        assert_eq!(serde_json::from_str::<Ask>(&json).unwrap(), ask);
        text += &format!("{json}\n");
    }
    for answer in answers() {
        let json = serde_json::to_string(&answer).unwrap();
        assert_eq!(serde_json::from_str::<Answer>(&json).unwrap(), answer);
        text += &format!("{json}\n");
    }
    expect![[r#"
        {"ask":"standing"}
        {"ask":"tail"}
        {"ask":"outbox"}
        {"ask":"missing","epoch":2}
        {"ask":"recovered","epoch":2,"after":"pay_1"}
        {"ask":"raise-epoch","epoch":2,"region":"us-east-2"}
        {"ask":"hold","epoch":2}
        {"ask":"settle","epoch":2}
        {"answer":"standing","is_writer":true,"position":7,"behind_bytes":0,"behind_ms":null}
        {"answer":"tail","position":7,"movements":3,"faults":0}
        {"answer":"tail","position":null,"movements":3,"faults":1}
        {"answer":"count","count":2}
        {"answer":"recovered","movements":[{"id":"ref_1","payment":"pay_1","minor_units":7,"currency":"USD","accepted_epoch":1,"accepted_at":9,"state":"posted"}]}
        {"answer":"epoch","epoch":2}
        {"answer":"try-again","cause":"the store is not available"}
        {"answer":"refused","cause":"the ledger is in epoch 3"}
    "#]]
    .assert_eq(&text);
}

/// What is sent says how long it is waited for; what a program of an earlier version sends does not.
#[test]
fn whoever_asks_says_how_long_it_waits() {
    let words = |question: &Question| {
        let json = serde_json::to_string(question).unwrap();
        assert_eq!(serde_json::from_str::<Question>(&json).unwrap(), *question);
        // A program of an earlier version reads it, too.
        assert_eq!(serde_json::from_str::<Ask>(&json).unwrap(), question.ask);
        json
    };
    let limit = Duration::from_secs(15);
    assert_eq!(words(&Question::new(Ask::Tail, limit)), r#"{"ask":"tail","within_ms":15000}"#);
    let hold = Question::new(Ask::Hold { epoch: 2 }, limit);
    assert_eq!(words(&hold), r#"{"ask":"hold","epoch":2,"within_ms":15000}"#);
    assert_eq!(words(&Question::new(Ask::Migrate, limit)), r#"{"ask":"migrate"}"#);
    assert_eq!(words(&Question { ask: Ask::Tail, within_ms: None }), r#"{"ask":"tail"}"#);
}

fn recovered() -> Recovered {
    Recovered {
        id: "ref_1".to_owned(),
        payment: Some("pay_1".to_owned()),
        minor_units: 7,
        currency: "USD".to_owned(),
        accepted_epoch: 1,
        accepted_at: 9,
        state: "posted".to_owned(),
    }
}

fn answers() -> [Answer; 8] {
    let standing =
        Standing { is_writer: true, position: Some(7), behind_bytes: Some(0), behind_ms: None };
    [
        Answer::Standing(standing),
        Answer::Tail { position: Some(7), movements: 3, faults: 0 },
        Answer::Tail { position: None, movements: 3, faults: 1 },
        Answer::Count { count: 2, missing: Missing::default() },
        Answer::Recovered { movements: vec![recovered()] },
        Answer::Epoch { epoch: 2 },
        Answer::TryAgain { cause: "the store is not available".to_owned() },
        Answer::Refused { cause: "the ledger is in epoch 3".to_owned() },
    ]
}

#[test]
fn what_a_run_notes() {
    let noted = answers().map(Answer::observed);
    let tail = |position, faults| Observed::Tail(Tail { position, movements: 3, faults });
    let again = Failure::TryAgain("the store is not available".to_owned());
    let refused = Failure::Refused(Refused::Database, "the ledger is in epoch 3".to_owned());
    let expected = [
        Ok(Observed::Done),
        Ok(tail(Some(7), 0)),
        Ok(tail(None, 1)),
        Ok(Observed::Movements(2)),
        Ok(Observed::Done),
        Ok(Observed::Epoch(fence::Epoch::new(2))),
        Err(again),
        Err(refused),
    ];
    assert_eq!(noted, expected);
}
