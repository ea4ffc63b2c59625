//! The end of a server.

use std::time::Duration;

use service::{Drained, Listening, Options};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{read, request};
use crate::server::{PAYMENT, Server};
use crate::world::{At, Mishap};

async fn begin(server: &Server) -> TcpStream {
    server.world.will(At::Commit, &[Mishap::Wait]);
    let headers = ["Idempotency-Key: k", "Content-Type: application/json"];
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(&request("POST /payments", &headers, PAYMENT)).await.unwrap();
    server.world.reached.acquire().await.unwrap().forget();
    stream
}

#[tokio::test]
async fn open_requests_end_and_new_ones_do_not_begin() {
    let mut server = Server::start().await;
    let (world, address) = (server.world.clone(), server.address);
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(&request("GET /health", &[], "")).await.unwrap();
    read(&mut idle).await.unwrap();
    let mut open = begin(&server).await;
    server.stop();
    assert_eq!(read(&mut idle).await, None, "an idle connection ends at once");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens");
    let waits = timeout(Duration::from_millis(20), read(&mut open)).await;
    assert!(waits.is_err(), "the server waits for what is open");
    world.go_on.add_permits(1);
    assert_eq!(read(&mut open).await.unwrap().status, 201);
    assert_eq!(server.ended().await, Drained { cut_off: 0 });
}

#[tokio::test]
async fn what_does_not_end_in_time_is_cut_off_without_an_answer() {
    let listening = Listening { drain_time_max: Duration::from_millis(30), ..Listening::default() };
    let mut server = Server::with(Options::default(), listening).await;
    let world = server.world.clone();
    let mut open = begin(&server).await;
    server.stop();
    assert_eq!(read(&mut open).await, None);
    assert_eq!(server.ended().await, Drained { cut_off: 1 });
    assert_eq!(world.payments(), 0);
}
