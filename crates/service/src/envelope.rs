//! What is around every handler: names, limits, problem documents, the log and the numbers.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use crate::after::follow;
use crate::noted::Noted;
use crate::ports::Region;
use crate::problem::Problem;
use crate::route::{Route, method};
use crate::state::Service;
use crate::trace::Names;

/// Refuses a request about money that is one too many, at once.
pub(crate) async fn limit<R: Region>(
    State(service): State<Service<R>>,
    request: Request,
    next: Next,
) -> Response {
    let shared = service.shared();
    match shared.permits.try_acquire() {
        Ok(_permit) => next.run(request).await,
        Err(_) => {
            shared.metrics.refused();
            overloaded().into_response()
        }
    }
}

/// Answers every request within its time, with its names, and notes what was answered.
pub(crate) async fn envelope<R: Region>(
    State(service): State<Service<R>>,
    request: Request,
    next: Next,
) -> Response {
    let shared = service.shared();
    let _open = shared.metrics.open();
    let began = shared.source.now();
    let names = Names::of(request.headers(), &shared.source);
    let (method, route) = (method(request.method()), Route::of(&request));
    let answered = timeout(shared.options.request_time_max, next.run(request)).await;
    let mut answer = answered.unwrap_or_else(|_| timed_out().into_response());
    follow(&service, &mut answer).await;
    let (mut response, code) = written(answer, &names);
    finish(&mut response, &names);
    let status = response.status().as_u16();
    Noted { began, method, route, status, code }.write(&service, &names);
    response
}

/// The answer to a path that nothing is at.
pub(crate) async fn no_such_path() -> Problem {
    let detail = "there is nothing at this path; `/openapi.json` says what there is";
    Problem::new(StatusCode::NOT_FOUND, "path_unknown", detail)
}

/// The answer to a method that the path does not have.
pub(crate) async fn no_such_method() -> Problem {
    let detail = "this path does not have this method; the header `Allow` says which it has";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

fn overloaded() -> Problem {
    let detail = "too many requests are open; nothing was done, send the same request again";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail).retry_after(1)
}

/// Whoever gave up may be in the middle: the claim on the key has to run out first.
fn timed_out() -> Problem {
    let detail = "it took too long, and it is not known yet whether it was done; send the same \
                  request, with the same key if it has one, again";
    let seconds = payments::CLAIM_MS.div_ceil(1_000);
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "timed_out", detail).retry_after(seconds)
}

/// The answer with its problem, if it has one, written out; headers that the router gave it stay.
fn written(mut answer: Response, names: &Names) -> (Response, Option<&'static str>) {
    let Some(problem) = answer.extensions_mut().remove::<Problem>() else {
        return (answer, None);
    };
    let code = problem.code();
    let mut response = problem.render(&names.request_id);
    if let Some(allow) = answer.headers_mut().remove(header::ALLOW) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    (response, Some(code))
}

/// What every answer has: its names, and that nobody keeps it.
fn finish(response: &mut Response, names: &Names) {
    let headers = response.headers_mut();
    names.write(headers);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}
