//! How far it has come, in one line that is written over, and only where a person watches.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often the line is written again.
pub(super) const INTERVAL: Duration = Duration::from_millis(100);

/// How wide the bar is.
const BAR: u64 = 30;

/// The line.
pub(super) struct Progress {
    total: u64,
    begin: Instant,
    is_watched: bool,
}

impl Progress {
    pub(super) fn new(total: u64) -> Self {
        Self { total, begin: Instant::now(), is_watched: std::io::stderr().is_terminal() }
    }

    /// Writes it again.
    pub(super) fn show(&self, done: u64, broken: u64) {
        if !self.is_watched {
            return;
        }
        let line = line(done, self.total, broken, self.begin.elapsed());
        self.put(&format!("\r{line}\x1b[K"));
    }

    /// Takes it away.
    pub(super) fn clear(&self) {
        if self.is_watched {
            self.put("\r\x1b[K");
        }
    }

    fn put(&self, text: &str) {
        let mut stderr = std::io::stderr().lock();
        // A line of progress that cannot be written is not missed.
        let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
    }
}

fn line(done: u64, total: u64, broken: u64, elapsed: Duration) -> String {
    let full = done * BAR / total.max(1);
    let bar: String = (0..BAR).map(|at| if at < full { '█' } else { '░' }).collect();
    let percent = done * 100 / total.max(1);
    let in_a_second = u128::from(done) * 1_000 / elapsed.as_millis().max(1);
    format!("{bar} {percent:>3} %  {done} of {total} drills, {broken} broken, {in_a_second}/s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let second = Duration::from_secs(1);
        for (done, total, expected) in [
            (0, 0, "░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0 %  0 of 0 drills, 0 broken, 0/s"),
            (50, 100, "███████████████░░░░░░░░░░░░░░░  50 %  50 of 100 drills, 0 broken, 50/s"),
            (7, 7, "██████████████████████████████ 100 %  7 of 7 drills, 0 broken, 7/s"),
        ] {
            assert_eq!(line(done, total, 0, second), expected);
        }
    }
}
