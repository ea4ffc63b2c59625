//! What was seen while a drill was played, with the time at which it was.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use drill::What;

/// Something that was seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Noted {
    /// When: microseconds since the Unix epoch, on the one clock of this machine.
    pub at_us: u64,
    /// What.
    pub what: What,
}

/// Where everybody in this process writes what they see. Cheap to clone; all clones are one list.
#[derive(Debug, Clone, Default)]
pub struct Notes(Arc<Mutex<Vec<Noted>>>);

impl Notes {
    /// Writes down what is seen now.
    pub fn note(&self, what: What) {
        self.note_at(now_us(), what);
    }

    /// Writes down what was seen then.
    pub fn note_at(&self, at_us: u64, what: What) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Noted { at_us, what });
    }

    /// Everything, in the order in which it was written.
    #[must_use]
    pub fn all(&self) -> Vec<Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The clock of this machine, in microseconds since the Unix epoch.
///
/// # Panics
/// When the clock stands before 1970.
#[must_use]
pub fn now_us() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970");
    u64::try_from(since.as_micros()).expect("it is earlier than the year 500,000")
}
