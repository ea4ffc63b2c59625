//! The system's table of processes, as `/proc` shows it. Where there is none, nothing is known but the ids that one has.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getppid, kill_process, kill_process_group, test_kill_process};

/// For how long a process that was killed is waited for: none takes as long that is not stuck in the system itself.
const END_MAX: Duration = Duration::from_secs(2);
/// From one look whether it has ended to the next.
const LOOK: Duration = Duration::from_millis(1);

/// A process, so that it is not taken for a later one with the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) pid: Pid,
    /// When it was started, in ticks since the machine was; nothing where that cannot be known.
    pub(crate) started: Option<u64>,
}

impl Identity {
    /// The process that has this id now; nothing when there is none that runs.
    pub(crate) fn of(id: u32) -> Option<Self> {
        let pid = Pid::from_raw(i32::try_from(id).ok()?)?;
        match Row::of(pid) {
            Some(row) => row.runs.then_some(Self { pid, started: Some(row.started) }),
            None if has_table() => None,
            None => test_kill_process(pid).is_ok().then_some(Self { pid, started: None }),
        }
    }

    pub(crate) fn id(self) -> u32 {
        id_of(self.pid)
    }

    /// Whether it runs still, or is frozen.
    pub(crate) fn runs(self) -> bool {
        Self::of(self.id()) == Some(self)
    }

    /// Kills it and all that it has started, at once: everything is stopped first, so that nothing new is started and
    /// nothing is tidied up meanwhile. Comes back when it has ended: whoever follows it uses the same files.
    pub(crate) fn end_with_children(self) {
        if !self.runs() {
            return;
        }
        let _ = kill_process(self.pid, Signal::STOP);
        let mut all = BTreeSet::from([self.id()]);
        while let Some(found) = children_of(&all) {
            for pid in found.iter().filter_map(|id| Pid::from_raw(i32::try_from(*id).ok()?)) {
                let _ = kill_process(pid, Signal::STOP);
            }
            all.extend(found);
        }
        for pid in all.iter().filter_map(|id| Pid::from_raw(i32::try_from(*id).ok()?)) {
            let _ = kill_process(pid, Signal::KILL);
        }
        let _ = kill_process_group(self.pid, Signal::KILL);
        let until = Instant::now() + END_MAX;
        while self.runs() && Instant::now() < until {
            sleep(LOOK);
        }
    }
}

/// The children of these that are not among them; nothing when there are none.
fn children_of(all: &BTreeSet<u32>) -> Option<BTreeSet<u32>> {
    let rows = rows();
    let children = rows.iter().filter(|row| all.contains(&row.parent) && !all.contains(&row.id));
    let found: BTreeSet<_> = children.map(|row| row.id).collect();
    (!found.is_empty()).then_some(found)
}

/// The processes that run one of our programs or one of PostgreSQL's over something in this directory: of a supervisor
/// that is gone, because whoever asks has claimed the directory. A person's editor or pager is none of them, nor is who
/// asks or has started who asks, nor somebody who waits for the directory itself.
pub(crate) fn over(directory: &Path) -> Vec<Identity> {
    let own = [Some(std::process::id()), getppid().map(id_of)];
    let of_row = |row: Row| {
        let is_other = row.runs && !own.contains(&Some(row.id));
        let is_one = is_other && is_ours(row.id) && names(row.id, directory);
        is_one.then(|| Identity::of(row.id)).flatten()
    };
    rows().into_iter().filter_map(of_row).collect()
}

fn is_ours(id: u32) -> bool {
    let own = std::env::current_exe().ok();
    let program = fs::read_link(format!("/proc/{id}/exe")).ok();
    let name = program.as_deref().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    // What was replaced on the disk since is called so.
    let name = name.trim_end_matches(" (deleted)");
    let own = own.as_deref().and_then(Path::file_name).unwrap_or_default();
    let of_postgres = ["postgres", "initdb"].contains(&name) || name.starts_with("pg_");
    of_postgres || (own == name && !name.is_empty())
}

/// Whether an argument of this process is a path in the directory.
fn names(id: u32, directory: &Path) -> bool {
    let arguments = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    let mut arguments = arguments.split(|byte| *byte == 0);
    arguments.any(|argument| {
        str::from_utf8(argument).is_ok_and(|argument| {
            let path = Path::new(argument);
            path.starts_with(directory) && path != directory
        })
    })
}

/// One process, as the table has it.
struct Row {
    id: u32,
    parent: u32,
    started: u64,
    /// Not when it has ended and nobody has looked how.
    runs: bool,
}

impl Row {
    fn of(pid: Pid) -> Option<Self> {
        Self::read(id_of(pid))
    }

    fn read(id: u32) -> Option<Self> {
        Self::parse(id, &fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
    }

    /// `id (name) state parent …`; the name may hold anything, and the 22nd field is when it was started.
    fn parse(id: u32, stat: &str) -> Option<Self> {
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<_> = fields.split_whitespace().collect();
        let (state, parent) = (*fields.first()?, fields.get(1)?.parse().ok()?);
        let started = fields.get(19)?.parse().ok()?;
        Some(Self { id, parent, started, runs: !["Z", "X"].contains(&state) })
    }
}

fn rows() -> Vec<Row> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter_map(Row::read).collect()
}

/// The id as the table has it.
pub(crate) fn id_of(pid: Pid) -> u32 {
    pid.as_raw_nonzero().get().unsigned_abs()
}

fn has_table() -> bool {
    Path::new("/proc/self/stat").exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_the_table() {
        let rest = "7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1 2";
        for (stat, parent, runs) in [
            (format!("7 (postgres) S 3 7 {rest}"), 3, true),
            (format!("7 (a) b) T) T 3 7 {rest}"), 3, true),
            (format!("7 (sh) Z 1 7 {rest}"), 1, false),
        ] {
            let row = Row::parse(7, &stat).expect("it is a row");
            assert_eq!((row.parent, row.runs, row.started), (parent, runs, 98_765), "{stat}");
        }
        for stat in ["", "7 (sh", "7 (sh) S", "7 (sh) S x 7"] {
            assert!(Row::parse(7, stat).is_none(), "{stat}");
        }
    }
}
