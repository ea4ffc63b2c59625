//! Every connection that comes is served.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::serve;

/// How long to wait where no connection can be accepted: too many files are open, most likely, and later there are fewer.
const CROWDED: Duration = Duration::from_millis(10);

/// What connections come from.
pub(crate) trait Listener {
    type Stream: AsyncRead + AsyncWrite + Send + 'static;

    async fn next(&self) -> io::Result<Self::Stream>;
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    async fn next(&self) -> io::Result<TcpStream> {
        let (stream, _) = self.accept().await?;
        // Without it answers are slow; with an error the connection has ended.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }
}

impl Listener for UnixListener {
    type Stream = UnixStream;

    async fn next(&self) -> io::Result<UnixStream> {
        Ok(self.accept().await?.0)
    }
}

/// Answers whoever connects. Connections are left when this is dropped.
pub(crate) async fn serve_all<Q, A, F, Fut>(listener: impl Listener, handle: F) -> Infallible
where
    Q: DeserializeOwned + Send + 'static,
    A: Serialize + Send + 'static,
    F: Fn(Q) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = A> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        match listener.next().await {
            Ok(stream) => drop(connections.spawn(serve(stream, handle.clone()))),
            Err(_) => sleep(CROWDED).await,
        }
        while connections.try_join_next().is_some() {}
    }
}
