//! One live test at a time: they keep time with leases of a few hundred milliseconds, and what runs beside them would make
//! these run out. nextest, which gives each test a process, has a group for them (`.config/nextest.toml`); this is for
//! `cargo test`, which does not.

use std::sync::{Mutex, MutexGuard, PoisonError};

static ALONE: Mutex<()> = Mutex::new(());

/// The machine to itself, for as long as this lives.
pub(super) struct Alone {
    _held: MutexGuard<'static, ()>,
}

impl Alone {
    /// Waits for the tests before this one. That one of them failed is no reason to fail as well.
    pub(super) fn wait() -> Self {
        Self { _held: ALONE.lock().unwrap_or_else(PoisonError::into_inner) }
    }
}
