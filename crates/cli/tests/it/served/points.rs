//! Listens to the crash points of a service, and says at each whether it goes on.

use std::path::Path;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};

/// The socket that a service tells its points to.
pub(crate) struct Points(UnixListener);

/// A service that waits at a point.
pub(crate) struct Stopped {
    /// The point, such as `before the ledger commits`.
    pub(crate) name: String,
    stream: UnixStream,
}

impl Points {
    /// Listens at this path.
    pub(crate) fn listen(path: &Path) -> Self {
        Self(UnixListener::bind(path).expect("the folder is the test's own"))
    }

    /// The next point that the service comes to.
    pub(crate) async fn next(&self) -> Stopped {
        loop {
            let (stream, _) = self.0.accept().await.unwrap();
            let mut reader = BufReader::new(stream);
            let mut name = String::new();
            // Nothing is read from a service that was killed as it spoke.
            if reader.read_line(&mut name).await.is_ok() && name.ends_with('\n') {
                return Stopped { name: name.trim().to_owned(), stream: reader.into_inner() };
            }
        }
    }
}

impl Stopped {
    /// Lets the service go on.
    pub(crate) async fn go_on(mut self) {
        // It may have been killed meanwhile.
        let _ = self.stream.write_all(b".").await;
    }
}
