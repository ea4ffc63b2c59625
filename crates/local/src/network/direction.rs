//! One direction of one connection: bytes wait, are late, and arrive in order.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::{Passage, Rules, Way};

/// The largest chunk that is read at once, in bytes.
const CHUNK_BYTES_MAX: usize = 64 * 1024;

/// How many bytes travel at once. Enough for 40 MiB a second over a tenth of a second.
const TRAVELLING_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The connection was broken off at the end where these bytes come from.
#[derive(Debug)]
pub(super) struct Reset;

/// What travels.
enum Parcel {
    Bytes(Vec<u8>),
    /// The sender has said all.
    End,
    /// The sender is gone.
    Reset,
}

/// A direction, and what is on its way in it.
pub(super) struct Direction {
    way: Way,
    rules: watch::Receiver<Rules>,
    travelling: VecDeque<(Instant, Parcel)>,
    travelling_bytes: usize,
    /// Whether more may come from the sender.
    is_heard: bool,
    chunk: Box<[u8]>,
}

impl Direction {
    pub(super) fn new(way: Way, rules: watch::Receiver<Rules>) -> Self {
        Self {
            way,
            rules,
            travelling: VecDeque::new(),
            travelling_bytes: 0,
            is_heard: true,
            chunk: vec![0; CHUNK_BYTES_MAX].into_boxed_slice(),
        }
    }

    /// Carries until the sender has said all and it has arrived. A receiver that takes no more ends
    /// it too: what the sender must learn of that comes back in the other direction.
    pub(super) async fn carry(
        &mut self,
        sender: &mut ReadHalf<'_>,
        receiver: &mut WriteHalf<'_>,
    ) -> Result<(), Reset> {
        loop {
            let passage = self.way.judged_by(&self.rules.borrow_and_update());
            let delay = match passage {
                Passage::Open { delay } => Some(delay),
                Passage::Held | Passage::Refused => None,
            };
            if delay.is_some()
                && let Some(parcel) = self.arrived()
            {
                match deliver(parcel, receiver).await {
                    Delivered::More => continue,
                    Delivered::Last => return Ok(()),
                    Delivered::Reset => return Err(Reset),
                }
            }
            let has_room = self.is_heard && self.travelling_bytes < TRAVELLING_BYTES_MAX;
            tokio::select! {
                read = sender.read(&mut self.chunk), if delay.is_some() && has_room => {
                    self.depart(read, delay.unwrap_or_default());
                }
                () = first(&self.travelling), if delay.is_some() && !self.travelling.is_empty() => {}
                changed = self.rules.changed() => changed.map_err(|_| Reset)?,
            }
        }
    }

    /// The first parcel, if it is due.
    fn arrived(&mut self) -> Option<Parcel> {
        let (due, _) = self.travelling.front()?;
        if *due > Instant::now() {
            return None;
        }
        let (_, parcel) = self.travelling.pop_front()?;
        if let Parcel::Bytes(bytes) = &parcel {
            self.travelling_bytes -= bytes.len();
        }
        Some(parcel)
    }

    fn depart(&mut self, read: io::Result<usize>, delay: Duration) {
        let parcel = match read {
            Ok(0) => Parcel::End,
            Ok(length) => Parcel::Bytes(self.chunk[..length].to_vec()),
            Err(_) => Parcel::Reset,
        };
        match &parcel {
            Parcel::Bytes(bytes) => self.travelling_bytes += bytes.len(),
            Parcel::End | Parcel::Reset => self.is_heard = false,
        }
        self.travelling.push_back((Instant::now() + delay, parcel));
    }
}

/// Waits until the first parcel is due; for ever when there is none.
async fn first(travelling: &VecDeque<(Instant, Parcel)>) {
    match travelling.front() {
        Some((due, _)) => sleep_until(*due).await,
        None => std::future::pending().await,
    }
}

enum Delivered {
    More,
    Last,
    Reset,
}

async fn deliver(parcel: Parcel, receiver: &mut WriteHalf<'_>) -> Delivered {
    match parcel {
        Parcel::Bytes(bytes) => match receiver.write_all(&bytes).await {
            Ok(()) => Delivered::More,
            Err(_) => Delivered::Last,
        },
        Parcel::End => {
            // A receiver that is gone needs no end.
            let _ = receiver.shutdown().await;
            Delivered::Last
        }
        Parcel::Reset => Delivered::Reset,
    }
}
