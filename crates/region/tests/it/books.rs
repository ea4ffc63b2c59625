//! The books of the processor on the disk: killed and back, cut off anywhere, owned by one.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use processor::Terms;
use region::{BooksFault, Simulator};
use tokio::net::TcpListener;

use crate::charging::{IMPATIENT, PATIENT, Running, client, word};
use crate::shop::{NOW, Shop};

/// Tells the child where its books are.
const BOOKS: &str = "TIDEOVER_TEST_BOOKS";

/// A processor in a process of its own, which is killed when this is dropped.
struct OtherProcess(Child);

impl Drop for OtherProcess {
    fn drop(&mut self) {
        self.0.kill().unwrap_or_default();
        let _ = self.0.wait();
    }
}

fn spawn(books: &Path) -> (OtherProcess, SocketAddr) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "books::serves_until_it_is_killed", "--nocapture"])
        .env(BOOKS, books)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = said.map_while(Result::ok);
    let address = said.find_map(|line| line.strip_prefix("at ")?.parse().ok()).unwrap();
    (OtherProcess(child), address)
}

#[tokio::test]
async fn a_processor_that_is_killed_charges_nobody_twice() {
    let shop = Shop::open().await;
    let books = shop.folder.path().join("books");
    let (child, address) = spawn(&books);
    let mut payments = Vec::new();
    for number in 1..=4 {
        // It takes the money, does not say so, and when it is asked is still at work.
        let payment = shop.pay(number, "tok_timeout_pending_1_abcdefgh").await;
        let worked = shop.process(&client(address, IMPATIENT), payment).await;
        assert_eq!(word(worked), "later");
        payments.push(payment);
    }
    drop(child);
    let running = Running::start(&books).await;
    let client = client(running.address, PATIENT);
    for payment in payments {
        assert_eq!(word(shop.process(&client, payment).await), "succeeded");
    }
    assert_eq!(running.simulator.movements().len(), 4);
}

/// The child of the test above; does nothing in a run of its own.
#[tokio::test]
async fn serves_until_it_is_killed() {
    let Some(books) = std::env::var_os(BOOKS) else { return };
    let simulator = Simulator::open(Path::new(&books), Terms::default(), || NOW).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    writeln!(std::io::stdout(), "\nat {}", listener.local_addr().unwrap()).unwrap();
    simulator.serve(listener, std::future::pending()).await.unwrap();
}

#[tokio::test]
async fn books_that_were_cut_off_anywhere_are_opened() {
    let shop = Shop::open().await;
    let books = shop.folder.path().join("books");
    let running = Running::start(&books).await;
    let client = client(running.address, PATIENT);
    for (number, token) in
        [(1, "tok_visa_abcdefgh"), (2, "tok_decline_abcdefgh"), (3, "tok_twice_abcdefgh")]
    {
        let payment = shop.pay(number, token).await;
        shop.process(&client, payment).await;
    }
    let whole = std::fs::read(&books).unwrap();
    let open = |bytes: &[u8]| {
        let cut = shop.folder.path().join("cut");
        std::fs::write(&cut, bytes).unwrap();
        let opened = Simulator::open(&cut, Terms::default(), || NOW);
        opened.map(|simulator| simulator.movements().len())
    };
    // Every seventh byte, and the last two.
    let lengths = (0..whole.len() - 1).step_by(7).chain([whole.len() - 1, whole.len()]);
    let moved: Vec<_> = lengths.map(|length| open(&whole[..length]).unwrap()).collect();
    assert!(moved.is_sorted(), "what was written stays: {moved:?}");
    let [first, .., cut, last] = moved[..] else { panic!("{moved:?}") };
    assert_eq!((first, cut, last), (0, 1, 2));
    let damaged = [b"{}\n".as_slice(), &whole].concat();
    assert!(matches!(open(&damaged), Err(BooksFault::Line(1))));
}

#[tokio::test]
async fn books_have_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Simulator::open(&folder.path().join("books"), Terms::default(), || NOW);
    let owner = open().unwrap();
    assert!(matches!(open(), Err(BooksFault::InUse)));
    drop(owner);
    open().unwrap();
}
