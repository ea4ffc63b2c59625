//! How a database stands, where its ledger ends, and that its epoch be raised.

use payments::{Committed, Epoch, Ledger as _};
use recovery::{Answer, Ask, Missing, Standing};
use stores::PgLedger;

use crate::samples::{posts, succeeds};
use crate::server::Server;
use crate::world::World;

async fn standing(world: &World) -> Standing {
    match world.ask(Ask::Standing).await {
        Answer::Standing(standing) => standing,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_writer_and_its_standby() {
    let home = Server::start_new();
    let settings = home.database();
    let writer = World::new(PgLedger::new(&settings).unwrap());
    writer.ledger.migrate().await.unwrap();
    writer.ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    let alone = standing(&writer).await;
    assert!(alone.is_writer && alone.position.is_some());
    assert_eq!((alone.behind_bytes, alone.behind_ms), (None, None), "it knows no standby");

    let away = home.start_standby();
    let reader = World::new(PgLedger::new(&away.settings(&settings.database)).unwrap());
    assert_eq!(writer.ledger.commit(&posts(1, 1)).await, Committed::Done);
    assert_eq!(writer.ledger.commit(&succeeds(&posts(1, 1))).await, Committed::Done);
    let ends_at = standing(&writer).await.position;
    let follower = loop {
        let follower = standing(&reader).await;
        if follower.position >= ends_at {
            break follower;
        }
        tokio::task::yield_now().await;
    };
    assert!(!follower.is_writer && follower.behind_bytes.is_none());
    assert!(follower.behind_ms.is_some(), "it has had a transaction");
    while standing(&writer).await.behind_bytes != Some(0) {
        tokio::task::yield_now().await;
    }
    assert!(standing(&writer).await.behind_ms.is_some());

    let Answer::Tail { position, movements: 1, faults: 0 } = writer.ask(Ask::Tail).await else {
        panic!("the books are whole")
    };
    assert!(position >= ends_at);
    assert_eq!(
        writer.ask(Ask::Outbox).await,
        Answer::Count { count: 2, missing: Missing::default() }
    );
    let cause = "the database takes no writes yet".to_owned();
    assert_eq!(reader.ask(Ask::Tail).await, Answer::TryAgain { cause });
    let raise = Ask::RaiseEpoch { epoch: 2, region: "us-east-2".to_owned() };
    assert!(matches!(reader.ask(raise.clone()).await, Answer::TryAgain { .. }));

    // The writer is lost, and the standby takes over.
    home.crash();
    for ask in [Ask::Standing, Ask::Tail, Ask::Outbox, raise.clone()] {
        let answer = writer.ask(ask.clone()).await;
        assert!(matches!(answer, Answer::TryAgain { .. }), "{ask:?}: {answer:?}");
    }
    away.promote();
    assert!(standing(&reader).await.is_writer);
    for _ in 0..2 {
        assert_eq!(reader.ask(raise.clone()).await, Answer::Epoch { epoch: 2 });
    }
    let late = Ask::RaiseEpoch { epoch: 1, region: "us-east-1".to_owned() };
    let cause = "the ledger is in epoch 2".to_owned();
    assert_eq!(reader.ask(late).await, Answer::Refused { cause });
}

/// Books that do not balance are counted, not passed over.
#[tokio::test]
async fn faults_in_the_books_are_counted() {
    let server = Server::start_new();
    let settings = server.database();
    let world = World::new(PgLedger::new(&settings).unwrap());
    world.ledger.migrate().await.unwrap();
    world.ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap();
    assert_eq!(world.ledger.commit(&posts(1, 1)).await, Committed::Done);
    let spoil = "ALTER TABLE transfers DISABLE TRIGGER ALL; DELETE FROM transfers";
    server.ask(&settings, spoil);
    let answer = world.ask(Ask::Tail).await;
    assert!(matches!(answer, Answer::Tail { movements: 1, faults: 1.., .. }), "{answer:?}");
}

/// Aurora says how far its clusters are by a function of its own, of the documented shape.
#[tokio::test]
async fn aurora_is_asked_in_its_own_words() {
    let server = Server::start_new();
    let settings = server.database();
    let world = World::new(PgLedger::new(&settings).unwrap());
    let says = |rows: &str| {
        let sql = format!(
            "CREATE OR REPLACE FUNCTION aurora_global_db_status() RETURNS TABLE (aws_region text, \
             highest_lsn_written bigint, durability_lag_in_msec real, rpo_lag_in_msec real, \
             last_lag_calculation_time timestamptz, feedback_epoch bigint, feedback_xmin bigint) \
             LANGUAGE sql AS $$ {rows} $$"
        );
        server.ask(&settings, &sql)
    };
    let both = "VALUES ('us-east-1', 93763985102, -1, -1, now(), 0, 0), \
        ('us-east-2', 93763984222, 900, 1090, now(), 2, 19656)";
    says(both);
    let expected = Standing {
        is_writer: true,
        position: Some(93_763_985_102),
        behind_bytes: Some(880),
        behind_ms: Some(900),
    };
    assert_eq!(standing(&world).await, expected);
    says(
        "SELECT * FROM (VALUES ('', 0::bigint, 0::real, 0::real, now(), 0::bigint, 0::bigint)) AS t WHERE false",
    );
    let expected =
        Standing { is_writer: true, position: None, behind_bytes: None, behind_ms: None };
    assert_eq!(standing(&world).await, expected, "a cluster that was detached");

    says(both);
    let away = server.start_standby();
    let reader = World::new(PgLedger::new(&away.settings(&settings.database)).unwrap());
    let expected = Standing {
        is_writer: false,
        position: Some(93_763_984_222),
        behind_bytes: None,
        behind_ms: Some(900),
    };
    assert_eq!(standing(&reader).await, expected);
}
