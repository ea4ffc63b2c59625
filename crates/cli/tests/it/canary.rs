//! The canary's script, executed by Node.js as Synthetics does: it ends well only when the other Region answers that
//! it is alive.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use crate::place::Place;

/// Calls the handler and ends as it does.
const CALL: &str = "require('./canary.js').handler().catch(({ message }) => {
  console.error(message);
  process.exit(1);
});";

/// An address at which one request is answered so.
fn answering(head: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it listens");
    thread::spawn(move || {
        let (mut connection, _) = listener.accept().expect("somebody calls");
        let asked = connection.read(&mut [0; 4_096]).expect("it asks");
        assert!(asked > 0, "an empty request");
        let answer = format!("HTTP/1.1 {head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        connection.write_all(answer.as_bytes()).expect("it listens to the answer");
    });
    format!("http://{address}/health")
}

/// What the script makes of an answer: exit code and what it says.
fn outcome(url: &str) -> (Option<i32>, String) {
    let place = Place::new();
    place.write("canary.js", include_str!("../../../stacks/src/canary.js"));
    let outcome = place.node(CALL).env("TIDEOVER_URL", url).outcome();
    (outcome.exit_code, outcome.stderr)
}

#[test]
fn is_content_with_a_region_that_is_alive() {
    assert_eq!(outcome(&answering("200 OK")), (Some(0), String::new()));
}

#[test]
fn fails_on_any_other_answer() {
    let url = answering("503 Service Unavailable");
    assert_eq!(outcome(&url), (Some(1), format!("{url} answered 503\n")));
    let elsewhere = answering("302 Found\r\nLocation: https://example.com");
    assert_eq!(outcome(&elsewhere).0, Some(1));
}

#[test]
fn fails_where_nobody_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}/health", listener.local_addr().expect("it listens"));
    drop(listener);
    assert_eq!(outcome(&url).0, Some(1));
}
