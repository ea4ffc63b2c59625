//! Every answer of the document can be had, and its examples are what is really said.

use std::time::Duration;

use fence::{ClosedReason, Epoch, Millis, NotReady, RegionName};
use payments::Verdict;
use service::{Listening, Options};

use crate::client::{Answer, request, send};
use crate::document::{DOCUMENT, assert_documented};
use crate::server::{ACCOUNT, PAYMENT, Server, usual};
use crate::world::{At, Mishap};

const ID: &str = "pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD";

/// What is asked, but for what a scene changes.
struct Ask {
    line: String,
    key: Option<&'static str>,
    media: &'static str,
    more: &'static str,
    body: String,
}

impl Ask {
    /// A request that succeeds, when the payment is there.
    fn plain(method: &str, path: &str, payment: &str) -> Self {
        let id = if path.starts_with("/accounts") { ACCOUNT } else { payment };
        let query = if path == "/payments" && method == "get" { "?account=" } else { "" };
        let account = if query.is_empty() { "" } else { ACCOUNT };
        let line =
            format!("{} {}{query}{account}", method.to_uppercase(), path.replace("{id}", id));
        let body = match (method, path.ends_with("refunds")) {
            ("get", _) => "",
            (_, true) => r#"{"amount":34}"#,
            (_, false) => PAYMENT,
        };
        let is_post = method == "post";
        let key = is_post.then_some("k");
        let media = if is_post { "Content-Type: application/json" } else { "Accept: */*" };
        Self { line, key, media, more: "X-Nothing: 1", body: body.to_owned() }
    }

    async fn send(&self, server: &Server) -> Answer {
        let key = self.key.map(|key| format!("Idempotency-Key: {key}"));
        let headers: Vec<&str> =
            key.as_deref().into_iter().chain([self.media, self.more]).collect();
        let mut bytes = request(&self.line, &headers, "");
        if self.more.starts_with("X-Nothing") && !self.body.is_empty() {
            let length = format!("Content-Length: {}", self.body.len());
            bytes = request(&self.line, &[&headers[..], &[&length]].concat(), "");
        }
        bytes.extend(self.body.bytes());
        let answer = send(server.address, &bytes).await.unwrap();
        assert_documented(&self.line, &answer);
        answer
    }
}

fn options(code: &str) -> Options {
    let moment = Duration::from_millis(30);
    match code {
        "overloaded" => Options { requests_max: 0, ..usual() },
        "timed_out" => Options { request_time_max: moment, ..usual() },
        "body_too_slow" => Options { body_time_max: moment, ..usual() },
        _ => usual(),
    }
}

/// Makes the service give this answer.
async fn provoke(method: &str, path: &str, code: &str) -> Answer {
    let server = Server::with(options(code), Listening::default()).await;
    let is_refund = path.ends_with("refunds");
    let mut ask = Ask::plain(method, path, ID);
    if code == "payment_declined" {
        server.world.set_verdict(Verdict::Declined);
    }
    if path.contains("/payments/{id}")
        && !["overloaded", "timed_out", "payment_missing", "payment_not_here"].contains(&code)
    {
        let id = server.post("/payments", "paid", PAYMENT).await.json()["id"].clone();
        let id = id.as_str().unwrap().to_owned();
        if code != "payment_open" {
            server.world.carry_out(&id).await;
        }
        ask = Ask::plain(method, path, &id);
    }
    prepare(&server, &mut ask, code, is_refund).await;
    ask.send(&server).await
}

async fn prepare(server: &Server, ask: &mut Ask, code: &str, is_refund: bool) {
    let world = &server.world;
    let every_time = |mishap| [mishap; 24];
    match code {
        "request_invalid" if ask.body.is_empty() => ask.line += "&limit=0",
        "request_invalid" => ask.body = ask.body.replace("1234", "0").replace("34", "0"),
        "idempotency_key_missing" => ask.key = None,
        "idempotency_key_invalid" => ask.key = Some("\"k"),
        "json_malformed" => ask.body = "{x".to_owned(),
        "field_twice" => ask.body = r#"{"amount":1,"amount":2}"#.to_owned(),
        "body_broken" => (ask.more, ask.body) = ("Transfer-Encoding: chunked", "x\r\n".to_owned()),
        "body_too_slow" => (ask.more, ask.body) = ("Content-Length: 9", String::new()),
        "body_too_large" => ask.body = " ".repeat(70_000),
        "content_type_unsupported" => ask.media = "Content-Type: text/plain",
        "idempotency_key_in_progress" => {
            world.will(At::Commit, &every_time(Mishap::UnknownLost));
            ask.send(server).await;
            world.forget();
        }
        "idempotency_key_reused" => {
            ask.send(server).await;
            ask.body = ask.body.replace("34", "35");
        }
        "quarantined" => {
            ask.send(server).await;
            world.lose_everything();
        }
        "region_switching" | "payment_not_here" => world.set_open(false),
        "unresolved" => world.will(At::IntentWrite, &every_time(Mishap::Unavailable)),
        "timed_out" => {
            for at in [At::IntentRead, At::IntentWrite, At::Books, At::Readiness, At::Traffic] {
                world.will(at, &[Mishap::Hang]);
            }
        }
        "store_unavailable" => world.will(At::Books, &[Mishap::Unavailable]),
        "account_missing" => ask.line = ask.line.replace(ACCOUNT, "nobody"),
        "refund_exceeds_captured" if is_refund => ask.body = r#"{"amount":1235}"#.to_owned(),
        "traffic_unknown" => world.set_traffic(None),
        code => {
            if let Some(reason) = reason(code) {
                world.set_not_ready(reason);
            }
        }
    }
}

fn reason(code: &str) -> Option<NotReady> {
    Some(NotReady::Gate(match code {
        "ledger_read_only" => return Some(NotReady::LedgerReadOnly),
        "ledger_silent" => return Some(NotReady::LedgerSilent),
        "record_unknown" => ClosedReason::RecordUnknown,
        "not_active" => ClosedReason::NotActive { active_region: RegionName::new("us-east-2") },
        "draining" => ClosedReason::Draining,
        "fenced" => ClosedReason::Fenced,
        "not_renewed" => ClosedReason::NotRenewed,
        "lease_expired" => ClosedReason::LeaseExpired { at: Millis(1_762_935_266_280) },
        "clock_went_back" => ClosedReason::ClockWentBack,
        "ledger_unknown" => ClosedReason::LedgerUnknown,
        "ledger_differs" => {
            ClosedReason::LedgerDiffers { ledger: Epoch::new(6), record: Epoch::new(7) }
        }
        _ => return None,
    }))
}

/// The text with one id for all payments and refunds.
fn anonymous(text: &str) -> String {
    let mut parts = text.split(['`']).map(|part| match part.get(..4) {
        Some("pay_" | "ref_") => ID,
        _ => part,
    });
    parts.by_ref().collect::<Vec<_>>().join("`")
}

#[tokio::test]
async fn every_answer_of_the_document_can_be_had_in_its_words() {
    for (path, methods) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                let examples = &response["content"]["application/problem+json"]["examples"];
                if examples.is_null() {
                    assert_eq!(provoke(method, path, "").await.status.to_string(), *status);
                }
                for (code, example) in examples.as_object().into_iter().flatten() {
                    let answer = provoke(method, path, code).await;
                    let place = format!("{method} {path} {code} {answer:?}");
                    assert_eq!(
                        (answer.status.to_string(), &answer.code()),
                        (status.clone(), code),
                        "{place}"
                    );
                    for field in ["title", "detail", "param", "faults"] {
                        let (told, example) = (&answer.json()[field], &example["value"][field]);
                        assert_eq!(
                            anonymous(&told.to_string()),
                            anonymous(&example.to_string()),
                            "{place}"
                        );
                    }
                }
            }
        }
    }
}
