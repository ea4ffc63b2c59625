//! Questions that are answered, answered late, and not answered.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::time::sleep;

use super::{Caller, NotAnswered, serve};

/// Long enough for every answer that comes.
const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(30);

/// Answers twice the number; an odd one after a while, and one above a thousand never.
async fn double(number: u64) -> u64 {
    if number > 1_000 {
        std::future::pending::<()>().await;
    }
    if number % 2 == 1 {
        sleep(Duration::from_millis(20)).await;
    }
    number * 2
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

async fn served() -> SocketAddr {
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, double));
        }
    });
    address
}

#[tokio::test]
async fn many_questions_are_under_way_at_once() {
    let caller: Caller<u64, u64> = Caller::tcp(served().await);
    let caller = std::sync::Arc::new(caller);
    let asked: Vec<_> = (0..600)
        .map(|number| {
            let caller = caller.clone();
            tokio::spawn(async move { caller.ask(&number, LONG).await })
        })
        .collect();
    for (number, answer) in (0..).zip(asked) {
        assert_eq!(answer.await.unwrap(), Ok(number * 2));
    }
}

#[tokio::test]
async fn over_a_socket_of_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    tokio::spawn(async move { serve(listener.accept().await.unwrap().0, double).await });
    let caller: Caller<u64, u64> = Caller::unix(path);
    assert_eq!(caller.ask(&21, LONG).await, Ok(42));
}

#[tokio::test]
async fn nobody_listens() {
    let (listener, address) = listener().await;
    drop(listener);
    let caller: Caller<u64, u64> = Caller::tcp(address);
    assert_eq!(caller.ask(&1, LONG).await, Err(NotAnswered::NotSent));
    // Somebody does now.
    let listener = TcpListener::bind(address).await.unwrap();
    tokio::spawn(async move { serve(listener.accept().await.unwrap().0, double).await });
    assert_eq!(until_sent(&caller, 1).await, Ok(2));
}

/// For a moment after a failure no connection is tried.
async fn until_sent(caller: &Caller<u64, u64>, number: u64) -> Result<u64, NotAnswered> {
    loop {
        match caller.ask(&number, LONG).await {
            Err(NotAnswered::NotSent) => sleep(Duration::from_millis(1)).await,
            answer => return answer,
        }
    }
}

#[tokio::test]
async fn no_answer_comes() {
    let caller: Caller<u64, u64> = Caller::tcp(served().await);
    assert_eq!(caller.ask(&1_001, SHORT).await, Err(NotAnswered::Silence));
    assert_eq!(caller.ask(&4, LONG).await, Ok(8));
}

/// Who waits when a connection ends hears so at once, and a question a moment later makes another one.
#[tokio::test]
async fn a_connection_ends() {
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let read = stream.read(&mut [0; 64]).await.unwrap();
        assert!(read > 0);
        drop(stream);
        serve(listener.accept().await.unwrap().0, double).await;
    });
    let caller: Caller<u64, u64> = Caller::tcp(address);
    assert_eq!(caller.ask(&1, LONG).await, Err(NotAnswered::Silence));
    assert_eq!(until_sent(&caller, 2).await, Ok(4));
}

/// Whoever speaks something else is not listened to, on this connection.
#[tokio::test]
async fn no_questions() {
    let address = served().await;
    for words in ["GET / HTTP/1.1\r\n", "{\"id\":1}\n", "{\"id\":1,\"ask\":\"x\"}\n", "\n"] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(words.as_bytes()).await.unwrap();
        let mut answer = String::new();
        // With what it had not read the connection may end in an error.
        let _ = stream.read_to_string(&mut answer).await;
        assert_eq!(answer, "", "{words}");
    }
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"{\"id\":7,\"ask\":4}\n").await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "{\"id\":7,\"answer\":8}\n");
}
