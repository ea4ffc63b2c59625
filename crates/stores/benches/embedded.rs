//! `cargo bench -p stores --bench embedded`: payments that the one-file store commits in a second, each on the disk
//! before it is answered, by many writers at once; and how that compares with one wait for the disk for each write.
//! Prints figures of this run and their ratios; asserts nothing but that every write was taken.

use std::fmt::Write as _;
use std::io::Write as _;
use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use payments::{Committed, Epoch, EventId, Ledger as _, MovementId, PaymentId, Time, Transaction};
use stores::{EmbeddedSettings, EmbeddedStore};
use tokio::task::JoinSet;

#[path = "../tests/it/samples.rs"]
#[allow(dead_code, reason = "the tests need more of it")]
mod samples;

/// How often each way is measured, in turns: other work on the machine then hits both.
const ROUNDS: u32 = 6;
/// How long each time.
const ROUND: Duration = Duration::from_millis(500);

fn main() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut table =
        format!("{:>8} {:>14} {:>14} {:>8}\n", "writers", "one by one /s", "together /s", "ratio");
    for writers in [1, 16, 64] {
        let (mut one_by_one, mut together) = (0.0, 0.0);
        for round in 0..ROUNDS {
            let name = |way| folder.path().join(format!("{writers}-{round}-{way}"));
            one_by_one += payments_in_a_second(&name("one"), writers, NonZero::<usize>::MIN);
            together += payments_in_a_second(&name("all"), writers, settings().batch_max);
        }
        let (one_by_one, together) = (one_by_one / f64::from(ROUNDS), together / f64::from(ROUNDS));
        let ratio = together / one_by_one;
        writeln!(table, "{writers:>8} {one_by_one:>14.0} {together:>14.0} {ratio:>8.2}")
            .expect("writing to memory cannot fail");
    }
    std::io::stdout().write_all(table.as_bytes()).expect("standard output is open");
}

fn settings() -> EmbeddedSettings {
    EmbeddedSettings::new(|| Time::from_ms(samples::START_MS))
}

/// Lets so many writers commit one payment after the other, in a new file.
fn payments_in_a_second(file: &Path, writers: u32, batch_max: NonZero<usize>) -> f64 {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build();
    runtime.expect("threads can be started").block_on(async {
        let settings = EmbeddedSettings { batch_max, ..settings() };
        let store = EmbeddedStore::open(file, settings).expect("the folder is writable");
        store.raise_epoch(Epoch::new(1), "us-east-1").await.expect("the file is writable");
        let next = Arc::new(AtomicU32::new(0));
        let begin = Instant::now();
        let mut tasks = JoinSet::new();
        for _ in 0..writers {
            tasks.spawn(write(store.clone(), Arc::clone(&next), begin + ROUND));
        }
        tasks.join_all().await;
        f64::from(next.load(Ordering::Relaxed)) / begin.elapsed().as_secs_f64()
    })
}

async fn write(store: EmbeddedStore, next: Arc<AtomicU32>, end: Instant) {
    while Instant::now() < end {
        let transaction = posts(next.fetch_add(1, Ordering::Relaxed));
        assert_eq!(store.commit(&transaction).await, Committed::Done);
    }
}

/// The first transaction of the payment of this number.
fn posts(number: u32) -> Transaction {
    let mut transaction = samples::posts(1, 1);
    let time = Time::from_ms(samples::START_MS + u64::from(number));
    let id = PaymentId::new(time, [1; 10]);
    let movement = MovementId::Payment(id);
    (transaction.record.id, transaction.movement) = (id, movement);
    for transfer in &mut transaction.transfers {
        transfer.id.movement = movement;
    }
    for event in &mut transaction.events {
        (event.id, event.movement) = (EventId::new(time, [1; 10]), movement);
    }
    transaction
}
