//! A server that ends well: it stops accepting, lets open requests end up to a bound, and returns.

use std::io;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// The limits of connections. Beyond them clients are answered 400 or 431 without a document, or cut
/// off, because there is no request yet that could be answered.
#[derive(Clone, Debug)]
pub struct Listening {
    /// How many connections may be open. More wait in the system's queue until one ends.
    pub connections_max: usize,
    /// The largest head of a request, in bytes.
    pub head_bytes_max: usize,
    /// The most header fields.
    pub headers_max: usize,
    /// How long a client may take to send the head of a request, or leave a connection idle.
    pub head_time_max: Duration,
    /// How long open requests may go on once the server is to end.
    pub drain_time_max: Duration,
}

impl Default for Listening {
    fn default() -> Self {
        Self {
            connections_max: 4_096,
            head_bytes_max: 16 * 1024,
            headers_max: 64,
            head_time_max: Duration::from_secs(60),
            drain_time_max: Duration::from_secs(5),
        }
    }
}

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// How many connections were cut off because they did not end in time.
    pub cut_off: usize,
}

/// How long to wait when no connection can be accepted for want of something, such as descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `shutdown` is there, then drains.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    listening: Listening,
    shutdown: impl Future<Output = ()>,
) -> Drained {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept(), if connections.len() < listening.connections_max => {
                match accepted {
                    Ok((stream, _)) => {
                        connect(stream, &router, &listening, &graceful, &mut connections);
                    }
                    Err(error) => pause(&error).await,
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    drain(graceful, connections, listening.drain_time_max).await
}

/// Serves one connection beside the others.
fn connect(
    stream: TcpStream,
    router: &Router,
    listening: &Listening,
    graceful: &GracefulShutdown,
    connections: &mut JoinSet<()>,
) {
    // An answer is one small write: waiting for more would only delay it.
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(router.clone());
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(listening.head_time_max)
        .max_headers(listening.headers_max)
        .max_buf_size(listening.head_bytes_max)
        .half_close(false)
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    connections.spawn(async move {
        // What goes wrong with a connection is the client's to see: it has no answer.
        let _ = connection.await;
    });
}

/// A connection that ended before it was accepted says nothing about the next one.
async fn pause(error: &io::Error) {
    let is_of_connection = matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    );
    if !is_of_connection {
        sleep(ACCEPT_PAUSE).await;
    }
}

/// Idle connections end at once, busy ones after their answer, and the rest when the time is over.
async fn drain(
    graceful: GracefulShutdown,
    mut connections: JoinSet<()>,
    time_max: Duration,
) -> Drained {
    let is_in_time = timeout(time_max, graceful.shutdown()).await.is_ok();
    while connections.try_join_next().is_some() {}
    let cut_off = if is_in_time { 0 } else { connections.len() };
    connections.shutdown().await;
    Drained { cut_off }
}
