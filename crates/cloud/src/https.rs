//! The payment service of a Region, called by its Regional name, past the DNS switch.

use bytes::Bytes;
use fence::RegionName;
use hyper::header::CONTENT_TYPE;
use hyper::{Request, StatusCode};
use serde_json::{Value, json};

use crate::reach::Reach;

/// What a service answered.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Reach {
    /// Where the service of a Region is.
    pub(crate) fn service(&self, region: &RegionName) -> String {
        let given = self.ways.services.get(region).cloned();
        given.unwrap_or_else(|| format!("https://{}", self.system.regional_domain(region)))
    }

    /// What the service of a Region answers at this path.
    pub(crate) async fn get(&self, region: &RegionName, path: &str) -> Result<Answered, String> {
        let request = Request::get(format!("{}{path}", self.service(region))).body(Bytes::new());
        self.exchange(request.map_err(|error| error.to_string())?).await
    }

    /// Pays the smallest amount under a key of its own.
    pub(crate) async fn pay(&self, region: &RegionName, key: &str) -> Result<Answered, String> {
        let body = payment().to_string();
        let request = Request::post(format!("{}/payments", self.service(region)))
            .header(CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", key)
            .body(Bytes::from(body));
        self.exchange(request.map_err(|error| error.to_string())?).await
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Answered, String> {
        let answer = self.http.exchange(request).await.map_err(|failure| chain(&failure))?;
        let status = answer.status();
        let body = serde_json::from_slice(answer.body()).unwrap_or(Value::Null);
        Ok(Answered { status, body })
    }
}

/// The synthetic payment: the smallest amount, of an account that belongs to nobody.
pub(crate) fn payment() -> Value {
    json!({
        "account": "acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD",
        "amount": 1,
        "currency": "USD",
        "token": "tok_visa_abcdefgh",
    })
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}
