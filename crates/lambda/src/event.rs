//! What the API hands to a function for a request, and takes for the answer: the form of API Gateway's REST APIs.
//!
//! Read by hand rather than with a crate: what stands in a path or in `Host` is the client's, and nothing that a client
//! sends may end the process. The stage is no part of the path here.

use std::collections::BTreeMap;
use std::fmt::Write;

use axum::body::Body;
use axum::http::header::{HeaderMap, HeaderName, HeaderValue};
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{Method, Request, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};

/// A request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiRequest {
    http_method: String,
    path: String,
    #[serde(default)]
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    multi_value_query_string_parameters: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// An answer.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiAnswer {
    status_code: u16,
    multi_value_headers: BTreeMap<String, Vec<String>>,
    body: String,
    is_base64_encoded: bool,
}

/// A request that is none of HTTP.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event is no request of HTTP: its {0} cannot be used")]
pub(crate) struct NoRequest(&'static str);

impl ApiRequest {
    /// The request as the router takes it. Header fields that HTTP does not allow are left out.
    pub(crate) fn into_request(self) -> Result<Request<Body>, NoRequest> {
        let method =
            Method::from_bytes(self.http_method.as_bytes()).map_err(|_| NoRequest("method"))?;
        let target = PathAndQuery::try_from(self.target()).map_err(|_| NoRequest("path"))?;
        let headers = headers(&self.multi_value_headers.unwrap_or_default());
        let body = self.body.unwrap_or_default();
        let decoded = self.is_base64_encoded.then(|| BASE64_STANDARD.decode(&body).ok()).flatten();
        let mut request = Request::new(Body::from(decoded.unwrap_or_else(|| body.into_bytes())));
        *request.method_mut() = method;
        *request.uri_mut() = Uri::from(target);
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// Path and query. The API hands the path as it was sent, and names and values of the query decoded.
    fn target(&self) -> String {
        let mut target = String::from("/");
        encode(self.path.trim_start_matches('/'), IN_PATH, &mut target);
        let query = self.multi_value_query_string_parameters.iter().flatten();
        let pairs = query.flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
        for (index, (name, value)) in pairs.enumerate() {
            target.push(if index == 0 { '?' } else { '&' });
            encode(name, "", &mut target);
            target.push('=');
            encode(value, "", &mut target);
        }
        target
    }
}

/// What stands for itself in a path, besides letters, digits and `-._~`.
const IN_PATH: &str = "/%:@!$&'()*+,;=";

/// Writes a text so that it may stand in a URI.
fn encode(text: &str, kept: &str, target: &mut String) {
    for byte in text.bytes() {
        let character = char::from(byte);
        if byte.is_ascii_alphanumeric() || "-._~".contains(character) || kept.contains(character) {
            target.push(character);
        } else {
            write!(target, "%{byte:02X}").expect("a string takes everything");
        }
    }
}

fn headers(fields: &BTreeMap<String, Vec<String>>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, values) in fields {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else { continue };
        let values = values.iter().filter_map(|value| HeaderValue::from_str(value).ok());
        for value in values {
            headers.append(&name, value);
        }
    }
    headers
}

impl ApiAnswer {
    /// The answer of the router. Every body of the service is text.
    pub(crate) async fn of(response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        let body = body.collect().await.expect("a body of the service is in memory").to_bytes();
        let mut headers = BTreeMap::<String, Vec<String>>::new();
        for (name, value) in &head.headers {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            headers.entry(name.as_str().to_owned()).or_default().push(value);
        }
        Self {
            status_code: head.status.as_u16(),
            multi_value_headers: headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            is_base64_encoded: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    async fn seen(event: &str) -> String {
        let event: ApiRequest = match serde_json::from_str(event) {
            Ok(event) => event,
            Err(error) => return format!("{error}\n"),
        };
        let request = match event.into_request() {
            Ok(request) => request,
            Err(error) => return format!("{error}\n"),
        };
        let (head, body) = request.into_parts();
        let mut text = format!("{} {}\n", head.method, head.uri);
        for (name, value) in &head.headers {
            text += &format!("{name}: {value:?}\n");
        }
        let body = body.collect().await.unwrap().to_bytes();
        text + &String::from_utf8_lossy(&body) + "\n"
    }

    async fn check(event: &str, expected: Expect) {
        expected.assert_eq(&seen(event).await);
    }

    #[tokio::test]
    async fn a_request_as_the_api_hands_it() {
        check(
            r#"{
                "resource": "/payments", "path": "/payments", "httpMethod": "POST",
                "headers": {"Idempotency-Key": "\"k\""},
                "multiValueHeaders": {"Host": ["api.example.com"], "Idempotency-Key": ["\"k\""], "X": ["1", "2"]},
                "queryStringParameters": null, "multiValueQueryStringParameters": null,
                "pathParameters": null, "stageVariables": null,
                "requestContext": {"stage": "prod", "path": "/prod/payments", "identity": {"sourceIp": "192.0.2.1"}},
                "body": "{\"amount\": 1}", "isBase64Encoded": false
            }"#,
            expect![[r#"
                POST /payments
                host: "api.example.com"
                idempotency-key: "\"k\""
                x: "1"
                x: "2"
                {"amount": 1}
            "#]],
        )
        .await;
    }

    #[tokio::test]
    async fn what_a_client_may_send_and_uris_may_not_hold() {
        check(
            r#"{
                "path": "/payments/ä b%20c?d#e\u0000", "httpMethod": "GET",
                "multiValueHeaders": {"Host": ["a b/c"], "bad name": ["1"], "Bad-Value": ["a\u0000b", "ü"]},
                "multiValueQueryStringParameters": {"limit": ["1", "2&3=4+5"], "a b": ["%"]},
                "body": null
            }"#,
            expect![[r#"
                GET /payments/%C3%A4%20b%20c%3Fd%23e%00?a%20b=%25&limit=1&limit=2%263%3D4%2B5
                bad-value: "\xc3\xbc"
                host: "a b/c"

            "#]],
        )
        .await;
    }

    #[tokio::test]
    async fn bodies() {
        for (body, expected) in [
            (r#""plain", "isBase64Encoded": false"#, "plain"),
            (r#""eyJhIjoxfQ==", "isBase64Encoded": true"#, r#"{"a":1}"#),
            (r#""not base64!", "isBase64Encoded": true"#, "not base64!"),
        ] {
            let event = format!(r#"{{"path": "/", "httpMethod": "POST", "body": {body}}}"#);
            assert_eq!(seen(&event).await, format!("POST /\n{expected}\n"));
        }
    }

    #[tokio::test]
    async fn what_is_no_request() {
        let long = "a".repeat(70_000);
        let mut text = String::new();
        for event in [
            "{}".to_owned(),
            r#"{"Records": []}"#.to_owned(),
            r#"{"path": "/", "httpMethod": "NO METHOD"}"#.to_owned(),
            format!(r#"{{"path": "/{long}", "httpMethod": "GET"}}"#),
        ] {
            text += &seen(&event).await;
        }
        expect![[r#"
            missing field `httpMethod` at line 1 column 2
            missing field `httpMethod` at line 1 column 15
            the event is no request of HTTP: its method cannot be used
            the event is no request of HTTP: its path cannot be used
        "#]]
        .assert_eq(&text);
    }

    #[tokio::test]
    async fn an_answer_as_the_api_takes_it() {
        let response = Response::builder().status(409).header("retry-after", "1");
        let response = response.header("x", "1").header("x", "2").body(Body::from("{\"a\":\"ä\"}"));
        let answer = ApiAnswer::of(response.unwrap()).await;
        expect![[r#"
            {
              "statusCode": 409,
              "multiValueHeaders": {
                "retry-after": [
                  "1"
                ],
                "x": [
                  "1",
                  "2"
                ]
              },
              "body": "{\"a\":\"ä\"}",
              "isBase64Encoded": false
            }"#]]
        .assert_eq(&serde_json::to_string_pretty(&answer).unwrap());
    }
}
