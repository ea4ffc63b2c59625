//! Problem documents (RFC 9457): every answer that is not the one that was hoped for.
//!
//! A handler returns a [`Problem`]; the envelope around all handlers writes it out, because only it
//! knows the request's id. No problem repeats a value that a client sent.

use std::borrow::Cow;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use payments::{Faults, Outcome, Telling};

use crate::{key, wire};

/// The header of an answer that an earlier request with the same key was or would have been given.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// One thing in a request that cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) param: String,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Wrong {
    pub(crate) fn new(param: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self { param: param.to_owned(), code, message: message.into() }
    }

    /// The faults that the core found.
    pub(crate) fn list(faults: &Faults) -> Vec<Self> {
        faults
            .iter()
            .map(|fault| Self::new(&fault.param, fault.code.code(), fault.message.clone()))
            .collect()
    }
}

/// An answer that says what went wrong.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Cow<'static, str>,
    param: Option<String>,
    wrongs: Vec<Wrong>,
    retry_after_s: Option<u64>,
    connection: Connection,
    telling: Telling,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Connection {
    Keep,
    Close,
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            param: None,
            wrongs: Vec::new(),
            retry_after_s: None,
            connection: Connection::Keep,
            telling: Telling::First,
        }
    }

    /// The request has these faults, of which there is at least one.
    pub(crate) fn invalid(wrongs: Vec<Wrong>) -> Self {
        let code = match wrongs.as_slice() {
            [wrong] if wrong.param == key::PARAM => wrong.code,
            _ => "request_invalid",
        };
        let detail: Vec<String> =
            wrongs.iter().map(|wrong| format!("{}: {}", wrong.param, wrong.message)).collect();
        let param = wrongs.first().map(|wrong| wrong.param.clone());
        Self { param, wrongs, ..Self::new(StatusCode::BAD_REQUEST, code, detail.join("\n")) }
    }

    /// What became of a request to move money, other than that it will be carried out.
    pub(crate) fn of(outcome: &Outcome) -> Self {
        let status = StatusCode::from_u16(outcome.status()).expect("an outcome has a status");
        let problem = Self::new(status, outcome.code(), outcome.to_string());
        let problem = match outcome.retry_after_s() {
            Some(seconds) => problem.retry_after(u64::from(seconds)),
            None => problem,
        };
        match outcome {
            Outcome::Invalid(faults) => Self::invalid(Wrong::list(faults)),
            Outcome::KeyFault(fault) => Self::invalid(vec![key::wrong(*fault)]),
            Outcome::KeyReused => problem.param(key::PARAM),
            Outcome::RegionSwitching => problem.closing(),
            Outcome::Refused(_, telling) => Self { telling: *telling, ..problem },
            _ => problem,
        }
    }

    /// A store did not answer a question.
    pub(crate) fn unavailable() -> Self {
        let detail = "the ledger does not answer; ask again";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", detail).retry_after(1)
    }

    /// This Region lacks the payment, and another may have it.
    pub(crate) fn not_here() -> Self {
        let detail = "this Region does not take payments now, and may lack a payment that another \
                      has; ask again, and pay nothing anew because of this";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "payment_not_here", detail)
            .retry_after(2)
            .closing()
    }

    /// When asking again may help.
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }

    /// Which parameter it is about.
    pub(crate) fn param(self, param: &str) -> Self {
        Self { param: Some(param.to_owned()), ..self }
    }

    /// The connection ends with the answer: the next request is to look the name up again, or what
    /// is left of this one is not worth reading.
    pub(crate) fn closing(self) -> Self {
        Self { connection: Connection::Close, ..self }
    }

    /// The stable name that programs compare.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// The document, for the request with this id.
    pub(crate) fn render(self, request_id: &str) -> Response {
        let body = wire::problem(&self.document(), request_id);
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.connection == Connection::Close {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if self.telling == Telling::Again {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }

    fn document(&self) -> wire::Document<'_> {
        wire::Document {
            status: self.status.as_u16(),
            title: self.status.canonical_reason().unwrap_or("Error"),
            code: self.code,
            detail: &self.detail,
            param: self.param.as_deref(),
            wrongs: &self.wrongs,
        }
    }
}

impl IntoResponse for Problem {
    /// An empty response that carries the problem to the envelope.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
