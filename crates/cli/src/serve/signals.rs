//! How a person, or whoever supervises the process, ends it.

use std::process;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that ask a process to end.
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Listens to them from now on.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let interrupt = signal(SignalKind::interrupt())?;
        let terminate = signal(SignalKind::terminate())?;
        Ok(Self { interrupt, terminate })
    }

    /// Waits for the first signal. A second one ends the process at once, as whoever sends it wants: what is not done
    /// then is done after the next start.
    pub(crate) async fn told_to_end(mut self) {
        self.next().await;
        tokio::spawn(async move {
            self.next().await;
            process::exit(130)
        });
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
