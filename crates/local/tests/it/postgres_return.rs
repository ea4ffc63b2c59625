//! An old writer comes back: what it alone had is named, and it follows the new one.

use std::time::Duration;

use local::postgres::{ClusterError, How, StopMode, TailRead};
use payments::{Epoch, State, Transaction};

use crate::postgres_pair::{Pair, ask, commit, has, ledger, level, raise};
use crate::samples::{payment_id, posts, succeeds};

const SOON: Duration = Duration::from_secs(20);

/// The standby lacks what was committed last, and takes over; the old writer comes back.
async fn fail_over_with_loss(pair: &Pair) {
    let (old, new) = (&pair.one, &pair.other);
    commit(old, &[posts(1, 1), posts(2, 1)]).await;
    level(new, old).await;
    new.stop(StopMode::Fast).await;
    commit(old, &[succeeds(&posts(2, 1)), posts(3, 1), posts(4, 1)]).await;
    old.kill();
    new.start().await.unwrap();
    new.promote().await.unwrap();
    raise(new, 2).await;
    // Accepted again, and so in both.
    let again = Transaction { epoch: Epoch::new(2), ..posts(4, 1) };
    commit(new, &[again, posts(5, 2)]).await;
}

#[tokio::test]
async fn an_old_writer_names_what_is_lost_and_is_rewound() {
    let pair = Pair::started().await;
    fail_over_with_loss(&pair).await;
    let (old, new) = (&pair.one, &pair.other);
    let file = pair.folder.join("evidence.json");
    let rejoined = old.rejoin(new.address(), &file).await.unwrap();
    assert_eq!(rejoined.how, How::Rewound);
    let TailRead::Read(tail) = rejoined.tail else { panic!("{:?}", rejoined.tail) };
    let lost: Vec<_> = tail.payments.iter().map(|record| record.id).collect();
    assert_eq!(lost, [payment_id(2), payment_id(3)], "the fourth is there again");
    let commits: Vec<_> =
        tail.commits.iter().map(|one| (one.movement.payment(), one.state)).collect();
    assert_eq!(
        commits,
        [
            (payment_id(2), Some(State::Succeeded)),
            (payment_id(3), Some(State::Posted)),
            (payment_id(4), Some(State::Posted)),
        ]
    );
    let written: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(written, tail.evidence());
    assert_eq!(written["movements"].as_array().unwrap().len(), 2, "{written:#}");

    level(old, new).await;
    assert_eq!(has(old, 1..7).await, [1, 2, 4, 5]);
    assert_eq!(ledger(old).audit().await.unwrap(), []);
    // It is whole: it takes over in turn.
    let last = new.demote(SOON).await.unwrap();
    old.reaches(last, SOON).await.unwrap();
    old.promote().await.unwrap();
    raise(old, 3).await;
    new.start_as_standby(old.address()).await.unwrap();
    commit(old, &[posts(6, 3)]).await;
    level(new, old).await;
    assert_eq!(has(new, 1..7).await, [1, 2, 4, 5, 6]);
}

#[tokio::test]
async fn an_old_writer_that_is_not_rewound_is_rebuilt() {
    let pair = Pair::started().await;
    fail_over_with_loss(&pair).await;
    let (old, new) = (&pair.one, &pair.other);
    let forbid = "REVOKE EXECUTE ON FUNCTION pg_read_binary_file(text) FROM replication";
    assert_eq!(ask(&pair, new, forbid).await, "");
    let rejoined = old.rejoin(new.address(), &pair.folder.join("evidence.json")).await.unwrap();
    let How::Rebuilt { why } = &rejoined.how else { panic!("{rejoined:?}") };
    assert!(why.contains("permission denied for function pg_read_binary_file"), "{why}");
    let TailRead::Read(tail) = rejoined.tail else { panic!("{:?}", rejoined.tail) };
    assert_eq!(tail.payments.len(), 2);
    level(old, new).await;
    assert_eq!(has(old, 1..7).await, [1, 2, 4, 5]);
}

#[tokio::test]
async fn data_that_nobody_can_read_are_kept() {
    let pair = Pair::started().await;
    fail_over_with_loss(&pair).await;
    let (old, new) = (&pair.one, &pair.other);
    std::fs::remove_file(pair.folder.join("one/volume/data/global/pg_control")).unwrap();
    let rejoined = old.rejoin(new.address(), &pair.folder.join("evidence.json")).await.unwrap();
    assert!(matches!(rejoined.how, How::Rebuilt { .. }), "{rejoined:?}");
    let TailRead::Unread { why, kept } = rejoined.tail else { panic!("{:?}", rejoined.tail) };
    assert!(why.contains("pg_control"), "{why}");
    assert!(kept.join("PG_VERSION").exists());
    level(old, new).await;
    assert_eq!(has(old, 1..7).await, [1, 2, 4, 5]);
}

/// The link breaks after the tail was read: nothing starts with data that are half replaced, and the next try goes on.
#[tokio::test]
async fn a_return_that_fails_is_finished_later() {
    let pair = Pair::started().await;
    fail_over_with_loss(&pair).await;
    let (old, new) = (&pair.one, &pair.other);
    let evidence = pair.folder.join("evidence.json");
    assert_eq!(ask(&pair, new, "ALTER ROLE replication NOLOGIN").await, "");
    old.rejoin(new.address(), &evidence).await.unwrap_err();
    let written = std::fs::read_to_string(&evidence).unwrap();
    assert!(written.contains(&payment_id(3).to_string()), "{written}");
    assert!(matches!(old.start().await, Err(ClusterError::Unfinished)));
    assert!(matches!(old.start_as_standby(new.address()).await, Err(ClusterError::Unfinished)));

    assert_eq!(ask(&pair, new, "ALTER ROLE replication LOGIN").await, "");
    let rejoined = old.rejoin(new.address(), &evidence).await.unwrap();
    let TailRead::Read(tail) = rejoined.tail else { panic!("{:?}", rejoined.tail) };
    assert_eq!(tail.commits.len(), 3);
    assert_eq!(std::fs::read_to_string(&evidence).unwrap(), written);
    level(old, new).await;
    assert_eq!(has(old, 1..7).await, [1, 2, 4, 5]);
    old.stop(StopMode::Fast).await;
    old.start().await.unwrap();
}
