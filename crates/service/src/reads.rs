//! Requests that read money.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use payments::{AccountId, Books, PageRequest, PaymentId, Read};

use crate::ports::Region;
use crate::problem::{Problem, Wrong};
use crate::query;
use crate::reply::json;
use crate::state::Service;
use crate::wire;

/// `GET /payments/{id}`.
pub(crate) async fn payment<R: Region>(
    State(service): State<Service<R>>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let id = id.ok().and_then(|Path(id)| PaymentId::parse(&id)).ok_or_else(no_payment)?;
    match service.region().books().payment(id).await {
        Read::Found(record) => Ok(json(StatusCode::OK, &wire::payment(&record))),
        Read::Absent => Err(no_payment()),
        Read::Unavailable => Err(Problem::unavailable()),
    }
}

/// `GET /payments?account&limit&starting_after`.
pub(crate) async fn payments<R: Region>(
    State(service): State<Service<R>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (account, request) = page_request(query.as_deref()).map_err(Problem::invalid)?;
    match service.region().books().payments(account, request).await {
        Ok(page) => Ok(json(StatusCode::OK, &wire::page(&page))),
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
        Ok(balances) => Ok(json(StatusCode::OK, &wire::balances(id, &balances))),
        Err(_) => Err(Problem::unavailable()),
    }
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
