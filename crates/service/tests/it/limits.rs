//! Everything has a limit, and tells so at once.

use std::sync::Arc;
use std::time::Duration;

use service::{Listening, Options};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::client::{read, request, send};
use crate::server::{PAYMENT, Server, usual};
use crate::world::{At, Mishap};

#[tokio::test]
async fn one_request_too_many_is_refused_at_once_and_health_is_not() {
    let options = Options { requests_max: 2, ..usual() };
    let server = Arc::new(Server::with(options, Listening::default()).await);
    server.world.will(At::Commit, &[Mishap::Wait; 2]);
    let open: Vec<_> = ["a", "b"]
        .map(|key| {
            let server = server.clone();
            tokio::spawn(async move { server.post("/payments", key, PAYMENT).await })
        })
        .into();
    server.world.reached.acquire_many(2).await.unwrap().forget();
    let refused = server.post("/payments", "c", PAYMENT).await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "overloaded"));
    assert_eq!(refused.header("retry-after"), Some("1"));
    for path in ["/health", "/health/ready", "/health/traffic", "/metrics"] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
    assert!(server.get("/metrics").await.body.contains("http_requests_refused_total 1\n"));
    assert!(server.get("/metrics").await.body.contains("http_requests_in_flight 3\n"));
    server.world.go_on.add_permits(2);
    for client in open {
        assert_eq!(client.await.unwrap().status, 201);
    }
    assert_eq!(server.post("/payments", "c", PAYMENT).await.status, 201);
    assert_eq!(server.world.payments(), 3);
}

#[tokio::test]
async fn a_body_of_the_largest_size_is_read_and_one_byte_more_is_not() {
    let server = Server::start().await;
    for (length, status) in [(64 * 1024, 201), (64 * 1024 + 1, 413)] {
        let body = format!("{PAYMENT}{}", " ".repeat(length - PAYMENT.len()));
        assert_eq!(server.post("/payments", "k", &body).await.status, status);
    }
}

#[tokio::test]
async fn a_body_in_chunks_has_the_same_limit() {
    let server = Server::start().await;
    let headers =
        ["Idempotency-Key: k", "Content-Type: application/json", "Transfer-Encoding: chunked"];
    let mut bytes = request("POST /payments", &headers, "");
    for _ in 0..9 {
        bytes.extend(format!("2000\r\n{}\r\n", " ".repeat(0x2000)).bytes());
    }
    assert_eq!(send(server.address, &bytes).await.unwrap().status, 413);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_the_fault_of_the_client() {
    let options = Options { body_time_max: Duration::from_millis(30), ..Options::default() };
    let server = Server::with(options, Listening::default()).await;
    let headers = ["Idempotency-Key: k", "Content-Type: application/json", "Content-Length: 9"];
    let answer = send(server.address, &request("POST /payments", &headers, "")).await.unwrap();
    assert_eq!((answer.status, answer.code().as_str()), (408, "body_too_slow"));
    assert_eq!(answer.header("connection"), Some("close"));
}

#[tokio::test]
async fn heads_have_limits() {
    let server = Server::start().await;
    let many: Vec<String> = (0..65).map(|number| format!("X-{number}: y")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(server.ask("GET /health", &many, "").await.status, 431);
    let long = format!("X-Long: {}", "y".repeat(20_000));
    assert_eq!(server.ask("GET /health", &[&long], "").await.status, 431);
}

#[tokio::test]
async fn a_connection_without_a_request_ends() {
    let listening = Listening { head_time_max: Duration::from_millis(30), ..Listening::default() };
    let server = Server::with(Options::default(), listening).await;
    for start in ["", "GET /health HTTP/1.1\r\nHost:"] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(start.as_bytes()).await.unwrap();
        assert_eq!(read(&mut stream).await, None, "{start}");
    }
}

#[tokio::test]
async fn a_connection_over_the_limit_waits_for_another_to_end() {
    let listening = Listening { connections_max: 1, ..Listening::default() };
    let server = Server::with(Options::default(), listening).await;
    let mut first = TcpStream::connect(server.address).await.unwrap();
    first.write_all(&request("GET /health", &[], "")).await.unwrap();
    read(&mut first).await.unwrap();
    let mut second = TcpStream::connect(server.address).await.unwrap();
    second.write_all(&request("GET /health", &[], "")).await.unwrap();
    let waits = tokio::time::timeout(Duration::from_millis(30), read(&mut second)).await;
    assert!(waits.is_err());
    drop(first);
    assert_eq!(read(&mut second).await.unwrap().status, 200);
}
