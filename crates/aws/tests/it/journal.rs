//! Journals in the table: what is written once stays, whatever becomes of requests; and the calls that were noted.

use aws::{Aws, Calls, ControlTable, Manner, Replica};
use expect_test::expect;
use fence::{Author, Millis, RunId};
use runbook::{Appended, Control, Entry, Event, Journal, NotTaken, order};

use crate::double::{Double, Fault, TABLE};
use crate::samples::{HASTY, PATIENT, bits, place, table};

fn run() -> RunId {
    RunId::new("failover-1")
}

/// An entry that says who wrote it.
fn entry(position: u64, writer: &str) -> Entry {
    Entry { position, at: Millis(position), event: Event::Paused { by: Author::new(writer) } }
}

#[tokio::test]
async fn what_is_written_is_read() {
    let double = Double::start().await;
    let table = table(&double, PATIENT);
    let journal = table.journal(&run());
    assert_eq!(journal.read().await, Ok(Vec::new()));
    let entries: Vec<Entry> = (0..30).map(|position| entry(position, "ann")).collect();
    for one in &entries {
        assert_eq!(journal.append(one).await, Appended::Written);
    }
    assert_eq!(journal.read().await.as_ref(), Ok(&entries));
    assert_eq!(table.journal(&run()).read().await, Ok(entries), "by who has read nothing yet");
    assert_eq!(table.journal(&RunId::new("failover")).read().await, Ok(Vec::new()));
    assert_eq!(table.runs().await, Ok(vec![run()]));
}

#[tokio::test]
async fn of_two_writers_of_one_number_one_wins() {
    let double = Double::start().await;
    let table = table(&double, PATIENT);
    let (ann, ben) = (table.journal(&run()), table.journal(&run()));
    assert_eq!(ann.append(&entry(0, "ann")).await, Appended::Written);
    assert_eq!(ben.append(&entry(0, "ben")).await, Appended::Taken);
    assert_eq!(ann.append(&entry(0, "ann")).await, Appended::Written, "a second time");
    assert_eq!(ben.read().await, Ok(vec![entry(0, "ann")]));
}

#[tokio::test]
async fn one_request_fails_and_nothing_is_lost() {
    let faults = [
        Fault::LosesAnswer,
        Fault::LosesQuestion,
        Fault::ArrivesLate,
        Fault::Says(400, "ThrottlingException"),
        Fault::SaysAfter(500, "InternalServerError"),
    ];
    for fault in faults {
        for place in 0..12 {
            let double = Double::start().await;
            double.local.next(&vec![Fault::None; place]);
            double.local.next(&[fault]);
            let table = table(&double, HASTY);
            let journal = table.journal(&run());
            for position in 0..3 {
                let appended = journal.append(&entry(position, "ann")).await;
                assert_eq!(appended, Appended::Written, "{fault:?} at {place}");
                let length = journal.read().await.map(|entries| entries.len() as u64);
                assert_eq!(length, Ok(position + 1), "{fault:?} at {place}");
            }
            double.local.deliver().await;
            assert_eq!(table.journal(&run()).read().await.map(|all| all.len()), Ok(3));
            assert_eq!(table.runs().await, Ok(vec![run()]), "{fault:?} at {place}");
        }
    }
}

#[tokio::test]
async fn with_both_replicas_gone_nothing_is_said_to_be_written() {
    let mut double = Double::start().await;
    let table = table(&double, PATIENT);
    let journal = table.journal(&run());
    assert_eq!(journal.append(&entry(0, "ann")).await, Appended::Written);
    double.local.close().await;
    assert_eq!(journal.append(&entry(1, "ann")).await, Appended::Written, "by the other replica");
    double.other.close().await;
    assert_eq!(journal.append(&entry(2, "ann")).await, Appended::Unknown);
    let silent = order(&journal, &Control::Pause, &Author::new("ann"), Millis(1)).await;
    assert!(matches!(silent, Err(NotTaken::JournalSilent { .. })), "{silent:?}");
}

#[tokio::test]
async fn runs_that_begin_at_once_are_all_listed() {
    let double = Double::start().await;
    let table = table(&double, PATIENT);
    let mut begun = tokio::task::JoinSet::new();
    for number in 0..6 {
        let journal = table.journal(&RunId::new(format!("run-{number}")));
        begun.spawn(async move { journal.append(&entry(0, "ann")).await });
    }
    assert_eq!(begun.join_all().await, [Appended::Written; 6]);
    let mut runs = table.runs().await.expect("the table answers");
    runs.sort();
    let names: Vec<&str> = runs.iter().map(RunId::as_str).collect();
    assert_eq!(names, ["run-0", "run-1", "run-2", "run-3", "run-4", "run-5"]);
}

#[tokio::test]
async fn calls_are_noted_and_kept() {
    let double = Double::start().await;
    double.local.next(&[Fault::None, Fault::Says(400, "ThrottlingException")]);
    let calls = Calls::default();
    let manner = Manner { calls: Some(calls.clone()), ..Manner::default() };
    let aws = Aws::with(place(None), manner, bits(), |_| {});
    let at = |region: &str, url| Replica { region: region.to_owned(), endpoint_url: Some(url) };
    let (local, other) = (at("us-east-1", double.local.url()), at("us-east-2", double.other.url()));
    let table = ControlTable::new(&aws, TABLE, local, other, PATIENT);
    table.warm().await;
    table.warm().await;
    let noted = calls.take();
    let told: String = noted
        .iter()
        .map(|call| {
            let answered = call.ms.is_some() && call.at > 0;
            let (region, service, operation) = (&call.region, &call.service, &call.operation);
            format!("{region} {service} {operation} {:?} {answered}\n", call.status)
        })
        .collect();
    expect![[r#"
        us-east-1 DynamoDB GetItem Some(200) true
        us-east-1 DynamoDB GetItem Some(400) true
        us-east-2 DynamoDB GetItem Some(200) true
    "#]]
    .assert_eq(&told);
    assert_eq!(table.keep_calls(&run(), 7, &noted).await, Ok(()));
    assert_eq!(table.calls(&run(), 7).await, Ok(Some(noted)));
    assert_eq!(table.calls(&run(), 8).await, Ok(None));
}
