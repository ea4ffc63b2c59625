//! Requests that other services answer in other ways: each answer is pinned here.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{read, request, send};
use crate::server::{ACCOUNT, PAYMENT, Server};

const JSON: &str = "Content-Type: application/json";

/// A payment with this instead of that.
fn with(from: &str, to: &str) -> String {
    assert!(PAYMENT.contains(from));
    PAYMENT.replace(from, to)
}

#[tokio::test]
async fn json_is_read_strictly() {
    let server = Server::start().await;
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let table: Vec<(String, u16, &str)> = vec![
        (with("1234", "1234.0"), 400, "wrong_type"),
        (with("1234", "12.34"), 400, "wrong_type"),
        (with("1234", "1e3"), 400, "wrong_type"),
        (with("1234", "-0"), 400, "wrong_type"),
        (with("1234", "0"), 400, "not_positive"),
        (with("1234", "-9223372036854775808"), 400, "not_positive"),
        (with("1234", "9223372036854775808"), 400, "too_large"),
        (with("1234", "18446744073709551615"), 400, "too_large"),
        (with("1234", "99999999999999999999999999"), 400, "wrong_type"),
        (with("1234", "1e400"), 400, "json_malformed"),
        (with("1234", "0x10"), 400, "json_malformed"),
        (with("1234", "01234"), 400, "json_malformed"),
        (with("1234", "+1234"), 400, "json_malformed"),
        (with("1234", "NaN"), 400, "json_malformed"),
        (with("1234", "\"1234\""), 400, "wrong_type"),
        (with("1234", "true"), 400, "wrong_type"),
        (with("1234", "null"), 400, "missing"),
        (with("\"amount\":1234", "\"amount\":1234,\"am\\u006funt\":1"), 400, "field_twice"),
        (with("\"order\":", "\"a\":\"1\",\"a\":"), 400, "field_twice"),
        (with("order A", "a\\u0000b"), 400, "control_character"),
        (with("order A", "a\\nb"), 400, "control_character"),
        (with("order A", "a\nb"), 400, "json_malformed"),
        (with("order A", "\\ud83d\\ude00"), 200, ""),
        (with("order A", "\\ud800"), 400, "json_malformed"),
        (with("order A", "\\udc00\\ud800"), 400, "json_malformed"),
        (with("order A", "\u{202e}\u{feff}"), 200, ""),
        (with("\"order A\"", &deep(100)), 400, "wrong_type"),
        (with("\"order A\"", &deep(200)), 400, "json_malformed"),
        (deep(30_000), 400, "json_malformed"),
        (format!("\u{feff}{PAYMENT}"), 400, "json_malformed"),
        (format!("{PAYMENT}{PAYMENT}"), 400, "json_malformed"),
        (format!("{PAYMENT}\0"), 400, "json_malformed"),
        (format!(" \t\r\n{PAYMENT} \t\r\n"), 200, ""),
        (with("}", ",}"), 400, "json_malformed"),
        (with("\"order A\"", "'order A'"), 400, "json_malformed"),
        (with("\"account\"", "/* */ \"account\""), 400, "json_malformed"),
        (with("\"order\"", "\"__proto__\""), 200, ""),
        ("null".to_owned(), 400, "wrong_type"),
        ("[]".to_owned(), 400, "wrong_type"),
        ("\"\"".to_owned(), 400, "wrong_type"),
        (String::new(), 400, "json_malformed"),
    ];
    for (body, status, code) in table {
        let answer = server.post("/payments/validate", "k", &body).await;
        assert_eq!(answer.status, status, "{body} {answer:?}");
        assert!(status == 200 || answer.body.contains(code), "{body} {answer:?}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_are_no_json() {
    let server = Server::start().await;
    for bytes in [&b"\xff"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"] {
        let (before, after) = PAYMENT.split_once("order A").unwrap();
        let body = [before.as_bytes(), bytes, after.as_bytes()].concat();
        let length = format!("Content-Length: {}", body.len());
        let headers = ["Idempotency-Key: k", JSON, &length];
        let mut sent = request("POST /payments/validate", &headers, "");
        sent.extend(body);
        let answer = send(server.address, &sent).await.unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (400, "json_malformed"), "{bytes:?}");
    }
}

#[tokio::test]
async fn media_types_are_read_by_their_name() {
    let server = Server::start().await;
    let table: [(&[&str], u16); 10] = [
        (&["Content-Type: application/json; charset=utf-8"], 200),
        (&["Content-Type: Application/JSON ;charset=\"UTF-8\""], 200),
        (&["content-type: application/json;"], 200),
        (&["Content-Type: application/json-seq"], 415),
        (&["Content-Type: application/problem+json"], 415),
        (&["Content-Type: text/json"], 415),
        (&["Content-Type: application/x-www-form-urlencoded"], 415),
        (&["Content-Type:"], 415),
        (&["Content-Type: application/json", "Content-Type: text/plain"], 415),
        (&["Content-Type: application/json", "Content-Encoding: identity"], 415),
    ];
    for (headers, status) in table {
        let headers = [&["Idempotency-Key: k"], headers].concat();
        let answer = server.ask("POST /payments/validate", &headers, PAYMENT).await;
        assert_eq!(answer.status, status, "{headers:?}");
    }
}

#[tokio::test]
async fn paths_are_what_they_are() {
    let server = Server::start().await;
    let id = server.paid("k").await;
    let coded = id.replace("pay_", "%70ay%5f");
    let huge = "x".repeat(10_000);
    let table = [
        (format!("/payments/{id}"), 200, ""),
        (format!("/payments/{coded}"), 200, ""),
        (format!("/payments/{id}?"), 200, ""),
        (format!("/payments/{id}/"), 404, "path_unknown"),
        (format!("/payments//{id}"), 404, "path_unknown"),
        (format!("//payments/{id}"), 404, "path_unknown"),
        (format!("/Payments/{id}"), 404, "path_unknown"),
        (format!("/payments/{}", id.to_lowercase()), 404, "payment_missing"),
        (format!("/payments/{id}%20"), 404, "payment_missing"),
        (format!("/payments/{id}%00"), 404, "payment_missing"),
        (format!("/payments/{id}%2F"), 404, "payment_missing"),
        (format!("/payments/x%2F..%2F{id}"), 404, "payment_missing"),
        (format!("/payments/x/../{id}"), 404, "path_unknown"),
        (format!("/payments/{huge}"), 404, "payment_missing"),
        (format!("/accounts/{huge}/balance"), 404, "account_missing"),
        (format!("/payments?account={huge}"), 400, "request_invalid"),
        (format!("/payments?account={ACCOUNT}&account={ACCOUNT}"), 400, "request_invalid"),
        (format!("/payments?account={ACCOUNT}&limit=5&l%69mit=5"), 400, "request_invalid"),
        (format!("/payments?account={ACCOUNT}&limit="), 400, "request_invalid"),
        (format!("/payments?account={ACCOUNT}&limit=%31%30"), 200, ""),
        (format!("/payments?account={ACCOUNT}&limit=1e1"), 400, "request_invalid"),
        (format!("/payments?ACCOUNT={ACCOUNT}"), 400, "request_invalid"),
        (format!("/payments?account={ACCOUNT}&starting_after=%00"), 400, "request_invalid"),
        ("/health?anything=1".to_owned(), 200, ""),
    ];
    for (path, status, code) in table {
        let answer = server.get(&path).await;
        let shown = &path[..path.len().min(80)];
        assert_eq!(answer.status, status, "{shown}");
        assert!(status == 200 || answer.code() == code, "{shown} {answer:?}");
    }
    let refund = server.post(&format!("/payments/{huge}/refunds"), "r", "{}").await;
    assert_eq!((refund.status, refund.code().as_str()), (400, "request_invalid"));
}

#[tokio::test]
async fn other_methods_are_refused_with_those_that_there_are() {
    let server = Server::start().await;
    let table = [
        ("OPTIONS /payments", "GET,HEAD,POST"),
        ("PUT /payments/x", "GET,HEAD"),
        ("PATCH /payments/x/refunds", "POST"),
        ("HEAD /payments/validate", "POST"),
        ("CONNECT /health", "GET,HEAD"),
        ("get /health", "GET,HEAD"),
        ("QUERY /accounts/x/balance", "GET,HEAD"),
    ];
    for (line, allowed) in table {
        let head = head(&server, &request(line, &[], "")).await;
        assert!(head.starts_with("HTTP/1.1 405 "), "{line} {head}");
        assert!(head.contains(&format!("\r\nallow: {allowed}\r\n")), "{line} {head}");
    }
    let answer = server.ask("OPTIONS *", &[], "").await;
    assert_eq!(answer.status, 404, "there is nothing to say of the server as a whole");
}

/// The head of the answer, as far as it comes in one piece, which an answer of this size does.
async fn head(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut read = Vec::new();
    while !read.windows(4).any(|window| window == b"\r\n\r\n") {
        assert!(stream.read_buf(&mut read).await.unwrap() > 0);
    }
    String::from_utf8(read).unwrap()
}

#[tokio::test]
async fn head_is_get_without_its_body() {
    let server = Server::start().await;
    let id = server.paid("k").await;
    for path in ["/health", "/openapi.json", &format!("/payments/{id}"), "/payments/x", "/x"] {
        let get = server.get(path).await;
        let bytes = request(&format!("HEAD {path}"), &["Connection: close"], "");
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert_eq!(body, "", "{path}");
        assert!(head.starts_with(&format!("HTTP/1.1 {}", get.status)), "{head}");
        for name in ["content-type", "content-length"] {
            let field = format!("\r\n{name}: {}", get.header(name).unwrap());
            assert!(head.contains(&field), "{path} {field} {head}");
        }
    }
}

#[tokio::test]
async fn bodies_need_no_length() {
    let server = Server::start().await;
    let headers = ["Idempotency-Key: k", JSON, "Transfer-Encoding: chunked"];
    let mut bytes = request("POST /payments", &headers, "");
    for piece in PAYMENT.as_bytes().chunks(7) {
        bytes.extend(format!("{:x};extension=1\r\n", piece.len()).bytes());
        bytes.extend([piece, b"\r\n"].concat());
    }
    bytes.extend(b"0\r\nTrailer: x\r\n\r\n");
    assert_eq!(send(server.address, &bytes).await.unwrap().status, 201);
}

#[tokio::test]
async fn a_client_that_asks_first_is_told_to_go_on() {
    let server = Server::start().await;
    let length = format!("Content-Length: {}", PAYMENT.len());
    let headers = ["Idempotency-Key: k", JSON, "Expect: 100-continue", &length];
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(&request("POST /payments", &headers, "")).await.unwrap();
    assert_eq!(read(&mut stream).await.unwrap().status, 100);
    stream.write_all(PAYMENT.as_bytes()).await.unwrap();
    assert_eq!(read(&mut stream).await.unwrap().status, 201);
}

#[tokio::test]
async fn framing_that_two_readers_may_read_in_two_ways_ends_the_connection() {
    let server = Server::start().await;
    let smuggled = "GET /payments/smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
    let both = ["Idempotency-Key: k", JSON, "Content-Length: 3", "Transfer-Encoding: chunked"];
    let two = ["Idempotency-Key: k", JSON, "Content-Length: 2", "Content-Length: 40"];
    let signed = ["Idempotency-Key: k", JSON, "Content-Length: +2"];
    let folded = ["Idempotency-Key: k", JSON, "Transfer-Encoding: chunked, identity"];
    for headers in [&both[..], &two, &signed, &folded] {
        let mut bytes = request("POST /payments/validate", headers, "");
        bytes.extend(format!("0\r\n\r\n{smuggled}").bytes());
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
        let mut text = String::new();
        // A connection that is reset has said all it will.
        let _ = stream.read_to_string(&mut text).await;
        assert!(!text.contains("payment_missing"), "{headers:?} {text}");
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 400"), "{headers:?} {text}");
    }
}
