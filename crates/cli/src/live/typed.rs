//! Lines that somebody types, read beside whatever else is waited for.

use std::io::{self, stdin};

use anyhow::Context as _;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Lines as they are typed. What waits for one cannot be ended: a thread does, which ends with the process.
pub(crate) struct Typed {
    lines: UnboundedReceiver<io::Result<String>>,
}

impl Typed {
    pub(crate) fn listen() -> Self {
        let (sender, lines) = unbounded_channel();
        std::thread::spawn(move || read(&sender));
        Self { lines }
    }

    /// The next line, without the space around it; an empty one when there will be no more.
    pub(crate) async fn line(&mut self) -> anyhow::Result<String> {
        let line = self.lines.recv().await.unwrap_or_else(|| Ok(String::new()));
        Ok(line.context("nothing can be read of what is typed")?.trim().to_owned())
    }
}

fn read(lines: &UnboundedSender<io::Result<String>>) {
    loop {
        let mut line = String::new();
        let read = match stdin().read_line(&mut line) {
            Ok(0) => return,
            Ok(_) => Ok(line),
            Err(error) => Err(error),
        };
        let is_last = read.is_err();
        if lines.send(read).is_err() || is_last {
            return;
        }
    }
}
