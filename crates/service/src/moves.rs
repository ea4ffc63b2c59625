//! Requests that move money, and their validation.

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use payments::{
    Acknowledgement, Command, Faults, Outcome, PaymentDraft, PaymentId, RefundId, Telling,
};

use crate::after::After;
use crate::body;
use crate::draft::Fields;
use crate::ports::Region;
use crate::problem::{Problem, REPLAYED, Wrong};
use crate::reply::{json, text};
use crate::state::Service;
use crate::{key, wire};

/// `POST /payments`.
pub(crate) async fn create<R: Region>(
    State(service): State<Service<R>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (draft, unknown) = read_payment(&service, &headers, body).await?;
    let field = key::field(&headers);
    if !unknown.is_empty() {
        return Err(Problem::invalid(wrongs(field, unknown, draft.check())));
    }
    let source = &service.shared().source;
    let fresh = PaymentId::new(source.now(), source.id_bits());
    let command = Command::payment(field, draft, fresh).map_err(|told| Problem::of(&told))?;
    Ok(carry_out(&service, &command).await)
}

/// `POST /payments/validate`: everything that is wrong at once; no store is asked.
pub(crate) async fn validate<R: Region>(
    State(service): State<Service<R>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (draft, unknown) = read_payment(&service, &headers, body).await?;
    match wrongs(key::field(&headers), unknown, draft.check()) {
        wrongs if wrongs.is_empty() => Ok(json(StatusCode::OK, &wire::Valid { valid: true })),
        wrongs => Err(Problem::invalid(wrongs)),
    }
}

/// `POST /payments/{id}/refunds`.
pub(crate) async fn refund<R: Region>(
    State(service): State<Service<R>>,
    payment: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let json = body::read(&headers, body, &service.shared().options).await?;
    let fields = Fields::of(json).map_err(|wrong| Problem::invalid(vec![wrong]))?;
    // A path that is no text is no id either.
    let payment = payment.map_or_else(|_| String::new(), |Path(payment)| payment);
    let (draft, unknown) = fields.refund(payment);
    let field = key::field(&headers);
    if !unknown.is_empty() {
        return Err(Problem::invalid(wrongs(field, unknown, draft.check())));
    }
    let source = &service.shared().source;
    let fresh = RefundId::new(source.now(), source.id_bits());
    let command = Command::refund(field, draft, fresh).map_err(|told| Problem::of(&told))?;
    Ok(carry_out(&service, &command).await)
}

async fn read_payment<R: Region>(
    service: &Service<R>,
    headers: &HeaderMap,
    body: Body,
) -> Result<(PaymentDraft, Vec<Wrong>), Problem> {
    let json = body::read(headers, body, &service.shared().options).await?;
    let fields = Fields::of(json).map_err(|wrong| Problem::invalid(vec![wrong]))?;
    Ok(fields.payment())
}

/// Everything that is wrong with a request: its key, its fields, their values.
fn wrongs<T>(field: Option<&str>, unknown: Vec<Wrong>, checked: Result<T, Faults>) -> Vec<Wrong> {
    let faults = checked.err().map(|faults| Wrong::list(&faults)).unwrap_or_default();
    key::check(field).into_iter().chain(unknown).chain(faults).collect()
}

/// Carries the command out. This future may be dropped at any await: the next request with the same
/// key goes on where it ended.
async fn carry_out<R: Region>(service: &Service<R>, command: &Command) -> Response {
    let region = service.region();
    let mut told =
        payments::pay(region.gatekeeper(), region.intents(), region.ledger(), command).await;
    let after = After::of(&mut told);
    let mut response = match &told.outcome {
        Outcome::Acknowledged(acknowledgement, telling) => created(acknowledgement, *telling),
        outcome => Problem::of(outcome).into_response(),
    };
    after.ride(&mut response);
    response
}

fn created(acknowledgement: &Acknowledgement, telling: Telling) -> Response {
    let body = wire::acknowledgement(acknowledgement);
    let mut response = text(StatusCode::CREATED, body);
    let location = format!("/payments/{}", acknowledgement.movement().payment());
    let location = HeaderValue::from_str(&location).expect("ids are visible ASCII");
    response.headers_mut().insert(header::LOCATION, location);
    if telling == Telling::Again {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
