//! Whatever bytes come, they are the client's fault, and the server goes on.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::client::{read, request, send};
use crate::server::{PAYMENT, Server};

/// Runs a property against one server.
fn check<T: std::fmt::Debug>(
    cases: u32,
    strategy: impl Strategy<Value = T>,
    property: impl AsyncFn(&Server, T),
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(Server::start());
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let run = |value| {
        runtime.block_on(property(&server, value));
        Ok(())
    };
    TestRunner::new(config).run(&strategy, run).unwrap();
    assert_eq!(runtime.block_on(server.get("/health")).status, 200);
}

#[test]
fn any_body_is_answered_and_never_by_5xx() {
    check(256, prop::collection::vec(any::<u8>(), 0..200), async |server, body| {
        let length = format!("Content-Length: {}", body.len());
        let headers = ["Idempotency-Key: k", "Content-Type: application/json", &length];
        for path in ["/payments", "/payments/validate", "/payments/pay_x/refunds"] {
            let mut bytes = request(&format!("POST {path}"), &headers, "");
            bytes.extend(&body);
            let answer = send(server.address, &bytes).await.unwrap();
            assert!(answer.status == 400, "{answer:?}");
        }
    });
}

#[test]
fn any_json_is_answered_and_never_by_5xx() {
    let value = prop_oneof![
        Just("null".to_owned()),
        any::<i128>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:e}")),
        "[ -~]{0,20}".prop_map(|text| serde_json::to_string(&text).unwrap()),
        Just("{\"a\":\"b\"}".to_owned()),
        Just("[[[{}]]]".to_owned()),
    ];
    let name =
        prop::sample::select(vec!["account", "amount", "currency", "token", "metadata", "x"]);
    let fields = prop::collection::vec((name, value), 0..7);
    check(256, fields, async |server, fields| {
        let fields: Vec<_> =
            fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let body = format!("{{{}}}", fields.join(","));
        let answer = server.post("/payments", "k", &body).await;
        assert!((200..500).contains(&answer.status), "{body} {answer:?}");
    });
}

#[test]
fn any_header_is_answered_and_never_by_5xx() {
    let names = vec![
        "idempotency-key",
        "content-type",
        "content-encoding",
        "x-request-id",
        "traceparent",
        "x",
    ];
    let value =
        prop::collection::vec((0x20_u8..=0xff).prop_filter("DEL", |byte| *byte != 0x7f), 0..80);
    let fields = prop::collection::vec((prop::sample::select(names), value), 0..5);
    check(256, fields, async |server, fields| {
        let mut bytes = b"POST /payments HTTP/1.1\r\nHost: h\r\n".to_vec();
        for (name, value) in fields {
            bytes.extend([name.as_bytes(), b": ", &value, b"\r\n"].concat());
        }
        bytes.extend(format!("Content-Length: {}\r\n\r\n{PAYMENT}", PAYMENT.len()).bytes());
        let answer = send(server.address, &bytes).await.unwrap();
        assert!(answer.status < 500, "{answer:?}");
    });
}

#[test]
fn any_bytes_at_all_never_get_5xx() {
    check(128, prop::collection::vec(any::<u8>(), 0..300), async |server, bytes| {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
        let answer = read(&mut stream).await;
        assert!(answer.is_none_or(|answer| answer.status < 500));
    });
}
