//! What was seen while a drill was played, with the time at which it was.

use std::sync::{Arc, Mutex, PoisonError};

use drill::What;

use crate::clock::now_us;

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
