//! Two Regions that write the same at the same time.

use payments::{Intent, Intents, Written};

use super::trio::{Trio, assert_comes_to, first_intent, first_write, next_write, stored};

const ROUNDS: u64 = 40;

/// Of two writes over the same revision one takes place, and it is the one that is told so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_writers_wins() {
    let trio = Trio::start().await;
    let (here, there) = (trio.client(1), trio.client(2));
    assert_comes_to!(here.write(&first_write(1)).await, Written::Done);
    let mut before = first_intent(1);
    let mut won = [0, 0];
    for round in 1..=ROUNDS {
        let writes = [next_write(&before, 10_000 + round), next_write(&before, 20_000 + round)];
        let (one, other) = tokio::join!(here.write(&writes[0]), there.write(&writes[1]));
        let after = stored(&here, 1).await.expect("it was written");
        let winner = writes.iter().position(|write| write.intent == after);
        let winner = winner.expect("one of the two is stored");
        judge(&one, &writes[0].intent, &after);
        judge(&other, &writes[1].intent, &after);
        won[winner] += 1;
        before = after;
    }
    assert_eq!(won[0] + won[1], ROUNDS, "{won:?}");
}

fn judge(said: &Written, ours: &Intent, after: &Intent) {
    match said {
        Written::Done => assert_eq!(ours, after),
        Written::Changed(told) => assert_eq!((&**told, ours == after), (after, false)),
        Written::Unavailable => assert_ne!(ours, after),
        Written::Unknown => {}
    }
}
