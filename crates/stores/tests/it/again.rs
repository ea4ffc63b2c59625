//! After the loss of a Region: what its own topic and bucket may have lost with it is told again, and counted where it
//! arrives.

use std::time::Duration;

use notify::{Outbox as _, Remaining};
use payments::{Committed, Epoch, EventId, Ledger as _};
use stores::{PgLedger, Raised};

use crate::samples::posts;
use crate::server::Server;

const NOW: Duration = Duration::ZERO;
const HOUR: Duration = Duration::from_secs(3_600);
const MINUTE: Duration = Duration::from_secs(60);

/// Publishes what is due and was not told; what the receivers of this Region's topic hear.
async fn publish(ledger: &PgLedger, epoch: u64) -> Vec<EventId> {
    let epoch = Epoch::new(epoch);
    let claimed = ledger.claim_events(epoch, 100, HOUR).await.unwrap();
    let due: Vec<EventId> =
        claimed.iter().filter(|row| !row.is_told).map(|row| row.event.draft.id).collect();
    for event in &due {
        ledger.told(epoch, *event, &[], Remaining::Nothing).await.unwrap();
    }
    due
}

async fn post(ledger: &PgLedger, number: u8) -> EventId {
    let transaction = posts(number, 1);
    assert_eq!(ledger.commit(&transaction).await, Committed::Done);
    transaction.events[0].id
}

#[tokio::test]
async fn receivers_get_what_the_lost_topic_may_not_have_brought_them() {
    let home = Server::start_new();
    let settings = home.database();
    let old = PgLedger::new(&settings).unwrap();
    old.migrate().await.unwrap();
    old.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    let mut events = Vec::new();
    for number in 1..=4 {
        events.push(post(&old, number).await);
    }
    assert_eq!(publish(&old, 1).await, events, "all was told, and noted");
    let long_ago =
        "UPDATE outbox SET told_at = told_at - interval '1 hour' WHERE account_sequence = 1";
    home.ask(&settings, long_ago);
    events.push(post(&old, 5).await);

    // Topic and bucket are lost with what they had not passed on.
    let away = home.start_standby();
    home.crash();
    away.promote();
    let new = PgLedger::new(&away.settings(&settings.database)).unwrap();
    assert_eq!(new.raise_epoch(Epoch::new(2), "us-east-2").await.unwrap(), Raised::Done);
    let epoch = Epoch::new(2);
    assert_eq!(new.tell_again(Epoch::new(1), MINUTE, 2).await.unwrap(), 0, "its time is over");
    let mut asked = Vec::new();
    for _ in 0..3 {
        asked.push(new.tell_again(epoch, MINUTE, 2).await.unwrap());
    }
    assert_eq!(asked, [2, 1, 0], "some at a time, each once");

    let mut heard = Vec::new();
    while heard.len() < 4 {
        heard.extend(publish(&new, 2).await);
    }
    heard.sort();
    assert_eq!(heard, events[1..], "the last minute, and what was never told; by the same ids");
    assert_eq!(new.events_waiting().await.unwrap(), 0, "nothing else");
    assert_eq!(new.tell_again(epoch, MINUTE, 2).await.unwrap(), 0, "what this Region told is told");
}

/// A worker that had claimed a row when it was opened again ends what it was at; the row stays.
#[tokio::test]
async fn a_late_note_does_not_end_what_is_told_again() {
    let server = Server::shared();
    let ledger = server.ledger().await;
    ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    let event = post(&ledger, 1).await;
    ledger.claim_events(Epoch::new(1), 1, NOW).await.unwrap();
    ledger.told(Epoch::new(1), event, &[], Remaining::Settling).await.unwrap();
    let epoch = Epoch::new(2);
    ledger.raise_epoch(epoch, "us-east-2").await.unwrap();
    let claimed = ledger.claim_events(epoch, 1, NOW).await.unwrap();
    assert!(claimed[0].is_told, "the processor is to be called for it");
    assert_eq!(ledger.tell_again(epoch, MINUTE, 10).await.unwrap(), 1);
    ledger.done(epoch, event).await.unwrap();
    let again = ledger.claim_events(epoch, 1, NOW).await.unwrap();
    assert!(!again[0].is_told, "it is told first");
    ledger.told(epoch, event, &[], Remaining::Settling).await.unwrap();
    ledger.done(epoch, event).await.unwrap();
    assert_eq!(ledger.claim_events(epoch, 1, NOW).await, Ok(Vec::new()));
}
