//! What a failover lost: counted, held, settled; in one go and in several.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use payments::{
    Claim, Epoch, Intent, IntentState, Intents as _, Ledger as _, Read, Status, Time, Transaction,
    Verdict,
};
use recovery::{Answer, Ask, Missing};
use stores::Raised;

use crate::samples::{START_MS, posts};
use crate::server::Server;
use crate::world::{World, intent};

const EPOCH: u64 = 2;

/// A ledger that was promoted under epoch 2, with the first of five payments of epoch 1; the fifth was refused.
async fn lossy(server: &Server) -> (World, Vec<Transaction>) {
    let world = World::new(server.ledger().await);
    let all: Vec<Transaction> = (1..=5).map(|number| posts(number, 1)).collect();
    assert_eq!(world.ledger.raise_epoch(Epoch::new(1), "us-east-1").await.unwrap(), Raised::Done);
    assert_eq!(world.ledger.commit(&all[0]).await, payments::Committed::Done);
    let region = "us-east-2".to_owned();
    let raised = world.ask(Ask::RaiseEpoch { epoch: EPOCH, region }).await;
    assert_eq!(raised, Answer::Epoch { epoch: EPOCH });
    for (transaction, state) in all.iter().zip([
        IntentState::Posted,
        IntentState::Accepted,
        IntentState::Posted,
        IntentState::Settled,
        IntentState::Refused(payments::Refusal::PaymentMissing),
    ]) {
        world.intents.put(intent(transaction, state));
    }
    (world, all)
}

fn count(count: u64) -> Answer {
    Answer::Count { count, missing: Missing::default() }
}

/// What is told of these before anybody decides about them: which they are, and their money.
fn told(all: &[Transaction]) -> (Vec<String>, BTreeMap<String, u64>) {
    let mut money = BTreeMap::new();
    let named = all.iter().map(|transaction| {
        let of = intent(transaction, IntentState::Accepted);
        let amount = of.order.money();
        let units = u64::try_from(amount.amount.minor_units()).expect("it is not negative");
        *money.entry(amount.currency.code().to_owned()).or_default() += units;
        match of.movement {
            payments::MovementId::Payment(payment) => payment.to_string(),
            payments::MovementId::Refund(_, refund) => refund.to_string(),
        }
    });
    (named.collect(), money)
}

fn again(cause: &str) -> Answer {
    Answer::TryAgain { cause: cause.to_owned() }
}

async fn states(world: &World, all: &[Transaction]) -> Vec<&'static str> {
    let mut states = Vec::new();
    for transaction in all {
        states.push(world.state(transaction).await);
    }
    states
}

#[tokio::test]
async fn counted_held_and_settled() {
    let server = Server::shared();
    let (world, all) = lossy(&server).await;
    let lacking = world.ask(Ask::Missing { epoch: EPOCH }).await;
    let (named, money) = told(&all[1..=3]);
    assert_eq!(lacking, Answer::Count { count: 3, missing: Missing { named, money } });
    assert_eq!(world.ask(Ask::Hold { epoch: EPOCH }).await, count(3));
    let held = ["posted", "quarantined", "quarantined", "quarantined", "absent"];
    assert_eq!(states(&world, &all).await, held);
    let noted = ["posted", "quarantined", "quarantined", "quarantined", "refused"];
    assert_eq!(world.intents.states(), noted);
    assert_eq!(world.ask(Ask::Hold { epoch: EPOCH }).await, count(0), "everything is held");
    let expected = ["quarantined", "quarantined", "quarantined"];
    assert_eq!(recovered(&world, &all).await, expected);

    let of = |number: usize| all[number].movement;
    let known = [
        (of(1), Status::Known(Verdict::Succeeded)),
        (of(2), Status::Known(Verdict::Declined)),
        (of(3), Status::Pending),
    ];
    *world.cards.says.lock().unwrap() = known.into();
    let settle = Ask::Settle { epoch: EPOCH };
    assert_eq!(world.ask(settle.clone()).await, again("1 wait for the processor"));
    world.cards.says.lock().unwrap().remove(&of(3));
    assert_eq!(world.ask(settle.clone()).await, count(0));
    let settled = ["posted", "succeeded", "declined", "posted", "absent"];
    assert_eq!(states(&world, &all).await, settled);
    assert_eq!(world.intents.states(), ["posted", "settled", "settled", "posted", "refused"]);
    let asked = world.cards.asked.load(Ordering::Relaxed);
    assert_eq!(world.ask(settle).await, count(0));
    assert_eq!(world.cards.asked.load(Ordering::Relaxed), asked, "nothing is left to ask about");
    assert_eq!(world.ledger.audit().await.unwrap(), []);
    assert_eq!(recovered(&world, &all).await, ["succeeded", "declined", "posted"]);
}

/// What the ledger says that it lacked, which is all but the first payment and the one that was refused.
async fn recovered(world: &World, all: &[Transaction]) -> Vec<String> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = world.ask(Ask::Recovered { epoch: EPOCH, after: after.clone() }).await;
        let Answer::Recovered { movements } = page else { panic!("{page:?}") };
        let Some(last) = movements.last() else { break };
        after.clone_from(&last.id);
        found.extend(movements);
    }
    let told = found.iter().map(|row| (row.id.clone(), row.minor_units, row.accepted_epoch));
    let lost = all[1..4].iter().map(|transaction| {
        let money = transaction.record.order.money();
        (transaction.record.id.to_string(), money.amount.minor_units(), 1)
    });
    assert_eq!(told.collect::<Vec<_>>(), lost.collect::<Vec<_>>());
    // Under the epochs before and after nothing was held.
    for epoch in [1, 3] {
        let other = world.ask(Ask::Recovered { epoch, after: String::new() }).await;
        assert_eq!(other, Answer::Recovered { movements: Vec::new() }, "{epoch}");
    }
    found.into_iter().map(|row| row.state).collect()
}

/// What each of two failovers held, whoever settled it.
#[tokio::test]
async fn each_failover_has_its_own_loss() {
    let server = Server::shared();
    let (world, all) = lossy(&server).await;
    assert_eq!(world.ask(Ask::Hold { epoch: EPOCH }).await, count(3));
    let raise = Ask::RaiseEpoch { epoch: 3, region: "us-east-1".to_owned() };
    assert_eq!(world.ask(raise).await, Answer::Epoch { epoch: 3 });
    let later = posts(6, EPOCH);
    world.intents.put(intent(&later, IntentState::Posted));
    assert_eq!(world.ask(Ask::Hold { epoch: 3 }).await, count(1));
    let states = ["quarantined", "quarantined", "quarantined"];
    assert_eq!(held_under(&world, EPOCH).await, states);
    assert_eq!(held_under(&world, 3).await, ["quarantined"]);
    // The second one settles what the first one has left.
    *world.cards.says.lock().unwrap() =
        [(all[1].movement, Status::Known(Verdict::Succeeded))].into();
    assert_eq!(world.ask(Ask::Settle { epoch: 3 }).await, count(0));
    assert_eq!(held_under(&world, EPOCH).await, ["succeeded", "posted", "posted"]);
    assert_eq!(held_under(&world, 3).await, ["posted"]);
}

async fn held_under(world: &World, epoch: u64) -> Vec<String> {
    let page = world.ask(Ask::Recovered { epoch, after: String::new() }).await;
    let Answer::Recovered { movements } = page else { panic!("{page:?}") };
    movements.into_iter().map(|row| row.state).collect()
}

/// Whoever was told to try again and never did is no loss; the ledger's own time says how long ago that was.
#[tokio::test]
async fn what_clients_gave_up_is_not_lost() {
    const HOUR_MS: u64 = 60 * 60 * 1_000;
    let server = Server::shared();
    let (world, all) = lossy(&server).await;
    let tried = |number: usize, hours: u64, state| {
        let intent = intent(&all[number], state);
        let until = Time::from_ms(START_MS - hours * HOUR_MS);
        Intent { claim: Claim { until, ..intent.claim }, ..intent }
    };
    world.intents.put(tried(1, 25, IntentState::Accepted));
    world.intents.put(tried(2, 23, IntentState::Accepted));
    world.intents.put(tried(3, 25, IntentState::Posted));
    assert!(matches!(
        world.ask(Ask::Missing { epoch: EPOCH }).await,
        Answer::Count { count: 2, .. }
    ));
    assert_eq!(world.ask(Ask::Hold { epoch: EPOCH }).await, count(2));
    let held = ["posted", "absent", "quarantined", "quarantined", "absent"];
    assert_eq!(states(&world, &all).await, held);
    let short = "1 that were abandoned are not let go yet";
    assert_eq!(world.ask_within(Ask::Settle { epoch: EPOCH }, 2).await, again(short));
    assert_eq!(world.ask(Ask::Settle { epoch: EPOCH }).await, count(0));
    assert_eq!(states(&world, &all).await, ["posted", "absent", "posted", "posted", "absent"]);
    assert_eq!(world.intents.states(), ["posted", "accepted", "posted", "posted", "refused"]);
    let Read::Found(intent) = world.intents.read(&all[1].record.key).await else { panic!("gone") };
    assert_eq!(intent.epoch, Epoch::new(EPOCH), "who asks for it again has it carried out");
}

#[tokio::test]
async fn who_has_little_time_does_a_part_and_says_what_is_left() {
    let server = Server::shared();
    let (world, all) = lossy(&server).await;
    let hold = Ask::Hold { epoch: EPOCH };
    assert_eq!(world.ask_within(hold.clone(), 1).await, again("2 of 3 are not held yet"));
    assert_eq!(states(&world, &all).await, ["posted", "quarantined", "absent", "absent", "absent"]);
    assert_eq!(world.ask_within(hold, 2).await, count(2));
    let settle = Ask::Settle { epoch: EPOCH };
    let short = "2 are left, and there was no time to ask about 2 of them";
    assert_eq!(world.ask_within(settle.clone(), 1).await, again(short));
    assert_eq!(world.cards.asked.load(Ordering::Relaxed), 1);
    assert_eq!(world.ask_within(settle, 2).await, count(0));
    assert_eq!(states(&world, &all).await, ["posted", "posted", "posted", "posted", "absent"]);
    assert_eq!(world.ledger.audit().await.unwrap(), []);
}

#[tokio::test]
async fn nothing_is_decided_by_a_part_of_the_intents() {
    let server = Server::shared();
    let (world, all) = lossy(&server).await;
    let fault = "the control table did not answer: no answer in time";
    *world.intents.fault.lock().unwrap() = Some(fault.to_owned());
    for ask in
        [Ask::Missing { epoch: EPOCH }, Ask::Hold { epoch: EPOCH }, Ask::Settle { epoch: EPOCH }]
    {
        assert_eq!(world.ask(ask).await, again(fault));
    }
    assert_eq!(states(&world, &all).await, ["posted", "absent", "absent", "absent", "absent"]);
}
