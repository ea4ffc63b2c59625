//! `cargo bench -p recovery --bench history`: how long what a run asks of a ledger takes while payments wait, beside reading
//! all of the ledger for it, which grows with every payment: with a million payments, or as many as `TIDEOVER_PAYMENTS`
//! says. Prints figures of this run, the best of three, and of all of it one; asserts nothing but that both say the
//! same.

#![expect(clippy::unwrap_used, reason = "in the helpers of a test, too, a surprise is a failure")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use payments::{Epoch, IntentState, MovementId, ScopedKey, audit_books, audit_records};
use recovery::{Answer, Ask, Missing};
use stores::PgLedger;

use self::history::{fill, movement};
use self::samples::posts;
use self::server::Server;
use self::world::{World, intent};

#[path = "../tests/it/history.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod history;
#[path = "../../stores/tests/it/programs.rs"]
mod programs;
#[path = "../../stores/tests/it/samples.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod samples;
#[path = "../../stores/tests/it/server.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod server;
#[path = "../tests/it/world.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod world;

/// How often each is asked, and how often all of the ledger is read for it.
const ROUNDS: u32 = 3;
const ROUNDS_OF_ALL: u32 = 1;
/// How many intents there are that the ledger has, and how many that it lacks.
const KNOWN: u64 = 2_000;
const LOST: u8 = 100;

fn main() {
    // What runs every target to see whether it starts does not ask for figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let payments = std::env::var("TIDEOVER_PAYMENTS").ok();
    let payments = payments.map_or(1_000_000, |text| text.parse().expect("it is a number"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let table = runtime.expect("threads can be started").block_on(measure(payments));
    std::io::stdout().write_all(table.as_bytes()).expect("standard output is open");
}

async fn measure(payments: u64) -> String {
    let server = Server::start_new();
    let settings = server.database();
    let world = World::new(PgLedger::new(&settings).expect("the settings make a pool"));
    world.ledger.migrate().await.expect("the schema is made");
    world.ledger.raise_epoch(Epoch::new(1), "us-east-1").await.expect("the server answers");
    fill(&server, &settings, 0..payments);
    put_intents(&world, payments);
    let mut table = format!("of {payments} payments       ms  ms by all of it\n");
    let mut row = |name: &str, (now, all): (Duration, Duration)| {
        let (now, all) = (now.as_secs_f64() * 1_000.0, all.as_secs_f64() * 1_000.0);
        writeln!(table, "{name:<20} {now:>9.1} {all:>16.1}").expect("memory can be written to");
    };
    let tail = best(ROUNDS, async || {
        let Answer::Tail { movements, faults, .. } = world.ask(Ask::Tail).await else {
            panic!("the server answers")
        };
        (movements, faults)
    });
    row(
        "record-tail, verify",
        both(tail.await, best(ROUNDS_OF_ALL, async || walk(&world).await).await),
    );
    let missing = best(ROUNDS, async || world.ask(Ask::Missing { epoch: 2 }).await);
    let by_all = best(ROUNDS_OF_ALL, async || {
        let count = missing_by_all(&world).await;
        Answer::Count { count, missing: Missing::default() }
    });
    row("snapshot-evidence", both(missing.await, by_all.await));
    world.ledger.raise_epoch(Epoch::new(2), "us-east-2").await.expect("the server answers");
    let began = Instant::now();
    let held = world.ask(Ask::Hold { epoch: 2 }).await;
    assert_eq!(held, Answer::Count { count: LOST.into(), missing: Missing::default() });
    let (hold, again) =
        (began.elapsed(), best(ROUNDS_OF_ALL, async || missing_by_all(&world).await).await);
    row("hold-missing", (hold, again.1));
    table
}

fn put_intents(world: &World, payments: u64) {
    for number in 1..=KNOWN.min(payments) {
        let mut known = intent(&posts(1, 1), IntentState::Posted);
        let mut key = [0; 32];
        key[..8].copy_from_slice(&number.to_be_bytes());
        (known.movement, known.key) = (movement(payments - number), ScopedKey::from_bytes(key));
        world.intents.put(known);
    }
    for number in 1..=LOST {
        world.intents.put(intent(&posts(number, 1), IntentState::Posted));
    }
}

/// The answer, and how long it took at best.
async fn best<T>(rounds: u32, ask: impl AsyncFn() -> T) -> (T, Duration) {
    let mut best: Option<(T, Duration)> = None;
    for _ in 0..rounds {
        let began = Instant::now();
        let answer = ask().await;
        let took = began.elapsed();
        if best.as_ref().is_none_or(|(_, least)| took < *least) {
            best = Some((answer, took));
        }
    }
    best.expect("it is asked")
}

fn both<T: PartialEq + std::fmt::Debug>(
    (now, took): (T, Duration),
    (all, by_all): (T, Duration),
) -> (Duration, Duration) {
    assert_eq!(now, all);
    (took, by_all)
}

/// How many movements there are, and faults of the books, by a walk through the ledger.
async fn walk(world: &World) -> (u64, u64) {
    let (mut movements, mut faults) = (0, 0);
    let walked = world.ledger.walk(|records, postings| {
        movements += records.iter().map(|record| record.movements().count()).sum::<usize>();
        faults += audit_books(&postings).len() + audit_records(&records, &postings).len();
    });
    walked.await.expect("the server answers");
    (movements as u64, faults as u64)
}

/// How much is missing, by the names of all that the ledger has.
async fn missing_by_all(world: &World) -> u64 {
    let mut known = std::collections::BTreeSet::<MovementId>::new();
    let walked = world.ledger.walk(|records, _| {
        let movements = records.iter().flat_map(|record| record.movements());
        known.extend(movements.map(|(movement, _)| movement));
    });
    walked.await.expect("the server answers");
    world.intents.all().iter().filter(|intent| !known.contains(&intent.movement)).count() as u64
}
