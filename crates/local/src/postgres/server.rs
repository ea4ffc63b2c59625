//! A running server: a child process of ours, so that its end is seen, in a group of its own, so that whoever ends ours
//! by a key does not end it.

use std::fs::OpenOptions;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::time::{Instant, sleep};

use super::error::ClusterError;
use super::home::Home;
use super::processes::{children, is_alive, signal};
use crate::network::Namespace;

/// From one look at a server to the next.
pub(super) const LOOK: Duration = Duration::from_millis(5);

/// How long one try to connect may take.
pub(super) const CONNECTION_TIME: Duration = Duration::from_secs(5);

/// How a server is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopMode {
    /// Its clients are sent away, its standby is sent all of the log, and its files are in order.
    Fast,
    /// At once, as if it had died.
    Immediate,
}

/// A running server.
#[derive(Debug)]
pub(super) struct Server {
    child: Mutex<Child>,
    pid: Pid,
}

impl Server {
    /// Starts a program that becomes a server, which writes to the cluster's log.
    pub(super) fn spawn(
        mut command: Command,
        home: &Home,
        namespace: Option<&Namespace>,
    ) -> Result<Self, ClusterError> {
        let path = home.log();
        let opened = OpenOptions::new().create(true).append(true).open(&path);
        let log = opened.map_err(|error| ClusterError::io("write", &path, error))?;
        let second = log.try_clone().map_err(|error| ClusterError::io("write", &path, error))?;
        command.process_group(0).stdout(log).stderr(second);
        let program = std::path::PathBuf::from(command.get_program());
        let spawned = match namespace {
            None => command.spawn(),
            Some(namespace) => namespace.within(move || command.spawn()).flatten(),
        };
        let child = spawned.map_err(|error| ClusterError::io("start", &program, error))?;
        let pid = Pid::from_child(&child);
        Ok(Self { child: Mutex::new(child), pid })
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it has ended, whatever the reason.
    pub(super) fn has_ended(&self) -> bool {
        !matches!(self.child().try_wait(), Ok(None))
    }

    /// Its processes, itself first; none when it has ended.
    pub(super) fn pids(&self) -> Vec<Pid> {
        if self.has_ended() {
            return Vec::new();
        }
        std::iter::once(self.pid).chain(children(self.pid)).collect()
    }

    /// Stops all of it where it is. It is stopped itself first, so that no child of it is missed.
    pub(super) fn freeze(&self) {
        self.signal_itself(Signal::STOP);
        signal(children(self.pid), Signal::STOP);
    }

    /// Lets all of it go on.
    pub(super) fn thaw(&self) {
        if !self.has_ended() {
            signal(children(self.pid), Signal::CONT);
            self.signal_itself(Signal::CONT);
        }
    }

    /// Ends all of it at once, as the loss of its machine would, and returns when nothing of it is left: what is would
    /// keep the next one from starting.
    pub(super) fn kill(&self) {
        if self.has_ended() {
            return;
        }
        self.signal_itself(Signal::STOP);
        let others: Vec<Pid> = children(self.pid);
        self.signal_itself(Signal::KILL);
        signal(others.iter().copied(), Signal::KILL);
        let _ = self.child().wait();
        while others.iter().any(|process| is_alive(*process)) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Asks it to stop.
    pub(super) fn ask_to_stop(&self, mode: StopMode) {
        self.thaw();
        self.signal_itself(match mode {
            StopMode::Fast => Signal::INT,
            StopMode::Immediate => Signal::QUIT,
        });
    }

    /// Waits until it has ended; false when that takes longer.
    pub(super) async fn ends_within(&self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        while !self.has_ended() {
            if Instant::now() >= deadline {
                return false;
            }
            sleep(LOOK).await;
        }
        true
    }

    /// Only while it is certain that its number is its own.
    fn signal_itself(&self, what: Signal) {
        let mut child = self.child();
        if matches!(child.try_wait(), Ok(None)) {
            signal([self.pid], what);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
