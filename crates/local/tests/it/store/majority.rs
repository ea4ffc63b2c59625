//! Which replicas must be there.

use fence::{
    Author, Command, ControlStore, Holder, HolderId, Millis, Order, RegionName, Tenure, Transition,
    renew_once, transition,
};
use local::Pace;
use payments::{Intents, Read, Written};

use super::trio::{Trio, assert_comes_to, first_intent, first_write, next_write, stored};

/// One replica is away, and the store answers as before; in both Regions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_away() {
    let mut trio = Trio::start().await;
    for (key, away) in [(1, 1), (2, 2), (3, 3)] {
        trio.end(away).await;
        for near in [1, 2] {
            let client = trio.client(near);
            let place = format!("{away} is away, a client near {near}");
            let key = key * 10 + near as u8;
            assert_comes_to!(client.read(&first_intent(key).key).await, Read::Absent, place);
            assert_comes_to!(client.write(&first_write(key)).await, Written::Done, place);
            let next = next_write(&first_intent(key), 6_000);
            assert_comes_to!(client.write(&next).await, Written::Done, place);
            assert_comes_to!(
                client.read(&next.intent.key).await,
                Read::Found(next.intent.clone()),
                place
            );
        }
        trio.begin(away).await;
    }
    assert_eq!(trio.client(1).all_intents().await.map(|intents| intents.len()), Ok(6));
}

/// Two are away: reads and first writes certainly have no effect. Of a write that needs no promise
/// nobody knows, until the others are back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_away() {
    let mut trio = Trio::start().await;
    let client = trio.client(1);
    assert_comes_to!(client.write(&first_write(1)).await, Written::Done);
    trio.end(2).await;
    trio.end(3).await;
    assert_comes_to!(client.read(&first_intent(1).key).await, Read::Unavailable);
    assert!(client.all_intents().await.is_err());
    assert!(client.runs().await.is_err());
    let answered = client.read_record().await;
    let cause = answered.expect_err("there is no majority").cause;
    assert!(cause.contains("no majority of voters answers"), "{cause}");
    let next = next_write(&first_intent(1), 6_000);
    assert_comes_to!(client.write(&next).await, Written::Unknown);
    assert_comes_to!(client.write(&first_write(2)).await, Written::Unavailable);
    trio.begin(3).await;
    assert_eq!(stored(&client, 2).await, None);
    // One voter had accepted it, and is in the majority that is there: it is brought to its end.
    assert_eq!(stored(&client, 1).await.as_ref(), Some(&next.intent));
    // Asked again it is done, as it was before.
    assert_comes_to!(client.write(&next).await, Written::Done);
}

/// Who comes back has what it has written down, and with the third it is enough.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn back_from_its_log() {
    let mut trio = Trio::start().await;
    trio.end(3).await;
    let client = trio.client(1);
    for number in 1..=20 {
        assert_comes_to!(client.write(&first_write(number)).await, Written::Done);
    }
    trio.end(1).await;
    trio.end(2).await;
    trio.begin(2).await;
    trio.begin(3).await;
    for number in 1..=20 {
        assert_eq!(stored(&client, number).await, Some(first_intent(number)));
    }
    let changed = Written::Changed(Box::new(first_intent(4)));
    let other = next_write(&first_intent(4), 9_000).intent;
    let write = payments::IntentWrite { intent: other, expects: None };
    assert_comes_to!(client.write(&write).await, changed);
}

/// Who was away lacks much, and is outvoted; with only one other what it lacks is brought to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_who_was_away() {
    let mut trio = Trio::start().await;
    let client = trio.client(1);
    assert_comes_to!(client.write(&first_write(1)).await, Written::Done);
    trio.end(2).await;
    for number in 2..=200 {
        assert_comes_to!(client.write(&first_write(number)).await, Written::Done);
    }
    trio.begin(2).await;
    let expected = Ok((1..=200).map(first_intent).collect::<Vec<_>>());
    assert_comes_to!(trio.client(2).all_intents().await, expected.clone());
    trio.end(1).await;
    assert_comes_to!(trio.client(2).all_intents().await, expected.clone());
    trio.begin(1).await;
    trio.end(3).await;
    assert_comes_to!(trio.client(1).all_intents().await, expected.clone());
}

/// Record and lease, as the loops of `fence` write them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn record_and_lease() {
    let trio = Trio::start().await;
    let (here, there) = (trio.client(1), trio.client(2));
    let region = RegionName::new("us-east-1");
    let initialize = Order {
        command: Command::Initialize { region: region.clone() },
        by: Author::new("ann"),
        reason: "the first".to_owned(),
    };
    assert_comes_to!(here.read_record().await, Ok(None));
    let Ok(Transition::Done(record)) = transition(&here, &initialize).await else {
        panic!("the record can be written");
    };
    assert_comes_to!(there.read_record().await, Ok(Some(record)));
    assert!(matches!(transition(&there, &initialize).await, Ok(Transition::Done(_))));
    let timing = Pace::default().timing;
    for (name, now) in [("one", 1_000), ("other", 1_010), ("one", 1_200)] {
        let id = HolderId::new(name);
        let holder = Holder { region: region.clone(), id, tenure: Tenure::Alone };
        let sighting = renew_once(&here, &holder, &timing, Millis(now)).await;
        let until = sighting.held().map(|held| held.until());
        assert_eq!(until, Ok(Millis(now).plus(timing.lease_length)), "{name} at {now}");
    }
    let lease = there.read_lease(&region).await.expect("it answers").expect("there is a lease");
    assert_eq!((lease.revision, lease.holders.len()), (3, 2));
}
