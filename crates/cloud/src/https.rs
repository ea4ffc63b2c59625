//! The payment service of a Region, called by its Regional name, past the DNS switch.

use aws::{Unsigned, signed_at};
use bytes::Bytes;
use fence::RegionName;
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
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        let body = payment().to_string();
        self.as_client(region, ("POST", "/payments"), &headers, body.as_bytes()).await
    }

    /// Reads a payment.
    pub(crate) async fn payment(&self, region: &RegionName, id: &str) -> Result<Answered, String> {
        self.as_client(region, ("GET", &format!("/payments/{id}")), &[], &[]).await
    }

    /// Asks as clients do: signed, where the API asks IAM whom it lets in.
    async fn as_client(
        &self,
        region: &RegionName,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answered, String> {
        let address = self.service(region);
        if self.system.asks_iam {
            let (service, region_name) = ("execute-api", region.as_str());
            let unsigned = Unsigned { service, region: region_name, method, path, headers, body };
            let config = self.site(region).aws().config().await;
            let signed = signed_at(config, &address, &unsigned).await;
            return self.exchange(signed.map_err(|said| said.to_string())?).await;
        }
        let plain = Request::builder().method(method).uri(format!("{address}{path}"));
        let plain =
            headers.iter().fold(plain, |request, (name, value)| request.header(*name, *value));
        let plain = plain.body(Bytes::copy_from_slice(body));
        self.exchange(plain.map_err(|error| error.to_string())?).await
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
