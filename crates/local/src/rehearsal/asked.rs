//! The requests of a drill as they are sent, and the answers that stay.

use std::sync::{Mutex, PoisonError};

use drill::{Answer, CURRENCY, ClientRequest, RequestKind, START_MS};
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use payments::{AccountId, MovementId, Time};
use serde_json::json;

use super::load::Wish;

/// All requests by number; those of all clients in one list.
#[derive(Debug, Default)]
pub struct Asked(Mutex<Vec<One>>, Mutex<Vec<String>>);

#[derive(Debug, Clone)]
struct One {
    wish: Wish,
    /// The answer that stays.
    last: Option<Answer>,
}

impl Asked {
    /// Takes in a wish; the answer is its number.
    pub fn add(&self, wish: Wish) -> u32 {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(One { wish, last: None });
        u32::try_from(all.len() - 1).expect("a drill has fewer requests than that")
    }

    /// What a request wants.
    #[must_use]
    pub fn wanted(&self, number: u32) -> ClientRequest {
        self.one(number).wish.request
    }

    /// Keeps the answer that stays.
    pub fn keep(&self, number: u32, answer: Answer) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all[number as usize].last = Some(answer);
    }

    /// Keeps an answer that no service of ours gives, for people.
    pub fn wonder(&self, number: u32, answer: &str) {
        let text = format!("`{}` was answered with {answer}", self.wanted(number).key);
        self.1.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    }

    /// The answers that no service of ours gives.
    #[must_use]
    pub fn strange(&self) -> Vec<String> {
        self.1.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What every request wants.
    #[must_use]
    pub fn all(&self) -> Vec<ClientRequest> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|one| one.wish.request.clone()).collect()
    }

    /// The keys of requests that were asked and have no answer that stays.
    #[must_use]
    pub fn unanswered(&self, asked: &[u32]) -> Vec<String> {
        let is_open = |number: &&u32| self.one(**number).last.is_none();
        asked.iter().filter(is_open).map(|number| self.wanted(*number).key).collect()
    }

    /// The request as it goes to the service; none for a refund of a payment that was refused.
    #[must_use]
    pub fn request(&self, number: u32, host: &str) -> Option<Request<Full<Bytes>>> {
        let Wish { request, card } = self.one(number).wish;
        let (path, body) = match request.kind {
            RequestKind::Payment => ("/payments".to_owned(), payment(&request, &card)),
            RequestKind::Refund { of } => {
                let Some(Answer::Acknowledged(MovementId::Payment(payment))) = self.one(of).last
                else {
                    return None;
                };
                let body = json!({ "amount": request.minor_units });
                (format!("/payments/{payment}/refunds"), body)
            }
        };
        let built = Request::post(path)
            .header("host", host)
            .header("content-type", "application/json")
            .header("idempotency-key", &request.key)
            .body(Full::new(Bytes::from(body.to_string())));
        Some(built.expect("paths and keys are letters, digits and signs that HTTP takes"))
    }

    fn one(&self, number: u32) -> One {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[number as usize].clone()
    }
}

fn payment(request: &ClientRequest, card: &str) -> serde_json::Value {
    json!({
        "account": account(request.account).to_string(),
        "amount": request.minor_units,
        "currency": CURRENCY,
        "token": card,
    })
}

/// The account of a number.
fn account(number: u32) -> AccountId {
    let [a, b, c, d] = number.to_be_bytes();
    let bits = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, a, b, c, d];
    AccountId::new(Time::from_ms(START_MS), bits)
}
