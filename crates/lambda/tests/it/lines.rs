//! What processes print, line by line.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// What processes have printed. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    /// Every line so far.
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().expect("nobody panics while holding it").clone()
    }

    /// Reads until there is nothing more.
    pub(crate) async fn read(self, output: impl AsyncRead + Unpin) {
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            self.0.lock().expect("nobody panics while holding it").push(line);
        }
    }
}
