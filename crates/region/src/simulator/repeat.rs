//! Connections on which the server writes an answer twice, as no server of HTTP does by itself.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Tells a connection to write its next answer twice.
#[derive(Clone, Default)]
pub(super) struct Repeat(Arc<AtomicBool>);

impl Repeat {
    /// The next answer is written twice.
    pub(super) fn next_answer(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Connected<IncomingStream<'_, RepeatingListener>> for Repeat {
    fn connect_info(stream: IncomingStream<'_, RepeatingListener>) -> Self {
        stream.io().repeat.clone()
    }
}

/// Accepts such connections.
pub(super) struct RepeatingListener(pub(super) TcpListener);

impl Listener for RepeatingListener {
    type Io = RepeatingStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (RepeatingStream, SocketAddr) {
        let (inner, address) = Listener::accept(&mut self.0).await;
        // An answer is one small write: waiting for more would only delay it.
        let _ = inner.set_nodelay(true);
        let (repeat, copy) = (Repeat::default(), Vec::new());
        (RepeatingStream { inner, repeat, copy, copied: 0 }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Such a connection. What is written is kept when it is to be repeated, and written again when it is flushed.
pub(super) struct RepeatingStream {
    inner: TcpStream,
    repeat: Repeat,
    copy: Vec<u8>,
    /// How much of the copy has been written.
    copied: usize,
}

impl AsyncRead for RepeatingStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl AsyncWrite for RepeatingStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.inner).poll_write(context, bytes))?;
        if self.repeat.0.load(Ordering::SeqCst) {
            self.copy.extend_from_slice(&bytes[..written]);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let stream = &mut *self;
        while stream.copied < stream.copy.len() {
            let rest = &stream.copy[stream.copied..];
            stream.copied += ready!(Pin::new(&mut stream.inner).poll_write(context, rest))?;
        }
        if !stream.copy.is_empty() {
            stream.copy.clear();
            stream.copied = 0;
            stream.repeat.0.store(false, Ordering::SeqCst);
        }
        Pin::new(&mut stream.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
