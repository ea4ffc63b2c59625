//! From the bytes of a request to the object in them.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use crate::json::{Json, NotJson};
use crate::options::Options;
use crate::problem::Problem;

/// Reads the body of a request that must be JSON.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    options: &Options,
) -> Result<Json, Problem> {
    check_type(headers)?;
    let collecting = Limited::new(body, options.body_bytes_max).collect();
    let bytes = match timeout(options.body_time_max, collecting).await {
        Err(_) => return Err(too_slow()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(too_large(options)),
        Ok(Err(_)) => return Err(broken()),
        Ok(Ok(collected)) => collected.to_bytes(),
    };
    Json::parse(&bytes).map_err(not_json)
}

fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let is_json = |value: &HeaderValue| {
        let media = value.to_str().ok().and_then(|value| value.split(';').next());
        media.is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
    };
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    // Of two types each reader may believe another one.
    let is_json = types.next().is_some_and(is_json) && types.next().is_none();
    match (is_json, headers.contains_key(header::CONTENT_ENCODING)) {
        (true, false) => Ok(()),
        _ => {
            let detail = "the body must be `application/json` without `Content-Encoding`";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            Err(Problem::new(status, "content_type_unsupported", detail).param("Content-Type"))
        }
    }
}

fn too_slow() -> Problem {
    let detail = "the body did not arrive in time; nothing was done";
    Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", detail).closing()
}

fn too_large(options: &Options) -> Problem {
    let detail = format!("the body may have at most {} bytes", options.body_bytes_max);
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail).closing()
}

fn broken() -> Problem {
    let detail = "the body ended early or was not framed as its headers say; nothing was done";
    Problem::new(StatusCode::BAD_REQUEST, "body_broken", detail).closing()
}

fn not_json(fault: NotJson) -> Problem {
    let NotJson { line, column, is_twice } = fault;
    let (code, what) = match is_twice {
        true => ("field_twice", "a field is there a second time"),
        false => ("json_malformed", "the body is not JSON"),
    };
    let detail = format!("{what}, at line {line}, column {column}");
    Problem::new(StatusCode::BAD_REQUEST, code, detail)
}
