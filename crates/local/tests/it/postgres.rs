//! Clusters are started, followed, promoted, lost and brought back, with real servers.

use std::time::Duration;

use local::postgres::{Cluster, ClusterError, How, Role, StopMode, TailRead, end_leftovers};
use payments::{Committed, Epoch, Ledger as _, Read, State};
use stores::{PgLedger, PgSettings};

use crate::postgres_pair::{Pair, ask, commit, has, ledger, level, raise};
use crate::samples::{payment_id, posts, refund, succeeds};

const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_server_starts_stops_and_forgets_nothing() {
    let pair = Pair::absent(None).await;
    let one = &pair.one;
    assert!(!one.is_running() && one.pids().is_empty());
    one.create(&pair.template).await.unwrap();
    one.start().await.unwrap();
    raise(one, 1).await;
    type End = fn(&Cluster);
    let ends: [(u8, End); 3] = [
        (1, |_| ()),
        (2, Cluster::kill),
        (3, |one| {
            one.freeze();
            one.kill();
        }),
    ];
    for (number, end) in ends {
        commit(one, &[posts(number, 1)]).await;
        assert!(one.pids().len() > 4, "the writer of the log is a process, too");
        end(one);
        one.stop(StopMode::Fast).await;
        assert!(!one.is_running() && one.pids().is_empty());
        one.start().await.unwrap();
        one.start().await.unwrap();
        assert_eq!(has(one, 1..5).await, (1..=number).collect::<Vec<_>>());
    }
    assert_eq!(ledger(one).audit().await.unwrap(), []);
    assert_eq!(one.position().await.unwrap().role, Role::Writer);
    let by_url = PgSettings::from_url(&one.url(), |_| unreachable!("it has no certificates"));
    let by_url = PgLedger::new(&by_url.unwrap()).unwrap();
    assert_eq!(by_url.current_epoch().await.unwrap(), Epoch::new(1));
}

/// Whoever comes after a supervisor that was killed.
#[tokio::test]
async fn what_is_left_of_a_server_is_ended() {
    let pair = Pair::started().await;
    let directory = pair.folder.join("one");
    let pids = pair.one.pids();
    end_leftovers(&pair.folder.join("other"));
    assert!(pair.one.is_running() && !pair.other.is_running());
    end_leftovers(&directory);
    let is_there = |pid: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        !stat.is_empty() && !stat.contains(") Z ")
    };
    assert_eq!(pids.iter().filter(|pid| is_there(pid)).count(), 0);
    end_leftovers(&directory);
    end_leftovers(&pair.folder.join("nothing"));
    pair.one.start().await.unwrap();
}

#[tokio::test]
async fn a_server_that_does_not_start_says_why() {
    let pair = Pair::absent(None).await;
    pair.one.create(&pair.template).await.unwrap();
    let _taken = std::net::TcpListener::bind(pair.one.address()).unwrap();
    let said = pair.one.start().await.unwrap_err().to_string();
    assert!(said.contains("could not bind"), "{said}");
}

#[tokio::test]
async fn a_standby_follows_and_takes_over() {
    let pair = Pair::started().await;
    let (old, new) = (&pair.one, &pair.other);
    commit(old, &[posts(1, 1), succeeds(&posts(1, 1))]).await;
    level(new, old).await;
    assert_eq!(has(new, 1..3).await, [1]);
    assert_eq!(new.position().await.unwrap().role, Role::Standby);
    assert_eq!(ledger(new).commit(&posts(2, 1)).await, Committed::Unavailable);
    assert_eq!(new.read_commits().await.unwrap(), old.read_commits().await.unwrap());

    old.kill();
    assert_eq!(new.lag(old).await, None);
    new.promote().await.unwrap();
    raise(new, 2).await;
    commit(new, &[posts(2, 2)]).await;
    assert_eq!(has(new, 1..4).await, [1, 2]);
    new.promote().await.expect("a writer stays what it is");
    let raises = new.read_raises().await.unwrap();
    let raises: Vec<_> = raises.iter().map(|one| (one.epoch, one.region.as_str())).collect();
    assert_eq!(raises, [(1, "one"), (2, "other")]);
}

/// What is committed is watched: each change once, with the epoch that it carried.
#[tokio::test]
async fn commits_are_watched() {
    let pair = Pair::started().await;
    let first = posts(1, 1);
    let second = succeeds(&first);
    let refused = payments::Fate::Refused(payments::Refusal::PaymentOpen);
    commit(&pair.one, &[first.clone(), second.clone(), refund(&second, 7, refused)]).await;
    let stale = ledger(&pair.one).commit(&posts(2, 9)).await;
    assert!(matches!(stale, Committed::Fenced(_)), "{stale:?}");
    let commits = pair.one.read_commits().await.unwrap();
    let seen: Vec<_> = commits
        .iter()
        .map(|one| (one.movement.to_string(), one.state, one.epoch, one.row_epoch))
        .collect();
    let payment = payment_id(1).to_string();
    let refund_id = commits[2].movement.to_string();
    assert!(refund_id.starts_with("ref_"), "{refund_id}");
    assert_eq!(
        seen,
        [
            (payment.clone(), Some(State::Posted), Some(1), 1),
            (payment, Some(State::Succeeded), Some(1), 1),
            (refund_id, None, None, 1),
        ]
    );
    assert!(commits.is_sorted_by_key(|one| (one.at_us, one.transaction)), "{commits:?}");
}

#[tokio::test]
async fn a_switch_loses_nothing_and_rebuilds_nothing() {
    let pair = Pair::started().await;
    let mut roles = [&pair.one, &pair.other];
    for epoch in 1..=4_u8 {
        let [old, new] = roles;
        commit(old, &[posts(epoch, u64::from(epoch))]).await;
        let last = old.demote(SOON).await.unwrap();
        new.reaches(last, SOON).await.unwrap();
        new.promote().await.unwrap();
        raise(new, u64::from(epoch) + 1).await;
        assert_eq!(has(new, 1..9).await, (1..=epoch).collect::<Vec<_>>());
        old.start_as_standby(new.address()).await.unwrap();
        level(old, new).await;
        roles = [new, old];
    }
    let [writer, standby] = roles;
    assert_eq!(standby.read_commits().await.unwrap(), writer.read_commits().await.unwrap());
    assert_eq!(standby.read_commits().await.unwrap().len(), 4);
    let logs = roles.map(|cluster| std::fs::read_to_string(cluster.log()).unwrap()).concat();
    let copies = logs.matches("received replication command: BASE_BACKUP").count();
    assert_eq!(copies, 1, "that of the beginning");
}

#[tokio::test]
async fn a_writer_whose_standby_is_out_of_reach_does_not_hand_over() {
    let pair = Pair::started().await;
    level(&pair.other, &pair.one).await;
    pair.other.freeze();
    commit(&pair.one, &[posts(1, 1)]).await;
    let demoted = pair.one.demote(Duration::from_millis(300)).await;
    assert!(matches!(demoted, Err(ClusterError::NotHandedOver(_))), "{demoted:?}");
    // The switch is cancelled.
    pair.one.start().await.unwrap();
    commit(&pair.one, &[posts(2, 1)]).await;
    pair.other.thaw();
    level(&pair.other, &pair.one).await;
    assert_eq!(has(&pair.other, 1..4).await, [1, 2]);
}

/// The other Region is cut off, or asleep: nothing of it answers, and nothing of it is waited for.
#[tokio::test]
async fn a_standby_takes_over_from_whoever_is_silent() {
    let pair = Pair::started().await;
    let new = &pair.other;
    commit(&pair.one, &[posts(1, 1)]).await;
    level(new, &pair.one).await;
    pair.one.freeze();
    new.promote().await.unwrap();
    raise(new, 2).await;
    commit(new, &[posts(2, 2)]).await;

    // The old writer wakes up and does not know of it.
    pair.one.thaw();
    commit(&pair.one, &[posts(3, 1)]).await;
    let evidence = pair.folder.join("evidence.json");
    let rejoined = pair.one.rejoin(new.address(), &evidence).await.unwrap();
    let TailRead::Read(tail) = rejoined.tail else { panic!("{:?}", rejoined.tail) };
    let lost: Vec<_> = tail.payments.iter().map(|record| record.id).collect();
    assert_eq!((rejoined.how, lost), (How::Rewound, vec![payment_id(3)]));
    level(&pair.one, new).await;

    // A link takes connections, and nothing comes through it.
    let link = std::net::TcpListener::bind("127.77.1.1:0").unwrap();
    pair.one.start_as_standby(link.local_addr().unwrap()).await.unwrap();
    pair.one.promote().await.unwrap();
    raise(&pair.one, 3).await;
    assert_eq!(has(&pair.one, 1..5).await, [1, 2]);
}

/// Whoever is asleep answers nobody, and goes on with the same connections as if nothing had been.
#[tokio::test]
async fn a_frozen_server_wakes_up_with_its_connections() {
    let pair = Pair::started().await;
    let one = &pair.one;
    let open = ledger(one);
    assert_eq!(open.commit(&posts(1, 1)).await, Committed::Done);
    let pids = one.pids();
    one.freeze();
    assert!(one.is_running());
    assert!(one.position().await.is_err());
    let commit = tokio::spawn({
        let open = open.clone();
        async move { open.commit(&posts(2, 1)).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!commit.is_finished());
    one.thaw();
    assert_eq!(commit.await.unwrap(), Committed::Done);
    assert!(pids.iter().all(|pid| one.pids().contains(pid)), "nobody of them has ended");
    assert_eq!(open.read(payment_id(2)).await, Read::Found(posts(2, 1).record));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_takes_no_payments_until_there_is_space() {
    let pair = Pair::absent(Some(120 << 20)).await;
    let one = &pair.one;
    match one.create(&pair.template).await {
        // Not root, or root of a container that may not.
        Err(ClusterError::NotPermitted(_)) => return,
        created => created.unwrap(),
    }
    one.start().await.unwrap();
    raise(one, 1).await;
    one.fill_disk().await.unwrap();
    let ledger = ledger(one);
    let (mut taken, mut refused) = (Vec::new(), Vec::new());
    for number in 1..=200 {
        match ledger.commit(&posts(number, 1)).await {
            Committed::Done => taken.push(number),
            _ => refused.push(number),
        }
    }
    assert!(!refused.is_empty(), "tables need more pages");
    let large = "CREATE TABLE large AS SELECT repeat('a', 99) FROM generate_series(1, 900000)";
    assert_ne!(ask(&pair, one, large).await, "", "there is no space for it");
    one.stop(StopMode::Immediate).await;
    one.free_disk().await.unwrap();
    one.start().await.unwrap();
    assert_eq!(has(one, 1..u8::MAX).await, taken);
    commit(one, &[posts(254, 1)]).await;
}
