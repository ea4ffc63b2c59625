//! `cargo bench -p stores --bench ledger`: payments that the ledger in PostgreSQL commits in a second, to a server of its
//! own that syncs each commit to the disk, when they are spread over many accounts, over a few, and all of one account;
//! each alone, and those that wait together. Prints figures of this run and their ratios; asserts nothing but that every
//! payment was taken.

use std::fmt::Write as _;
use std::io::Write as _;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use payments::{
    AccountId, Book, Committed, Epoch, EventId, Given, Ledger as _, MovementId, PaymentDraft,
    PaymentId, ScopedKey, Time, Transaction,
};
use stores::{PgLedger, PgSettings};
use tokio::task::JoinSet;

use self::server::Server;

#[path = "../tests/it/programs.rs"]
mod programs;
#[path = "../tests/it/samples.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod samples;
#[path = "../tests/it/server.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod server;

/// How many payments are under way at any moment.
const WRITERS: u32 = 64;
/// How often each way is measured, in turns: other work on the machine then hits both.
const ROUNDS: u32 = 4;
/// How long each time.
const ROUND: Duration = Duration::from_secs(2);

fn main() {
    // What runs every target to see whether it starts does not ask for figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let server = Server::start_with(&["fsync=on", "synchronous_commit=on"], |_| {});
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("threads can be started");
    let mut table = String::from("accounts   alone /s  together /s    ratio  of the first\n");
    let mut first = None;
    for accounts in [1_024, 16, 4, 1] {
        let settings = server.database();
        let (alone, together) = runtime.block_on(compare(&settings, accounts));
        let (ratio, of_first) = (together / alone, together / *first.get_or_insert(together));
        writeln!(
            table,
            "{accounts:>8} {alone:>10.0} {together:>12.0} {ratio:>8.2} {of_first:>13.2}"
        )
        .expect("writing to memory cannot fail");
    }
    std::io::stdout().write_all(table.as_bytes()).expect("standard output is open");
}

/// Payments in a second, each alone and together.
async fn compare(settings: &PgSettings, accounts: u32) -> (f64, f64) {
    let ledger = PgLedger::new(settings).expect("the settings make a pool");
    ledger.migrate().await.expect("the schema is made");
    ledger.raise_epoch(Epoch::new(1), "us-east-1").await.expect("the server answers");
    let next = Arc::new(AtomicU32::new(0));
    let one = PgSettings { batch_max: NonZero::<usize>::MIN, ..settings.clone() };
    let ways = [one, settings.clone()].map(|way| PgLedger::new(&way).expect("it makes a pool"));
    let mut sums = [0.0; 2];
    for _ in 0..ROUNDS {
        for (ledger, sum) in ways.iter().zip(&mut sums) {
            *sum += payments_in_a_second(ledger, accounts, &next).await;
        }
    }
    let [alone, together] = sums.map(|sum| sum / f64::from(ROUNDS));
    (alone, together)
}

/// Lets the writers commit one payment after the other.
async fn payments_in_a_second(ledger: &PgLedger, accounts: u32, next: &Arc<AtomicU32>) -> f64 {
    let (before, begin) = (next.load(Ordering::Relaxed), Instant::now());
    let mut tasks = JoinSet::new();
    for _ in 0..WRITERS {
        let (ledger, next) = (ledger.clone(), Arc::clone(next));
        tasks.spawn(async move {
            while begin.elapsed() < ROUND {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let transaction = posts(number, number % accounts);
                assert_eq!(ledger.commit(&transaction).await, Committed::Done);
            }
        });
    }
    tasks.join_all().await;
    f64::from(next.load(Ordering::Relaxed) - before) / begin.elapsed().as_secs_f64()
}

/// The first transaction of the payment of this number, for the account of this number.
fn posts(number: u32, account: u32) -> Transaction {
    let mut transaction = samples::posts(1, 1);
    let time = Time::from_ms(samples::START_MS + u64::from(number));
    let account = AccountId::new(Time::from_ms(samples::START_MS + u64::from(account)), [2; 10]);
    let id = PaymentId::new(time, [1; 10]);
    let movement = MovementId::Payment(id);
    let draft =
        PaymentDraft { account: Given::Value(account.to_string()), ..samples::draft(1_000) };
    let mut key = [0; 32];
    key[..4].copy_from_slice(&number.to_be_bytes());
    transaction.movement = movement;
    transaction.record.id = id;
    transaction.record.key = ScopedKey::from_bytes(key);
    transaction.record.order = draft.check().expect("the draft has no faults");
    for transfer in &mut transaction.transfers {
        transfer.id.movement = movement;
        transfer.credit = Book::Merchant(account);
    }
    for event in &mut transaction.events {
        (event.id, event.movement, event.account) =
            (EventId::new(time, [1; 10]), movement, account);
    }
    transaction
}
