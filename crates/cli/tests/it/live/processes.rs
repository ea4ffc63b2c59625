//! The processes that run in a folder, found by what the system knows of each.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// From one look to the next.
pub(super) const LOOK: Duration = Duration::from_millis(50);
/// For how long a test looks until something is so; far longer than it takes on any machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// What each process says of itself that was started with this folder, or works in it.
pub(super) fn processes_in(folder: &Path) -> Vec<String> {
    let all = fs::read_dir("/proc").expect("the system tells its processes");
    let mut found: Vec<String> = all
        .filter_map(|entry| {
            let process = entry.ok()?.path();
            let words = fs::read(process.join("cmdline")).ok()?;
            let words = String::from_utf8_lossy(&words).replace('\0', " ");
            let works_there =
                fs::read_link(process.join("cwd")).is_ok_and(|at| at.starts_with(folder));
            let is_named = words.contains(&folder.display().to_string());
            (works_there || is_named).then_some(words)
        })
        .collect();
    found.sort();
    found
}

/// Looks until there is something, and gives it.
#[track_caller]
pub(super) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if let Some(found) = look() {
            return found;
        }
        sleep(LOOK);
    }
    panic!("waited in vain: {what}")
}

/// Sends a signal.
pub(super) fn signal(process: u32, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status();
    assert!(sent.expect("kill can be started").success(), "{name} to {process}");
}
