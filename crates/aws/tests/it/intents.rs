//! Intents over both replicas: what is certain when one of them fails, or both.

use std::time::Duration;

use aws::{ControlTable, Patience, Replica};
use fence::ControlStore as _;
use payments::{IntentState, Intents, Read, Revision, Written};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::double::{Double, Fault, Full, TABLE};
use crate::samples::{HASTY, PATIENT, aws, first, moved, table};

/// What a write must come to, and that what is told is what is there.
#[track_caller]
fn agrees(written: &Written, expected: &Written, stored: &Read<payments::Intent>, what: &str) {
    assert_eq!(written, expected, "{what}");
    if *written == Written::Unavailable {
        assert_eq!(*stored, Read::Absent, "{what}: it certainly did not happen");
    }
}

#[tokio::test]
async fn an_intent_is_written_once_and_read() {
    let double = Double::start().await;
    let table = table(&double, PATIENT);
    let write = first(1, 1);
    assert_eq!(table.read(&write.intent.key).await, Read::Absent);
    assert_eq!(table.write(&write).await, Written::Done);
    assert_eq!(table.read(&write.intent.key).await, Read::Found(write.intent.clone()));
    let rival = first(1, 2);
    let stored = Written::Changed(Box::new(write.intent.clone()));
    assert_eq!(table.write(&rival).await, stored);
    assert_eq!(table.write(&write).await, Written::Done, "it is already so");
    let posted = moved(&write, IntentState::Posted);
    assert_eq!(table.write(&posted).await, Written::Done);
    assert_eq!(table.write(&posted).await, Written::Done, "it is already so");
    let settled = Written::Changed(Box::new(posted.intent.clone()));
    assert_eq!(table.write(&moved(&write, IntentState::Settled)).await, settled);
    assert_eq!(table.read(&write.intent.key).await, Read::Found(posted.intent));
    assert_eq!(double.other.requests(), 0, "the replica of this Region is enough");
}

#[tokio::test]
async fn an_intent_that_was_read_and_is_gone_is_no_conflict() {
    let double = Double::start().await;
    let table = table(&double, PATIENT);
    let posted = moved(&first(1, 1), IntentState::Posted);
    assert_eq!(posted.expects, Some(Revision(1)));
    assert_eq!(table.write(&posted).await, Written::Unavailable);
}

/// Every fault of the replica that is asked first, with the other one well: nothing is noticed.
#[tokio::test]
async fn the_other_replica_stands_in() {
    let faults = [
        Fault::LosesQuestion,
        Fault::LosesAnswer,
        Fault::Hangs,
        Fault::HangsWithAnswer,
        Fault::ArrivesLate,
        Fault::Babbles,
        Fault::Says(400, "ProvisionedThroughputExceededException"),
        Fault::Says(400, "ThrottlingException"),
        Fault::Says(400, "ReplicatedWriteConflictException"),
        Fault::Says(400, "ResourceNotFoundException"),
        Fault::Says(500, "InternalServerError"),
        Fault::Says(503, "ServiceUnavailable"),
        Fault::SaysAfter(500, "InternalServerError"),
        Fault::SaysAfter(503, "ServiceUnavailable"),
        Fault::SaysAfter(400, "ReplicatedWriteConflictException"),
    ];
    let each = faults.map(|fault| tokio::spawn(stands_in(fault)));
    for one in each {
        one.await.expect("it holds");
    }
}

async fn stands_in(fault: Fault) {
    let patience = if fault.hangs() { HASTY } else { PATIENT };
    let double = Double::start().await;
    let table = table(&double, patience);
    double.local.always(fault);
    let write = first(1, 1);
    assert_eq!(table.write(&write).await, Written::Done, "{fault:?}");
    let posted = moved(&write, IntentState::Posted);
    assert_eq!(table.write(&posted).await, Written::Done, "{fault:?}");
    let found = Read::Found(posted.intent.clone());
    assert_eq!(table.read(&write.intent.key).await, found, "{fault:?}");
    let rival = first(1, 2);
    let written = table.write(&rival).await;
    let changed = Written::Changed(Box::new(posted.intent.clone()));
    // Whether the rival was there in between cannot be told from what is stored: it is later.
    let is_certain = matches!(fault, Fault::Says(400, code) if !code.starts_with("Repl"));
    let expected = if is_certain { changed } else { Written::Unknown };
    assert_eq!(written, expected, "{fault:?}");
    // What arrives when all is over changes nothing.
    let late = double.local.deliver().await;
    assert_eq!(late > 0, fault == Fault::ArrivesLate, "{fault:?}");
    double.local.always(Fault::None);
    assert_eq!(table.read(&write.intent.key).await, found, "{fault:?}");
}

/// Faults of both replicas, each time the first way the first, and what may be said of a first write then.
#[tokio::test]
async fn both_replicas_fail() {
    const BUSY: Fault = Fault::Says(400, "ProvisionedThroughputExceededException");
    const CONFLICT: Fault = Fault::Says(400, "ReplicatedWriteConflictException");
    const BROKEN: Fault = Fault::Says(500, "InternalServerError");
    const DENIED: Fault = Fault::Says(400, "AccessDeniedException");
    let rows = [
        (BUSY, BUSY, Written::Unavailable),
        (DENIED, DENIED, Written::Unavailable),
        (BUSY, DENIED, Written::Unavailable),
        (CONFLICT, CONFLICT, Written::Unknown),
        (BROKEN, BROKEN, Written::Unknown),
        (BROKEN, BUSY, Written::Unknown),
        (Fault::Hangs, Fault::Hangs, Written::Unknown),
        (Fault::Hangs, DENIED, Written::Unknown),
        (Fault::LosesQuestion, Fault::LosesQuestion, Written::Unknown),
        (Fault::ArrivesLate, DENIED, Written::Unknown),
        (Fault::LosesAnswer, BUSY, Written::Unknown),
        (Fault::SaysAfter(500, "InternalServerError"), DENIED, Written::Unknown),
    ];
    let each = rows.map(|(local, other, expected)| tokio::spawn(both_fail(local, other, expected)));
    for one in each {
        one.await.expect("it holds");
    }
}

async fn both_fail(local: Fault, other: Fault, expected: Written) {
    let what = format!("{local:?}, {other:?}");
    let brief = Duration::from_millis(300);
    let patience = match other {
        Fault::Hangs => Patience { other: brief, total: 2 * brief, ..HASTY },
        _ if local.hangs() => HASTY,
        _ => PATIENT,
    };
    let double = Double::start().await;
    let table = table(&double, patience);
    // Only the first try of a way may be carried out, so that nothing settles it.
    double.local.next(&[local]);
    double.local.always(if local == Fault::Hangs { local } else { other });
    double.other.always(other);
    let write = first(1, 1);
    let written = table.write(&write).await;
    assert_eq!(table.read(&write.intent.key).await, Read::Unavailable, "{what}");
    double.local.always(Fault::None);
    double.other.always(Fault::None);
    agrees(&written, &expected, &table.read(&write.intent.key).await, &what);
}

#[tokio::test]
async fn refused_connections_are_certain() {
    let mut double = Double::start().await;
    let table = table(&double, PATIENT);
    let write = first(1, 1);
    double.local.close().await;
    assert_eq!(table.write(&write).await, Written::Done, "the local replica is down alone");
    assert_eq!(table.read(&write.intent.key).await, Read::Found(write.intent.clone()));
    double.other.close().await;
    let second = first(2, 1);
    assert_eq!(table.write(&second).await, Written::Unavailable);
    assert_eq!(table.read(&write.intent.key).await, Read::Unavailable);
    double.local.reopen().await;
    assert_eq!(table.read(&second.intent.key).await, Read::Absent);
    assert_eq!(table.write(&second).await, Written::Done, "and up again");
}

/// Ours was carried out, its answer lost, and somebody went on from it before we asked again: no conflict.
#[tokio::test]
async fn what_was_built_on_ours_is_no_conflict() {
    let double = Double::start().await;
    let table = table(&double, PATIENT);
    let write = first(1, 1);
    assert_eq!(table.write(&write).await, Written::Done);
    let posted = moved(&write, IntentState::Posted);
    assert_eq!(table.write(&posted).await, Written::Done);
    // As if this were the try after the one that made it.
    double.local.next(&[Fault::LosesQuestion]);
    assert_eq!(table.write(&write).await, Written::Unknown);
    // A rival of the same revision cannot have been there: the revision is taken.
    double.local.next(&[Fault::LosesQuestion]);
    let rival = moved(&write, IntentState::Settled);
    assert_eq!(table.write(&rival).await, Written::Changed(Box::new(posted.intent)));
}

#[tokio::test]
async fn of_sixteen_writers_one_wins() {
    let double = Double::start().await;
    // Some of them lose their answers, some are turned away.
    let busy = Fault::Says(400, "ThrottlingException");
    let faults = [Fault::None, Fault::LosesAnswer, busy, Fault::LosesQuestion];
    double.local.next(&faults.repeat(4));
    let table = table(&double, PATIENT);
    let mut writers = JoinSet::new();
    for writer in 1..=16 {
        let table = table.clone();
        writers.spawn(async move {
            let write = first(1, writer);
            (write.intent.clone(), table.write(&write).await)
        });
    }
    let answers = writers.join_all().await;
    let Read::Found(stored) = table.read(&first(1, 1).intent.key).await else {
        panic!("one of them wrote it")
    };
    for (ours, written) in answers {
        let expected =
            if ours == stored { Written::Done } else { Written::Changed(Box::new(stored.clone())) };
        assert_eq!(written, expected);
    }
}

#[tokio::test]
async fn a_replica_that_hangs_is_asked_second_for_a_while() {
    let double = Double::start().await;
    let avoidance = Duration::from_secs(3_600);
    let table = table(&double, Patience { local: Duration::from_secs(2), avoidance, ..PATIENT });
    double.local.always(Fault::Hangs);
    let key = first(1, 1).intent.key;
    assert_eq!(table.read(&key).await, Read::Absent);
    assert_eq!(table.read(&key).await, Read::Absent);
    assert_eq!((double.local.requests(), double.other.requests()), (1, 2));
    // The other one is down now: the first is asked again.
    double.local.always(Fault::None);
    double.other.always(Fault::LosesQuestion);
    assert_eq!(table.read(&key).await, Read::Absent);
    assert_eq!(table.read(&key).await, Read::Absent);
    assert_eq!((double.local.requests(), double.other.requests()), (3, 3));
}

/// Nobody but us tries again, the SDK included.
#[tokio::test]
async fn each_replica_is_asked_four_times_at_most() {
    let double = Double::start().await;
    let table = table(&double, PATIENT);
    double.local.always(Fault::Says(500, "InternalServerError"));
    double.other.always(Fault::LosesQuestion);
    assert_eq!(table.write(&first(1, 1)).await, Written::Unknown);
    assert_eq!((double.local.requests(), double.other.requests()), (4, 4));
}

/// Where nobody answers the first packet, the connection is given up before the try is, and nothing was sent.
#[tokio::test]
async fn connections_that_are_not_made_in_time_are_certain() {
    let full = Full::new().await;
    let url = || Some(full.url());
    let replica = |region: &str| Replica { region: region.to_owned(), endpoint_url: url() };
    let (local, other) = (replica("us-east-1"), replica("us-east-2"));
    let table = ControlTable::new(&aws(None), TABLE, local, other, PATIENT);
    assert_eq!(table.write(&first(1, 1)).await, Written::Unavailable);
}

/// What the SDK does is behind a pointer: who calls us over many layers does not carry it on the stack.
#[tokio::test]
async fn futures_are_small() {
    let double = Double::start().await;
    let table = table(&double, PATIENT);
    let write = first(1, 1);
    let sizes = [size_of_val(&table.read(&write.intent.key)), size_of_val(&table.write(&write))];
    assert!(sizes.iter().all(|size| *size < 2_048), "{sizes:?}");
}

/// Where nobody speaks TLS nothing was sent. No other adapter or double is asked over TLS, so that this is where a
/// client without a working one would show.
#[tokio::test]
async fn connections_that_cannot_be_encrypted_are_certain() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("https://{}", listener.local_addr().expect("it is bound"));
    let serving = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 this is no TLS\r\n\r\n").await;
        }
    });
    let replica =
        |region: &str| Replica { region: region.to_owned(), endpoint_url: Some(url.clone()) };
    let (local, other) = (replica("us-east-1"), replica("us-east-2"));
    let table = ControlTable::new(&aws(None), TABLE, local, other, PATIENT);
    assert_eq!(table.write(&first(1, 1)).await, Written::Unavailable);
    let no_answer = table.read_record().await.expect_err("nobody answers");
    assert!(no_answer.cause.contains("corrupt message"), "{no_answer}");
    serving.abort();
}
