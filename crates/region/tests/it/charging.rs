//! The processor of cards over real sockets: late, silent, twice, refused.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use expect_test::{Expect, expect};
use payments::{Time, Verdict, Worked};
use processor::{Moved, Terms};
use region::{HttpLimits, ProcessorClient, Simulator, Trust};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::outside::{Does, Outside};
use crate::shop::{NOW, Shop};

/// A client that waits for an answer for so long.
pub(crate) fn client(address: SocketAddr, time_max: Duration) -> ProcessorClient {
    let limits = HttpLimits { time_max, ..HttpLimits::default() };
    ProcessorClient::new(&Trust::nobody(), &format!("http://{address}"), limits).unwrap()
}

pub(crate) const PATIENT: Duration = Duration::from_secs(30);
pub(crate) const IMPATIENT: Duration = Duration::from_millis(200);

/// The processor, running.
pub(crate) struct Running {
    pub(crate) simulator: Simulator,
    pub(crate) address: SocketAddr,
    clock: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn start(books: &Path) -> Self {
        let clock = Arc::new(AtomicU64::new(NOW.as_ms()));
        let now = clock.clone();
        let now = move || Time::from_ms(now.load(Ordering::Relaxed));
        let simulator = Simulator::open(books, Terms::default(), now).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = simulator.clone();
        let serve = async move { served.serve(listener, std::future::pending()).await.unwrap() };
        Self { simulator, address, clock, task: tokio::spawn(serve) }
    }

    fn pass_seconds(&self, seconds: u64) {
        self.clock.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) fn word(worked: Worked) -> &'static str {
    match worked {
        Worked::Settled(Verdict::Succeeded) => "succeeded",
        Worked::Settled(Verdict::Declined) => "declined",
        Worked::Later => "later",
        Worked::Held | Worked::GateClosed | Worked::Nothing => "otherwise",
    }
}

/// Pays with each token, lets a worker see to it four times half a minute apart, and compares what came of it and how
/// much money moved.
async fn check(time_max: Duration, table: Expect) {
    let shop = Shop::open().await;
    let running = Running::start(&shop.folder.path().join("books")).await;
    let client = client(running.address, time_max);
    let mut text = String::new();
    for (number, line) in (1..).zip(table.data.trim().lines()) {
        let token = line.split_whitespace().next().unwrap();
        let (before, payment) =
            (running.simulator.movements().len(), shop.pay(number, token).await);
        let mut words = Vec::new();
        for _ in 0..4 {
            words.push(word(shop.process(&client, payment).await));
            running.pass_seconds(30);
        }
        let moved = running.simulator.movements().len() - before;
        text += &format!("{token:<26} {} moved {moved}\n", words.join(" "));
    }
    table.assert_eq(&text);
}

#[tokio::test]
async fn cards() {
    check(
        PATIENT,
        expect![[r#"
            tok_visa_abcdefgh          succeeded succeeded succeeded succeeded moved 1
            tok_decline_abcdefgh       declined declined declined declined moved 0
            tok_late_50_abcdefgh       succeeded succeeded succeeded succeeded moved 1
            tok_twice_abcdefgh         succeeded succeeded succeeded succeeded moved 1
            tok_twice_decline_abcdefgh declined declined declined declined moved 0
            tok_pending_2_abcdefgh     later later succeeded succeeded moved 1
            tok_refuse_abcdefgh        later succeeded succeeded succeeded moved 1
        "#]],
    )
    .await;
}

#[tokio::test]
async fn cards_that_do_not_answer_in_time() {
    check(
        IMPATIENT,
        expect![[r#"
            tok_timeout_abcdefgh       succeeded succeeded succeeded succeeded moved 1
            tok_timeout_decline_abcdef declined declined declined declined moved 0
            tok_late_60000_abcdefgh    succeeded succeeded succeeded succeeded moved 1
        "#]],
    )
    .await;
}

#[tokio::test]
async fn refunds() {
    let shop = Shop::open().await;
    let running = Running::start(&shop.folder.path().join("books")).await;
    let client = client(running.address, PATIENT);
    let payment = shop.pay(1, "tok_refund_decline_abcdefgh").await;
    let other = shop.pay(2, "tok_visa_abcdefgh").await;
    for payment in [payment, other] {
        assert_eq!(word(shop.process(&client, payment).await), "succeeded");
    }
    let refund = shop.refund(3, payment, 200).await;
    assert_eq!(word(shop.process(&client, refund).await), "declined");
    let refund = shop.refund(4, other, 200).await;
    assert_eq!(word(shop.process(&client, refund).await), "succeeded");
    let moved = running.simulator.movements();
    let Moved { key, money, .. } = moved.last().unwrap();
    assert_eq!((key.as_str(), money.amount.minor_units()), (refund.to_string().as_str(), 200));
    assert_eq!(moved.len(), 3);
}

#[tokio::test]
async fn a_processor_that_is_not_there_was_sent_nothing() {
    let shop = Shop::open().await;
    let books = shop.folder.path().join("books");
    let gone = Running::start(&books).await;
    let address = gone.address;
    drop(gone);
    tokio::task::yield_now().await;
    let payment = shop.pay(1, "tok_visa_abcdefgh").await;
    let closed = client(address, PATIENT);
    let nowhere =
        ProcessorClient::new(&Trust::nobody(), "http://processor.invalid", HttpLimits::default());
    assert_eq!(word(shop.process(&closed, payment).await), "later");
    assert_eq!(word(shop.process(&nowhere.unwrap(), payment).await), "later");
    let running = Running::start(&shop.folder.path().join("other-books")).await;
    // Had it been unknown whether anything was sent, this run would only ask.
    let worked = shop.process(&client(running.address, PATIENT), payment).await;
    assert_eq!(word(worked), "succeeded");
}

/// Answers of the processor to a call, as it writes them.
fn answers(key: &impl ToString, verdict: &str) -> Does {
    Does::answers(200, "x-n: 1", &answer(key, verdict))
}

fn answer(key: &impl ToString, verdict: &str) -> String {
    format!(r#"{{"key":"{}","verdict":"{verdict}"}}"#, key.to_string())
}

#[tokio::test]
async fn an_answer_that_comes_twice_is_never_the_next_calls() {
    let shop = Shop::open().await;
    let first = shop.pay(1, "tok_visa_abcdefgh").await;
    let second = shop.pay(2, "tok_visa_abcdefgh").await;
    let twice = Does::AnswersTwice(200, answer(&first, "succeeded"));
    let outside = Outside::start([twice, answers(&second, "declined")]).await;
    let client = client(outside.address, PATIENT);
    assert_eq!(word(shop.process(&client, first).await), "succeeded");
    assert_eq!(word(shop.process(&client, second).await), "declined");
}

/// The second copy comes when the next call is on its way already, on the same connection.
#[tokio::test]
async fn an_answer_that_comes_again_later_is_never_the_next_calls() {
    let shop = Shop::open().await;
    let first = shop.pay(1, "tok_visa_abcdefgh").await;
    let second = shop.pay(2, "tok_visa_abcdefgh").await;
    let again = answers(&first, "succeeded");
    let found =
        Does::answers(200, "x-n: 1", &format!(r#"{{"key":"{second}","status":"declined"}}"#));
    let outside = Outside::start([again.clone(), again, found]).await;
    let client = client(outside.address, PATIENT);
    assert_eq!(word(shop.process(&client, first).await), "succeeded");
    assert_eq!(word(shop.process(&client, second).await), "declined");
    let heads: Vec<_> = outside.received().iter().map(|one| one.head[..4].to_owned()).collect();
    assert_eq!(heads, ["POST", "POST", "GET "], "it was called, and asked what came of that");
    assert_eq!(outside.connections(), 1, "all on one connection");
}

#[tokio::test]
async fn what_is_no_answer_is_none() {
    let table = [
        Does::answers(200, "x-n: 1", ""),
        Does::answers(200, "x-n: 1", "succeeded"),
        Does::answers(200, "x-n: 1", r#"{"verdict":"succeeded"}"#),
        Does::answers(200, "x-n: 1", r#"{"key":"KEY","status":"succeeded"}"#),
        Does::answers(200, "x-n: 1", r#"{"key":"KEY","verdict":"perhaps"}"#),
        Does::answers(500, "x-n: 1", r#"{"key":"KEY","verdict":"declined"}"#),
        Does::answers(302, "Location: /", r#"{"key":"KEY","verdict":"declined"}"#),
        Does::WritesAndCloses(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{".to_vec()),
        Does::WritesAndCloses(Vec::new()),
    ];
    let shop = Shop::open().await;
    for (number, does) in (1..).zip(table) {
        let payment = shop.pay(number, "tok_visa_abcdefgh").await;
        let outside = Outside::start([does.clone().about(&payment.to_string())]).await;
        let client = client(outside.address, PATIENT);
        assert_eq!(word(shop.process(&client, payment).await), "later", "{does:?}");
        assert_eq!(word(shop.process(&client, payment).await), "later", "{does:?}");
        let heads: Vec<_> = outside.received().iter().map(|one| one.head[..4].to_owned()).collect();
        assert_eq!(heads, ["POST", "GET ", "GET "], "{does:?}");
    }
}

#[tokio::test]
async fn a_call_as_it_is_sent() {
    let shop = Shop::open().await;
    let payment = shop.pay(1, "tok_visa_abcdefgh").await;
    let outside = Outside::start([answers(&payment, "succeeded")]).await;
    shop.process(&client(outside.address, PATIENT), payment).await;
    let call = outside.received().remove(0);
    assert!(call.head.starts_with("POST /calls HTTP/1.1\r\n"), "{}", call.head);
    let key = payment.to_string();
    assert_eq!(call.header("idempotency-key"), Some(key.as_str()));
    let body = format!(
        r#"{{"key":"{key}","kind":"charge","token":"tok_visa_abcdefgh","amount":1234,"currency":"USD"}}"#
    );
    assert_eq!(call.body, body);
}

#[test]
fn addresses_of_processors() {
    let trust = Trust::nobody();
    let is_one = |base: &str| ProcessorClient::new(&trust, base, HttpLimits::default()).is_ok();
    for base in ["http://localhost:9", "https://processor.example", "https://p.example/v1/"] {
        assert!(is_one(base), "{base}");
    }
    for base in ["", "localhost:9", "/calls", "ftp://p.example", "http://", "http://p.example/?a=b"]
    {
        assert!(!is_one(base), "{base}");
    }
}
