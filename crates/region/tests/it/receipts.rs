//! Receipts in a folder, and in a bucket whose server is the test.

use std::sync::{Arc, Mutex};

use notify::{Handed, Receipts as _};
use payments::Time;
use region::{BucketSettings, Receipts, Trust};
use service::Source;

use crate::lines::Lines;
use crate::outside::{Does, Outside};

const NAME: &str = "receipts/acc_1/pay_1/evt_1.json";
const JSON: &str = r#"{"type":"payment.succeeded"}"#;

fn source() -> Source {
    Source::new(|| Time::from_ms(1_763_869_261_125), || 5)
}

/// What the lines say of the failures.
fn outcomes(lines: &Lines) -> Vec<String> {
    let outcome = |line: String| {
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (value["message"].as_str(), value["name"].as_str()),
            (Some("receipt"), Some(NAME))
        );
        value["outcome"].as_str().unwrap().to_owned()
    };
    lines.all().into_iter().map(outcome).collect()
}

#[tokio::test]
async fn in_a_folder_one_is_written_once() {
    let (folder, lines) = (tempfile::tempdir().unwrap(), Lines::default());
    let place = folder.path().join("made/for/it");
    let receipts = Receipts::in_folder(&place, source(), lines.clone()).unwrap();
    assert_eq!(receipts.put(NAME, JSON).await, Handed::Over);
    assert_eq!(std::fs::read_to_string(place.join(NAME)).unwrap(), JSON);
    assert_eq!(receipts.put(NAME, JSON).await, Handed::Over, "the same again");
    assert_eq!(outcomes(&lines), [""; 0]);
    assert_eq!(receipts.put(NAME, "{}").await, Handed::Over, "nobody waits for what cannot come");
    assert_eq!(outcomes(&lines), ["differs"]);
    assert!(lines.all()[0].contains(r#""level":"error""#), "{:?}", lines.all());
    assert_eq!(std::fs::read_to_string(place.join(NAME)).unwrap(), JSON, "it stays");
}

#[tokio::test]
async fn of_many_at_once_one_is_written() {
    let (folder, lines) = (tempfile::tempdir().unwrap(), Lines::default());
    let receipts = Receipts::in_folder(folder.path(), source(), lines.clone()).unwrap();
    let puts = (0..20).map(|number| {
        let receipts = receipts.clone();
        tokio::spawn(async move { receipts.put(NAME, &format!("{}", number % 2)).await })
    });
    for put in puts.collect::<Vec<_>>() {
        assert_eq!(put.await.unwrap(), Handed::Over);
    }
    assert_eq!(outcomes(&lines), ["differs"; 10], "those with other bytes than are there");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_told_of() {
    let (folder, lines) = (tempfile::tempdir().unwrap(), Lines::default());
    let receipts = Receipts::in_folder(folder.path(), source(), lines.clone()).unwrap();
    std::fs::write(folder.path().join("receipts"), "a file where folders are to be").unwrap();
    assert_eq!(receipts.put(NAME, JSON).await, Handed::NotKnown);
    assert_eq!(outcomes(&lines), ["unavailable"]);
    let file = folder.path().join("receipts");
    assert!(Receipts::in_folder(&file, source(), lines.clone()).is_err());
}

#[tokio::test]
async fn names_stay_within_the_folder() {
    let (folder, lines) = (tempfile::tempdir().unwrap(), Lines::default());
    let place = folder.path().join("receipts");
    let receipts = Receipts::in_folder(&place, source(), lines.clone()).unwrap();
    for name in ["../outside.json", "a/../../outside.json", "./../outside.json"] {
        assert_eq!(receipts.put(name, JSON).await, Handed::NotKnown, "{name}");
    }
    assert!(!folder.path().join("outside.json").exists());
    assert_eq!(lines.all().len(), 3);
}

/// A bucket on a server, and the session token in its environment.
struct Bucket {
    receipts: Receipts,
    outside: Outside,
    lines: Lines,
    token: Arc<Mutex<Option<&'static str>>>,
}

impl Bucket {
    async fn start(script: impl IntoIterator<Item = Does>) -> Self {
        let (outside, lines) = (Outside::start(script).await, Lines::default());
        let token = Arc::new(Mutex::new(Some("token-1")));
        let settings = BucketSettings {
            bucket: "receipts-east".to_owned(),
            region: "us-east-1".to_owned(),
            endpoint: Some(outside.url("")),
        };
        let current = token.clone();
        let variable = move |name: &str| match name {
            "AWS_ACCESS_KEY_ID" => Some("AKIDEXAMPLE".to_owned()),
            "AWS_SECRET_ACCESS_KEY" => current.lock().unwrap().map(|_| "secret".to_owned()),
            "AWS_SESSION_TOKEN" => current.lock().unwrap().map(ToOwned::to_owned),
            other => panic!("nobody needs {other}"),
        };
        let trust = Trust::nobody();
        let receipts =
            Receipts::in_bucket(&settings, &trust, variable, source(), lines.clone()).unwrap();
        Self { receipts, outside, lines, token }
    }

    async fn put(&self) -> Handed {
        self.receipts.put(NAME, JSON).await
    }

    /// The first lines of the requests.
    fn asked(&self) -> Vec<String> {
        let first = |head: &str| head.split(" HTTP").next().unwrap().to_owned();
        self.outside.received().iter().map(|received| first(&received.head)).collect()
    }
}

const PUT: &str = "PUT /receipts-east/receipts/acc_1/pay_1/evt_1.json";
const GET: &str = "GET /receipts-east/receipts/acc_1/pay_1/evt_1.json";
const WRITTEN: fn() -> Does = || Does::answers(200, "ETag: \"1\"", "");
const PRESENT: fn() -> Does = || Does::answers(412, "x-n: 1", "<Error/>");

/// An object that is there.
fn object(body: &str) -> Does {
    let headers = "ETag: \"1\"\r\nLast-Modified: Sun, 23 Nov 2025 03:41:01 GMT";
    Does::answers(200, headers, body)
}

#[tokio::test]
async fn in_a_bucket_one_is_written_if_it_is_not_there() {
    let bucket = Bucket::start([WRITTEN()]).await;
    assert_eq!(bucket.put().await, Handed::Over);
    let received = bucket.outside.received().remove(0);
    assert_eq!(bucket.asked(), [PUT]);
    assert_eq!(received.body, JSON);
    assert_eq!(received.header("if-none-match"), Some("*"));
    assert_eq!(received.header("content-type"), Some("application/json"));
    assert_eq!(received.header("x-amz-security-token"), Some("token-1"));
    assert!(received.header("x-amz-checksum-sha256").is_some(), "{}", received.head);
    let signed = received.header("authorization").unwrap();
    assert!(signed.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{signed}");
    assert!(signed.contains("/us-east-1/s3/aws4_request"), "{signed}");
}

#[tokio::test]
async fn what_is_in_the_bucket_is_compared() {
    let bucket = Bucket::start([PRESENT(), object(JSON), PRESENT(), object("{}")]).await;
    assert_eq!(bucket.put().await, Handed::Over);
    assert_eq!(bucket.put().await, Handed::Over);
    assert_eq!(bucket.asked(), [PUT, GET, PUT, GET]);
    assert_eq!(outcomes(&bucket.lines), ["differs"]);
}

#[tokio::test]
async fn a_bucket_that_fails_for_a_moment_is_asked_again() {
    let busy = || Does::answers(503, "x-n: 1", "<Error><Code>SlowDown</Code></Error>");
    let bucket = Bucket::start([busy(), busy(), WRITTEN()]).await;
    assert_eq!(bucket.put().await, Handed::Over);
    assert_eq!(bucket.asked(), [PUT, PUT, PUT]);
    assert_eq!(outcomes(&bucket.lines), [""; 0]);
}

#[tokio::test]
async fn one_that_was_written_without_a_word_is_found_by_the_next_put() {
    let bucket = Bucket::start([Does::WritesAndCloses(Vec::new()), PRESENT(), object(JSON)]).await;
    assert_eq!(bucket.put().await, Handed::NotKnown);
    assert_eq!(outcomes(&bucket.lines), ["unavailable"]);
    assert_eq!(bucket.put().await, Handed::Over);
    assert_eq!(bucket.asked(), [PUT, PUT, GET]);
}

#[tokio::test]
async fn what_a_bucket_refuses_is_told_of() {
    let table = [
        (vec![Does::answers(403, "x-n: 1", "<Error/>")], "denied"),
        (vec![Does::answers(404, "x-n: 1", "<Error/>")], "no_such_place"),
        (vec![Does::answers(400, "x-n: 1", "<Error/>")], "unavailable"),
        ((0..3).map(|_| Does::answers(500, "x-n: 1", "<Error/>")).collect(), "unavailable"),
        (vec![PRESENT(), Does::answers(403, "x-n: 1", "<Error/>")], "denied"),
    ];
    for (script, expected) in table {
        let bucket = Bucket::start(script).await;
        assert_eq!(bucket.put().await, Handed::NotKnown, "{expected}");
        assert_eq!(outcomes(&bucket.lines), [expected]);
    }
}

#[tokio::test]
async fn credentials_are_read_anew() {
    let bucket = Bucket::start([WRITTEN(), WRITTEN()]).await;
    bucket.put().await;
    *bucket.token.lock().unwrap() = Some("token-2");
    bucket.put().await;
    let received = bucket.outside.received();
    let tokens: Vec<_> = received.iter().map(|one| one.header("x-amz-security-token")).collect();
    assert_eq!(tokens, [Some("token-1"), Some("token-2")]);
    assert_eq!(bucket.outside.connections(), 1);
    *bucket.token.lock().unwrap() = None;
    assert_eq!(bucket.put().await, Handed::NotKnown);
    assert_eq!(bucket.outside.received().len(), 2, "nothing is sent without credentials");
}
