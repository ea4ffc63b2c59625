//! Answers with JSON in them.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::wire;

/// An answer with this shape as its body.
pub(crate) fn json(status: StatusCode, shape: &impl serde::Serialize) -> Response {
    text(status, wire::json(shape))
}

/// An answer with this JSON as its body.
pub(crate) fn text(status: StatusCode, json: impl Into<Body>) -> Response {
    let mut response = (status, json.into()).into_response();
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
