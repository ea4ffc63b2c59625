//! Processes that are killed while they write, and disks that are full: whatever was answered is what is found.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use fence::{LedgerEpoch as _, LedgerSight};
use notify::Outbox as _;
use payments::{Committed, Epoch, EventKind, Fate, Ledger as _, Read, Refusal, Version};
use stores::{EmbeddedStore, Syncing};
use tokio::task::JoinSet;

use super::open;
use crate::samples::{payment_id, posts, refund, succeeds};

/// Tells a child which file to write.
const FILE: &str = "TIDEOVER_TEST_STORE";
/// Tells it which payment is its first.
const FIRST: &str = "TIDEOVER_TEST_FIRST";

/// How many payments a child makes, and how many of them at once.
const PAYMENTS: u8 = 16;
const WRITERS: u8 = 8;
/// The last payment that there is a number for.
const LAST: u8 = u8::MAX;

/// Instead of a first payment: all there are.
const ALL: u8 = 0;

/// The version that each payment was said to have, by number.
type Said = BTreeMap<u8, Version>;

/// Kills writers of one file again and again, each after another number of answers, the first before any.
#[tokio::test]
async fn what_was_acknowledged_survives_every_kill() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store");
    let mut said = Said::new();
    for (round, first) in (1..LAST).step_by(usize::from(PAYMENTS)).enumerate() {
        let mut child = child(&file, first, Command::new(std::env::current_exe().unwrap()));
        let output = BufReader::new(child.stdout.take().unwrap());
        let answers = output.lines().map_while(Result::ok).filter_map(|line| answer(&line));
        said.extend(answers.take(3 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        is_as_was_said(&file, &said).await;
    }
    assert!(said.len() > 50, "{} payments were acknowledged", said.len());
}

fn child(file: &Path, first: u8, mut command: Command) -> Child {
    command
        .args(["--exact", "embedded::crashes::writes_until_it_is_stopped", "--nocapture"])
        .env(FILE, file)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the child is started")
}

/// A payment and its version that a child was told to be written.
fn answer(line: &str) -> Option<(u8, Version)> {
    let (number, version) = line.strip_prefix("done ")?.split_once(' ')?;
    Some((number.parse().ok()?, Version(version.parse().ok()?)))
}

/// Every answer is true, and nothing is half there: neither in the books nor in the outbox.
async fn is_as_was_said(file: &Path, said: &Said) {
    let store = open(file, Syncing::Always).expect("it is repaired");
    assert_eq!(store.audit().await.expect("it is read"), []);
    let mut events = Vec::new();
    for number in 1..=LAST {
        let version = match store.read(payment_id(number)).await {
            Read::Found(record) => record.version.0,
            Read::Absent => 0,
            Read::Unavailable => panic!("payment {number} is not read"),
        };
        let expected = said.get(&number).map_or(0, |version| version.0);
        assert!(version >= expected, "payment {number} has version {version}, not {expected}");
        let kinds = [EventKind::PaymentPosted, EventKind::PaymentSucceeded];
        let told = kinds.into_iter().zip(1..=version);
        events.extend(told.map(|(kind, _)| (payment_id(number).to_string(), kind)));
    }
    has_events(&store, events).await;
}

async fn has_events(store: &EmbeddedStore, mut expected: Vec<(String, EventKind)>) {
    let epoch = store.current_epoch().await.expect("it answers");
    let lease = std::time::Duration::ZERO;
    let rows = store.claim_events(epoch, u32::MAX, lease).await.expect("it is not fenced");
    let numbers: Vec<_> = rows.iter().map(|row| row.event.account_sequence).collect();
    let count = u64::try_from(rows.len()).expect("there are few");
    assert_eq!(numbers, (1..=count).collect::<Vec<_>>());
    let drafts = rows.iter().map(|row| row.event.draft);
    let mut told: Vec<_> =
        drafts.map(|draft| (draft.movement.payment().to_string(), draft.kind)).collect();
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
}

/// The child of the tests here; does nothing in a run of its own.
#[tokio::test]
async fn writes_until_it_is_stopped() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let first: u8 = std::env::var(FIRST).unwrap().parse().unwrap();
    let Ok(store) = open(Path::new(&file), Syncing::Always) else { return };
    if store.raise_epoch(Epoch::new(1), "us-east-1").await.is_err() {
        return;
    }
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        tasks.spawn(pay_one_after_another(store.clone(), first, writer));
    }
    tasks.join_all().await;
    let silent = LedgerSight { ledger: fence::Ledger::Silent, epoch: None };
    let is_silent = store.read_epoch().await == silent;
    say(&format!("silent {is_silent}"));
}

/// On a line of its own, whatever the test runner says.
fn say(words: &str) {
    let line = format!("\n{words}\n");
    std::io::stdout().write_all(line.as_bytes()).expect("standard output is open");
}

async fn pay_one_after_another(store: EmbeddedStore, first: u8, writer: u8) {
    let last = if first == ALL { LAST } else { first + (PAYMENTS - 1).min(LAST - first) };
    let numbers = (first.max(1)..=last).filter(|number| number % WRITERS == writer);
    for number in numbers {
        let posted = posts(number, 1);
        let succeeded = succeeds(&posted);
        let refunded = refund(&succeeded, 1, Fate::Refused(Refusal::ExceedsCaptured));
        for transaction in [posted, succeeded, refunded] {
            let version = transaction.record.version.0;
            let word = match store.commit(&transaction).await {
                Committed::Done => "done",
                Committed::Unavailable => "unavailable",
                Committed::Unknown => "unknown",
                refused => panic!("payment {number}: {refused:?}"),
            };
            say(&format!("{word} {number} {version}"));
            if word != "done" {
                return;
            }
        }
    }
}

/// A file that cannot grow any more says so to every writer, and all that it had said stays true.
#[tokio::test]
async fn a_full_disk_makes_no_lie() {
    let mut full = 0;
    for kilobytes in (4..=600).step_by(74) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("store");
        let mut limited = Command::new("bash");
        let limit = format!("trap '' XFSZ; ulimit -f {kilobytes}; exec \"$0\" \"$@\"");
        limited.arg("-c").arg(limit).arg(std::env::current_exe().unwrap());
        let output = child(&file, ALL, limited).wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{kilobytes} kB: {text}");
        let mut words = text.lines().filter_map(|line| line.split_once(' '));
        if words.any(|(word, _)| word == "unavailable" || word == "unknown") {
            full += 1;
            assert!(text.contains("silent true"), "{kilobytes} kB: {text}");
        }
        is_as_was_said(&file, &text.lines().filter_map(answer).collect()).await;
    }
    assert!(full > 0, "no file was full while it was written");
}
