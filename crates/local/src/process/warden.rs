//! The warden: a process that outlives the supervisor, for as long as it takes to end what the supervisor has left.
//!
//! It is told by lines on its standard input what runs, and when that ends, by whatever death, it kills the rest:
//! PostgreSQL, which knows of no supervisor, and what is frozen and could not end by itself. What they wrote stays, but
//! on limited disks, which go with it.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, BufRead, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::process::child::NotStarted;
use crate::process::directory::{Directory, remove_claim};
use crate::process::mounts::unmount_in;
use crate::process::table::{Identity, over};

/// The supervisor's side of the warden.
#[derive(Debug)]
pub struct Warden(Mutex<Child>);

impl Warden {
    /// Starts `command`, whose body is [`serve_warden`]. The claim on the directory is its as well, so that nobody else
    /// gets it before everything has been ended; what it says is in the file `warden.log` there.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(mut command: Command, directory: &Directory) -> Result<Self, NotStarted> {
        let program = command.get_program().to_string_lossy().into_owned();
        let log = directory.path().join("warden.log");
        let child = OpenOptions::new().create(true).append(true).open(log).and_then(|log| {
            let claim = directory.lock()?;
            command.stdin(Stdio::piped()).stdout(claim).stderr(log).process_group(0).spawn()
        });
        match child {
            Ok(child) => Ok(Self(Mutex::new(child))),
            Err(source) => Err(NotStarted { name: "the warden".to_owned(), program, source }),
        }
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.lock().id()
    }

    /// From now on this process, and what it starts, ends with the supervisor.
    ///
    /// # Errors
    /// When the warden has gone.
    pub fn watch(&self, pid: u32, name: &str) -> io::Result<()> {
        self.tell(&format!("watch {pid} {}\n", name.replace('\n', " ")))
    }

    /// This process has ended.
    ///
    /// # Errors
    /// When the warden has gone.
    pub fn forget(&self, pid: u32) -> io::Result<()> {
        self.tell(&format!("forget {pid}\n"))
    }

    /// The supervisor ends: so does everything, and the warden last. Nothing happens at the second time.
    pub fn end(&self) {
        let mut child = self.lock();
        drop(child.stdin.take());
        let _ = child.wait();
    }

    fn tell(&self, line: &str) -> io::Result<()> {
        let mut child = self.lock();
        let lines = child.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        lines.write_all(line.as_bytes())
    }

    fn lock(&self) -> MutexGuard<'_, Child> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Warden {
    fn drop(&mut self) {
        self.end();
    }
}

/// Something that the warden has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its process id.
    pub pid: u32,
    /// What it was.
    pub name: String,
}

/// The body of the warden: reads `watch PID NAME` and `forget PID` until `lines` end, then ends what is left, and gives
/// back the claim on the directory. A line that it does not know changes nothing.
#[must_use]
pub fn serve_warden(lines: impl BufRead, directory: &Path) -> Vec<Ended> {
    let mut watched = BTreeMap::new();
    // A line that cannot be read is the end, too.
    for line in lines.lines().map_while(Result::ok) {
        note(&mut watched, &line);
    }
    let mut ended = Vec::new();
    for (process, name) in watched.into_values() {
        if process.runs() {
            process.end_with_children();
            ended.push(Ended { pid: process.id(), name });
        }
    }
    ended.extend(end_leftovers(directory));
    remove_claim(directory);
    ended
}

fn note(watched: &mut BTreeMap<u32, (Identity, String)>, line: &str) {
    let mut words = line.splitn(3, ' ');
    let (word, pid) = (words.next(), words.next().and_then(|pid| pid.parse().ok()));
    match (word, pid) {
        (Some("watch"), Some(pid)) => {
            if let Some(process) = Identity::of(pid) {
                watched.insert(pid, (process, words.next().unwrap_or("a process").to_owned()));
            }
        }
        (Some("forget"), Some(pid)) => {
            watched.remove(&pid);
        }
        _ => {}
    }
}

/// Ends what still runs over the directory, of which nobody was told: a supervisor may die between starting a process
/// and saying so. Then takes away the limited disks that are mounted in it.
pub(crate) fn end_leftovers(directory: &Path) -> Vec<Ended> {
    let leftovers = over(directory).into_iter().map(|process| {
        process.end_with_children();
        Ended { pid: process.id(), name: "a leftover".to_owned() }
    });
    let ended = leftovers.collect();
    unmount_in(directory);
    ended
}
