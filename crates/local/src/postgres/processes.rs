//! The processes of a server: the one that we started, and its children, which are in groups of their own.

use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

/// The children of a process, ended ones left out.
pub(super) fn children(parent: Pid) -> Vec<Pid> {
    let all = listed().unwrap_or_else(asked);
    let of_parent = all.into_iter().filter(|process| process.parent == parent.as_raw_pid());
    of_parent.filter_map(|process| Pid::from_raw(process.pid)).collect()
}

/// Sends a signal to each; one that has ended needs none.
pub(super) fn signal(processes: impl IntoIterator<Item = Pid>, signal: Signal) {
    for process in processes {
        let _ = kill_process(process, signal);
    }
}

/// Whether a process is there, and has not ended.
pub(super) fn is_alive(process: Pid) -> bool {
    match std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_pid())) {
        Ok(text) => Process::in_stat(&text).is_some(),
        Err(_) if has_proc() => false,
        Err(_) => rustix::process::test_kill_process(process).is_ok(),
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Process {
    pid: i32,
    parent: i32,
}

impl Process {
    /// The process of a file `stat`: `17 (name) S 1 …`, in whose name there may be anything. None for one that has ended.
    fn in_stat(text: &str) -> Option<Self> {
        let (before, after) = text.rsplit_once(')')?;
        let (pid, _) = before.split_once(' ')?;
        let mut fields = after.split_ascii_whitespace();
        if matches!(fields.next()?, "Z" | "X") {
            return None;
        }
        Some(Self { pid: pid.parse().ok()?, parent: fields.next()?.parse().ok()? })
    }

    /// The process of a line of `ps -A -o pid= -o ppid=`.
    fn in_line(line: &str) -> Option<Self> {
        let (pid, parent) = line.trim().split_once(char::is_whitespace)?;
        Some(Self { pid: pid.parse().ok()?, parent: parent.trim().parse().ok()? })
    }
}

fn has_proc() -> bool {
    std::path::Path::new("/proc/self/stat").exists()
}

/// All processes, where the system lists them in files.
fn listed() -> Option<Vec<Process>> {
    let entries = std::fs::read_dir("/proc").ok().filter(|_| has_proc())?.flatten();
    let processes = entries.filter(|entry| {
        entry.file_name().as_encoded_bytes().first().is_some_and(u8::is_ascii_digit)
    });
    let texts =
        processes.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    Some(texts.filter_map(|text| Process::in_stat(&text)).collect())
}

/// All processes, on other systems.
fn asked() -> Vec<Process> {
    let output = Command::new("ps").args(["-A", "-o", "pid=", "-o", "ppid="]).output();
    let lines = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    lines.unwrap_or_default().lines().filter_map(Process::in_line).collect()
}

#[cfg(test)]
mod tests {
    use rustix::process::Pid;

    use super::{Process, asked, children, is_alive};

    #[test]
    fn processes_are_read() {
        let process = Some(Process { pid: 17, parent: 3 });
        assert_eq!(Process::in_stat("17 (postgres: a (b) c) S 3 17 17 0"), process);
        assert_eq!(Process::in_stat("17 (postgres) Z 3 17"), None, "it has ended");
        assert_eq!(Process::in_line("   17     3"), process);
        assert_eq!(Process::in_line("PID PPID"), None);
    }

    #[test]
    fn a_child_is_found_until_it_has_ended() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = Pid::from_child(&child);
        let ours = || children(rustix::process::getpid()).contains(&pid);
        assert!(ours() && is_alive(pid));
        assert!(asked().iter().any(|process| process.pid == pid.as_raw_pid()));
        child.kill().unwrap();
        while is_alive(pid) {
            std::thread::yield_now();
        }
        assert!(!ours(), "what has ended and was not asked after is left out");
        child.wait().unwrap();
        assert!(!is_alive(pid));
    }
}
