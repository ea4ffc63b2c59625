//! Processors that are late, silent, away or say everything twice: one outcome and one charge for each key.

use tokio::task::JoinSet;

use crate::served::client::Client;
use crate::served::machine::{Machine, Store};
use crate::served::oracle::History;

/// Cards by what the processor does with them, and what becomes of their payments in the end.
const CARDS: [(&str, &str); 6] = [
    ("tok_visa_abcdefgh", "succeeded"),
    ("tok_decline_abcdefgh", "declined"),
    ("tok_late_abcdefgh", "succeeded"),
    ("tok_timeout_abcdefgh", "succeeded"),
    ("tok_twice_abcdefgh", "succeeded"),
    ("tok_refuse_abcdefgh", "succeeded"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_as_it_likes() {
    let machine = Machine::new(Store::Embedded);
    let service = machine.start();
    let mut history = History::default();
    let mut payments = JoinSet::new();
    for (number, (token, end)) in (1..).zip(CARDS.iter().cycle().take(4 * CARDS.len())) {
        let client = Client::new(service.address);
        payments.spawn(async move {
            let key = format!("{token}-{number}");
            let answer = client.pay(&key, number, token).await;
            assert_eq!(client.settled(&answer.text("id")).await["status"], *end, "{token}");
            (key, answer)
        });
    }
    for (key, answer) in payments.join_all().await {
        history.told(&key, answer);
    }
    history.holds(&machine, service).await;
}
