//! One child process of ours, in a process group of its own, so that what is typed at the terminal reaches only the
//! supervisor.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::time::{Instant, sleep};

use crate::network::Namespace;
use crate::process::table::id_of;

/// How often a process is looked at that is to end.
const LOOK_INTERVAL: Duration = Duration::from_millis(5);

/// Why a process does not run.
#[derive(Debug, thiserror::Error)]
#[error("cannot start {name} as `{program}`")]
pub struct NotStarted {
    /// What it was to be.
    pub name: String,
    /// The program that was asked for.
    pub program: String,
    /// What the system says.
    #[source]
    pub source: io::Error,
}

/// A child process. It is killed when this is dropped.
///
/// Its standard input is a pipe that nothing is written to: it ends when the supervisor does, and a child of ours that
/// reads it can end, too. Nobody else waits for it, so that its id is its own until this says that it has ended.
#[derive(Debug)]
pub struct Process {
    name: String,
    pid: Pid,
    child: Mutex<Child>,
    was_killed: AtomicBool,
}

impl Process {
    /// Starts it. What it says goes to the end of the file `log`, which is made when it is not there.
    ///
    /// # Errors
    /// When the program or the log cannot be opened.
    pub fn spawn(name: &str, command: Command, log: &Path) -> Result<Self, NotStarted> {
        Self::spawn_in(None, name, command, log)
    }

    /// The same in a network namespace, if one is given.
    ///
    /// # Errors
    /// When the program or the log cannot be opened.
    pub fn spawn_in(
        namespace: Option<&Namespace>,
        name: &str,
        mut command: Command,
        log: &Path,
    ) -> Result<Self, NotStarted> {
        let program = command.get_program().to_string_lossy().into_owned();
        let started = match namespace {
            None => spawn(&mut command, log),
            Some(namespace) => {
                let log = log.to_owned();
                namespace.within(move || spawn(&mut command, &log)).flatten()
            }
        };
        match started {
            Ok(child) => {
                let pid = Pid::from_child(&child);
                Ok(Self {
                    name: name.to_owned(),
                    pid,
                    child: Mutex::new(child),
                    was_killed: AtomicBool::new(false),
                })
            }
            Err(source) => Err(NotStarted { name: name.to_owned(), program, source }),
        }
    }

    /// What it is.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its process id, which is its group's, too.
    #[must_use]
    pub fn pid(&self) -> u32 {
        id_of(self.pid)
    }

    /// How it ended; nothing while it runs or is frozen.
    #[must_use]
    pub fn has_ended(&self) -> Option<ExitStatus> {
        self.lock().try_wait().expect("nobody else waits for it")
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&self) -> ExitStatus {
        loop {
            if let Some(status) = self.has_ended() {
                return status;
            }
            sleep(LOOK_INTERVAL).await;
        }
    }

    /// Stops it where it is, with its connections open. It goes on as if nothing had been when it is thawed.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// Ends it at once, frozen or not, and says how it ended: perhaps by itself before.
    pub async fn kill(&self) -> ExitStatus {
        if self.has_ended().is_none() {
            self.was_killed.store(true, Ordering::Relaxed);
        }
        self.signal(Signal::KILL);
        self.ended().await
    }

    /// Whether it was killed here, and has not ended by itself.
    #[must_use]
    pub fn was_killed(&self) -> bool {
        self.was_killed.load(Ordering::Relaxed)
    }

    /// Asks it to end, and kills it when it has not within `limit`.
    pub async fn end(&self, limit: Duration) -> ExitStatus {
        self.signal(Signal::TERM);
        let until = Instant::now() + limit;
        while Instant::now() < until {
            if let Some(status) = self.has_ended() {
                return status;
            }
            sleep(LOOK_INTERVAL).await;
        }
        self.kill().await
    }

    /// Sends a signal to it and what it has started, unless it has ended: the id may be another's then.
    fn signal(&self, signal: Signal) {
        let mut child = self.lock();
        if let Ok(None) = child.try_wait() {
            // It may end at this moment, which is as well.
            let _ = kill_process_group(self.pid, signal);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
        // So that it leaves no zombie. Who was killed does not keep anybody waiting.
        let _ = self.lock().wait();
    }
}

fn spawn(command: &mut Command, log: &Path) -> io::Result<Child> {
    let log = OpenOptions::new().create(true).append(true).open(log)?;
    let errors = log.try_clone()?;
    command.stdin(Stdio::piped()).stdout(log).stderr(errors).process_group(0).spawn()
}
