//! What stands before the functions in AWS: an API that hands requests to functions as events, and answers back.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::runtime_api::{Instance, Said};

/// The functions that answer requests.
pub(crate) struct Functions {
    pub(crate) validation: Mutex<Instance>,
    pub(crate) transactions: Mutex<Instance>,
}

/// Serves the functions over HTTP, as the template's routes lead.
pub(crate) async fn serve(functions: Arc<Functions>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let router = Router::new().fallback(answer).with_state(functions);
    tokio::spawn(async { axum::serve(listener, router).await });
    address
}

async fn answer(State(functions): State<Arc<Functions>>, request: Request) -> Response<Body> {
    let path = request.uri().path();
    let is_about = path.starts_with("/health") || path == "/openapi.json";
    let instance = match is_about || path == "/payments/validate" {
        true => &functions.validation,
        false => &functions.transactions,
    };
    let event = event(request).await;
    match instance.lock().await.invoke(event).await {
        Said::Response(answer) => response(&serde_json::from_str(&answer).expect("it is JSON")),
        // What API Gateway says when a function fails.
        Said::Error(_) | Said::Died => {
            let body = Body::from("{\"message\": \"Internal server error\"}");
            let builder = Response::builder().status(StatusCode::BAD_GATEWAY);
            builder.body(body).expect("it is a response")
        }
    }
}

/// The event of a request (API Gateway Developer Guide, "Input format of a Lambda function for proxy integration").
async fn event(request: Request) -> String {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 10_000_000).await.expect("the client sends it");
    let body = String::from_utf8_lossy(&body).into_owned();
    let query = query(head.uri.query().unwrap_or_default());
    let path = head.uri.path();
    let last = |(name, values): (&String, &Vec<String>)| (name.clone(), values.last().cloned());
    let headers = fields(&head.headers);
    let event = json!({
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": head.method.as_str(),
        "headers": headers.iter().map(last).collect::<BTreeMap<_, _>>(),
        "multiValueHeaders": headers,
        "queryStringParameters": none_if_empty(query.iter().map(last).collect::<BTreeMap<_, _>>()),
        "multiValueQueryStringParameters": none_if_empty(query),
        "pathParameters": null,
        "stageVariables": null,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "1234567890",
            "httpMethod": head.method.as_str(),
            "identity": {"sourceIp": "192.0.2.1"},
            "path": format!("/prod{path}"),
            "protocol": "HTTP/1.1",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "stage": "prod",
        },
        "body": if body.is_empty() { Value::Null } else { Value::String(body) },
        "isBase64Encoded": false,
    });
    event.to_string()
}

fn none_if_empty<V: serde::Serialize>(map: BTreeMap<String, V>) -> Value {
    if map.is_empty() { Value::Null } else { json!(map) }
}

fn fields(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    let mut fields = BTreeMap::<String, Vec<String>>::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        fields.entry(name.as_str().to_owned()).or_default().push(value);
    }
    fields
}

/// Names and values, decoded.
fn query(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut query = BTreeMap::<String, Vec<String>>::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        query.entry(decode(name)).or_default().push(decode(value));
    }
    query
}

fn decode(text: &str) -> String {
    let text = text.replace('+', " ");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| byte == b'%');
        let code = code.and_then(|code| u8::from_str_radix(str::from_utf8(code).ok()?, 16).ok());
        bytes.push(code.unwrap_or(byte));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn response(answer: &Value) -> Response<Body> {
    let status = answer["statusCode"].as_u64().and_then(|code| u16::try_from(code).ok());
    let mut builder = Response::builder().status(status.expect("it has a status"));
    assert_eq!(answer["isBase64Encoded"], false);
    for (name, values) in answer["multiValueHeaders"].as_object().expect("it has headers") {
        for value in values.as_array().expect("each has values") {
            builder = builder.header(name, value.as_str().expect("each is text"));
        }
    }
    let body = answer["body"].as_str().expect("it has a body").to_owned();
    builder.body(Body::from(body)).expect("it is a response")
}
