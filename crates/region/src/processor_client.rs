//! The processor of cards over HTTP. Whatever is not certain is no answer: the caller then asks what became of it.

use bytes::Bytes;
use hyper::header::CONTENT_TYPE;
use hyper::{Method, Request, StatusCode, Uri};
use payments::{Call, CallKind, Processor, ProcessorKey, Sent, Status};
use serde::de::DeserializeOwned;

use crate::http::{HttpClient, HttpFailure, HttpLimits, Reach, Trust};
use crate::processor_wire::{KEY_HEADER, WireAnswer, WireCall, WireFound, WireWanted};

/// The processor at an address.
#[derive(Clone)]
pub struct ProcessorClient {
    http: HttpClient,
    base: String,
}

/// The address of the processor is none.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an address such as `https://processor.example`")]
pub struct NoAddress(String);

impl ProcessorClient {
    /// The processor at this address, without a slash at its end.
    ///
    /// # Errors
    /// When the address has no scheme and host of HTTP, or more than these and a path.
    pub fn new(trust: &Trust, base: &str, limits: HttpLimits) -> Result<Self, NoAddress> {
        let is_address = |uri: &Uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.host().is_some_and(|host| !host.is_empty())
                && uri.query().is_none()
        };
        match base.parse::<Uri>() {
            Ok(uri) if is_address(&uri) => {
                // The operator has chosen the address.
                let http = HttpClient::new(trust, Reach::Anywhere, limits);
                Ok(Self { http, base: base.trim_end_matches('/').to_owned() })
            }
            _ => Err(NoAddress(base.to_owned())),
        }
    }

    async fn exchange<T: DeserializeOwned>(&self, request: Request<Bytes>) -> Result<T, Silence> {
        match self.http.exchange(request).await {
            Ok(answer) if answer.status() == StatusCode::OK => {
                serde_json::from_slice(answer.body()).map_err(|_| Silence::NoAnswer)
            }
            Err(HttpFailure::NotConnected(_) | HttpFailure::Forbidden) => Err(Silence::NotSent),
            Ok(_) | Err(_) => Err(Silence::NoAnswer),
        }
    }
}

/// There is no answer that means anything.
#[derive(Clone, Copy)]
enum Silence {
    /// Nothing was sent.
    NotSent,
    /// Anything may have happened.
    NoAnswer,
}

impl Processor for ProcessorClient {
    async fn send(&self, call: &Call) -> Sent {
        let key = call.key().to_string();
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}/calls", self.base))
            .header(CONTENT_TYPE, "application/json")
            .header(KEY_HEADER, &key)
            .body(body(call));
        let request = request.expect("keys are letters, digits and underscores");
        match self.exchange::<WireAnswer>(request).await {
            Ok(answer) if answer.key == key => Sent::Answered(answer.verdict.into()),
            // An answer to another call: of this one's nothing is known.
            Ok(_) | Err(Silence::NoAnswer) => Sent::NoAnswer,
            Err(Silence::NotSent) => Sent::NotSent,
        }
    }

    async fn status(&self, key: ProcessorKey) -> Status {
        let key = key.to_string();
        let request = Request::builder().uri(format!("{}/calls/{key}", self.base));
        let request = request.body(Bytes::new()).expect("keys are letters, digits and underscores");
        match self.exchange::<WireFound>(request).await {
            Ok(found) if found.key == key => found.status.status(),
            Ok(_) | Err(Silence::NoAnswer | Silence::NotSent) => Status::NoAnswer,
        }
    }
}

fn body(call: &Call) -> Bytes {
    let wanted = match call.kind() {
        CallKind::Charge(token) => WireWanted::Charge { token: token.as_str().to_owned() },
        CallKind::Refund(of) => WireWanted::Refund { of: of.to_string() },
    };
    let wire = WireCall { key: call.key().to_string(), wanted, money: call.money().into() };
    serde_json::to_vec(&wire).expect("a call is texts and numbers").into()
}
