//! Requests that read money.
//!
//! A Region whose gate is closed answers them too, as far as its ledger has come. What it tells may be
//! behind, and is marked so; and that a payment does not exist it never says, because whoever is told
//! that of a payment which was acknowledged pays it anew, under another key.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use payments::{AccountId, Books, Gate, Gatekeeper, Looked, PageRequest, PaymentId};

use crate::ports::Region;
use crate::problem::{Problem, Wrong};
use crate::query;
use crate::reply::json;
use crate::state::Service;
use crate::wire;

/// The header of an answer that may lack what another Region has written.
const MAY_BE_BEHIND: HeaderName = HeaderName::from_static("may-be-behind");

/// `GET /payments/{id}`.
pub(crate) async fn payment<R: Region>(
    State(service): State<Service<R>>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let id = id.ok().and_then(|Path(id)| PaymentId::parse(&id)).ok_or_else(no_payment)?;
    match service.region().books().payment(id).await {
        Looked::Found(record) => Ok(told(&service, &wire::payment(&record))),
        Looked::Absent if is_active(&service) => Err(no_payment()),
        Looked::Absent | Looked::NotHere => Err(Problem::not_here()),
        Looked::Unavailable => Err(Problem::unavailable()),
    }
}

/// `GET /payments?account&limit&starting_after`.
pub(crate) async fn payments<R: Region>(
    State(service): State<Service<R>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (account, request) = page_request(query.as_deref()).map_err(Problem::invalid)?;
    match service.region().books().payments(account, request).await {
        Ok(page) => Ok(told(&service, &wire::page(&page))),
        Err(_) => Err(Problem::unavailable()),
    }
}

/// `GET /accounts/{id}/balance`.
pub(crate) async fn balance<R: Region>(
    State(service): State<Service<R>>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let id = id.ok().and_then(|Path(id)| AccountId::parse(&id)).ok_or_else(no_account)?;
    match service.region().books().balance(id).await {
        Ok(balances) => Ok(told(&service, &wire::balances(id, &balances))),
        Err(_) => Err(Problem::unavailable()),
    }
}

/// What was read, marked if it may be behind.
fn told<R: Region>(service: &Service<R>, shape: &impl serde::Serialize) -> Response {
    let mut response = json(StatusCode::OK, shape);
    if !is_active(service) {
        response.headers_mut().insert(MAY_BE_BEHIND, HeaderValue::from_static("true"));
    }
    response
}

/// Whether what the ledger has just answered is all that there is. The gate is asked afterwards: as
/// long as it is open no other Region takes payments, and whatever one took before that was lost is
/// held in this ledger.
fn is_active<R: Region>(service: &Service<R>) -> bool {
    service.region().gatekeeper().gate() != Gate::Closed
}

/// Which page of whose payments; every fault of the query when it does not say that.
fn page_request(query: Option<&str>) -> Result<(AccountId, PageRequest), Vec<Wrong>> {
    let (values, mut wrongs) = query::parse(query, &["account", "limit", "starting_after"]);
    let value = |name| values.get(name).map(String::as_str);
    let account = account(value("account")).map_err(|wrong| wrongs.push(wrong));
    let page = PageRequest::parse(value("limit"), value("starting_after"))
        .map_err(|faults| wrongs.extend(Wrong::list(&faults)));
    match (account, page) {
        (Ok(account), Ok(page)) if wrongs.is_empty() => Ok((account, page)),
        _ => Err(wrongs),
    }
}

fn account(text: Option<&str>) -> Result<AccountId, Wrong> {
    let text = text.ok_or_else(|| Wrong::new("account", "missing", "is required"))?;
    AccountId::parse(text).ok_or_else(|| {
        let message = "must be `acc_` and 26 characters, as the account was given to you";
        Wrong::new("account", "malformed", message)
    })
}

fn no_payment() -> Problem {
    let detail = "there is no payment with this id";
    Problem::new(StatusCode::NOT_FOUND, "payment_missing", detail)
}

fn no_account() -> Problem {
    let detail = "there is no account with this id";
    Problem::new(StatusCode::NOT_FOUND, "account_missing", detail)
}
