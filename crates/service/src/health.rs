//! What load balancers, DNS and operators ask.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fence::{ClosedReason, NotReady, Readiness};
use payments::{Gatekeeper, Time, rfc3339};

use crate::ports::{Health, Region};
use crate::problem::Problem;
use crate::reply::{json, text};
use crate::state::Service;
use crate::{openapi, wire};

/// `GET /health`: the process serves. It asks nobody, so that a store which is away does not get
/// processes killed.
pub(crate) async fn serving() -> Response {
    json(StatusCode::OK, &wire::Serving { status: "serving" })
}

/// `GET /health/ready`: may this Region take money now?
pub(crate) async fn ready<R: Region>(
    State(service): State<Service<R>>,
) -> Result<Response, Problem> {
    match service.region().health().readiness().await {
        Readiness::Ready { epoch } => {
            Ok(json(StatusCode::OK, &wire::Ready { status: "ready", epoch: epoch.number() }))
        }
        Readiness::NotReady { reason: not_ready, retry_after } => {
            let seconds = retry_after.0.div_ceil(1_000).max(1);
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Err(Problem::new(status, not_ready.code(), reason(&not_ready)).retry_after(seconds))
        }
    }
}

/// The reason in words. Moments not as milliseconds: thirteen digits in a row can look like a card
/// number.
pub(crate) fn reason(not_ready: &NotReady) -> String {
    match not_ready {
        NotReady::Gate(ClosedReason::LeaseExpired { at }) => {
            format!("the lease ran out at {}", rfc3339(Time::from_ms(at.0)))
        }
        reason => reason.to_string(),
    }
}

/// `GET /health/traffic`: DNS looks for the name of a Region in the answer, written exactly like
/// this, and takes anything else for silence.
pub(crate) async fn traffic<R: Region>(
    State(service): State<Service<R>>,
) -> Result<Response, Problem> {
    match service.region().health().traffic().await {
        Some(region) => {
            let traffic = wire::Traffic { traffic_region: region.to_string() };
            Ok(json(StatusCode::OK, &traffic))
        }
        None => {
            let detail =
                "the control record was not read, so where traffic is meant to go is not known";
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Err(Problem::new(status, "traffic_unknown", detail).retry_after(1))
        }
    }
}

/// `GET /openapi.json`.
pub(crate) async fn interface() -> Response {
    text(StatusCode::OK, openapi::COMMITTED)
}

/// `GET /metrics`.
pub(crate) async fn metrics<R: Region>(State(service): State<Service<R>>) -> Response {
    let gate = service.region().gatekeeper().gate();
    let mut response =
        service.shared().metrics.render(gate, &service.shared().numbers).into_response();
    let prometheus = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, prometheus);
    response
}
