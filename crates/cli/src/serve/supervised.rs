//! Processes that end with whoever started them, because nobody else would end them.

use std::io::{self, Read as _};
use std::process;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

/// How long a process that nobody supervises any more may take to end well.
const END_TIME_MAX: Duration = Duration::from_secs(2);

/// There once standard input has ended: the supervisor holds the other end, and has gone. A process that has not ended a
/// moment later is ended as it is.
pub(crate) fn supervisor_gone() -> io::Result<impl Future<Output = ()>> {
    let (supervised, gone) = oneshot::channel::<()>();
    thread::Builder::new().name("supervised".to_owned()).spawn(move || {
        read_to_end();
        drop(supervised);
        thread::sleep(END_TIME_MAX);
        process::exit(130);
    })?;
    Ok(async {
        let _ = gone.await;
    })
}

/// Whatever comes is nothing to us; what cannot be read has ended.
fn read_to_end() {
    let mut input = io::stdin().lock();
    let mut bytes = [0; 256];
    while matches!(input.read(&mut bytes), Ok(count) if count > 0) {}
}
