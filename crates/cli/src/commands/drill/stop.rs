//! Ctrl-C: the drills that are being played come to their end, no other is begun, and what there is is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Context;

use crate::serve::signals::Signals;

/// A flag that the first signal sets. A second one ends the process at once.
pub(super) fn when_told_to() -> anyhow::Result<Arc<AtomicBool>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    let runtime = runtime.context("cannot wait for signals")?;
    let stop = Arc::new(AtomicBool::new(false));
    let signals = {
        let _inside = runtime.enter();
        Signals::listen().context("cannot wait for signals")?
    };
    let flag = Arc::clone(&stop);
    thread::spawn(move || {
        runtime.block_on(async {
            signals.told_to_end().await;
            flag.store(true, Ordering::Relaxed);
            std::future::pending::<()>().await;
        });
    });
    Ok(stop)
}
