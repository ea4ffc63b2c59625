//! A ledger with a long history: what is asked of it on the way to a Region that serves reads as much as is open, or was
//! lost, and no more for all that was ever paid.

use payments::{Epoch, IntentState};
use recovery::{Answer, Ask, Missing};
use stores::PgLedger;

use crate::history::{fill, movement, rows_read};
use crate::samples::posts;
use crate::server::Server;
use crate::world::{World, intent};

/// How many payments there are, at first and then.
const PAYMENTS: [u64; 2] = [20_000, 60_000];

/// The latest 2,000 payments: their ids, their records, no refund, two transfers of each, and some pages of indices.
const END_MAX: u64 = 20_000;

/// Some intents, which are asked for by their names.
const NAMED_MAX: u64 = 200;

#[tokio::test]
async fn nothing_on_the_way_reads_more_for_a_longer_history() {
    let server = Server::start_new();
    let settings = server.database();
    let mut world = World::new(PgLedger::new(&settings).unwrap());
    world.ledger.migrate().await.unwrap();
    world.ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    world.ledger.close();
    let mut lost = 0;
    let (mut there, mut epoch) = (0, 1);
    for payments in PAYMENTS {
        fill(&server, &settings, there..payments);
        there = payments;
        // Some that the ledger has, and three that it lacks.
        for number in 1..=3 {
            lost += 1;
            let mut known = intent(&posts(200, epoch), IntentState::Posted);
            known.movement = movement(payments - number);
            known.key = payments::ScopedKey::from_bytes([u8::try_from(100 + lost).unwrap(); 32]);
            world.intents.put(known);
            world
                .intents
                .put(intent(&posts(u8::try_from(lost).unwrap(), epoch), IntentState::Posted));
        }
        epoch += 1;
        let region = "us-east-2".to_owned();
        let count = |count| Answer::Count { count, missing: Missing::default() };
        let table = [
            (Ask::Missing { epoch }, Some(count(3)), NAMED_MAX),
            (Ask::Tail, None, END_MAX),
            (Ask::RaiseEpoch { epoch, region }, Some(Answer::Epoch { epoch }), NAMED_MAX),
            (Ask::Hold { epoch }, Some(count(3)), NAMED_MAX),
            (Ask::Recovered { epoch, after: String::new() }, None, NAMED_MAX),
            (Ask::Settle { epoch }, Some(count(0)), NAMED_MAX),
        ];
        for (ask, expected, rows_max) in table {
            let before = rows_read(&server, &settings).await;
            world.ledger = PgLedger::new(&settings).unwrap();
            // How many: which they are is seen elsewhere.
            let answer = match world.ask(ask.clone()).await {
                Answer::Count { count: number, .. } => count(number),
                other => other,
            };
            world.ledger.close();
            let rows = rows_read(&server, &settings).await - before;
            assert!(
                rows <= rows_max,
                "{ask:?} read {rows} rows of a ledger of {payments} payments"
            );
            if let Some(expected) = expected {
                assert_eq!(answer, expected);
            }
            if let Answer::Tail { movements, faults, .. } = answer {
                assert_eq!((movements, faults), (payments + lost - 3, 0), "the count is of all");
            }
        }
    }
}
