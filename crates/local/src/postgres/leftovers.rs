//! What is left of a cluster whose supervisor is gone.

use std::path::Path;
use std::process::Command;

use rustix::process::{Pid, Signal};

use super::home::Home;
use super::processes::{children, is_alive, signal};
use crate::process::unmount;

/// Ends the server of the cluster in this directory at once, whoever started it, and gives the space of a limited disk
/// back. For whoever comes after a supervisor that did not end its servers, and works when there is nothing to end.
pub fn end_leftovers(directory: &Path) {
    let home = Home::new(directory);
    if let Some(server) = server(&home) {
        // Stopped first, so that no child of it is missed.
        signal([server], Signal::STOP);
        let others = children(server);
        signal(others.iter().copied().chain([server]), Signal::KILL);
        while others.iter().chain([&server]).any(|process| is_alive(*process)) {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }
    if home.has_own_disk() {
        unmount(&home.volume());
    }
}

/// The server that the lock of the data names, when it is one: another process may have its number by now.
fn server(home: &Home) -> Option<Pid> {
    let lock = std::fs::read_to_string(home.data().join("postmaster.pid")).ok()?;
    let pid = Pid::from_raw(lock.lines().next()?.trim().parse().ok()?)?;
    let arguments = Command::new("ps").args(["-o", "args=", "-p"]).arg(pid.to_string()).output();
    let arguments = String::from_utf8_lossy(&arguments.ok()?.stdout).into_owned();
    let is_ours = arguments.contains(&*home.data().to_string_lossy());
    (is_ours && is_alive(pid)).then_some(pid)
}
