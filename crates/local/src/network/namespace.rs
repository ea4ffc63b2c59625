//! The network of one place as the system's own: a network namespace, with a thread that stays in it and does there
//! whatever has to be done there: sockets are of the namespace in which they are made, and so are processes.
//!
//! It has no name, so that nothing has to be removed: the system takes it away when no thread, process or socket is in it
//! any more, whoever ended them.

use std::io;
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// Something to be done in the namespace.
type Task = Box<dyn FnOnce() + Send>;

/// A network namespace. Whoever has the last copy of this lets go of it.
#[derive(Debug, Clone)]
pub struct Namespace {
    tasks: Sender<Task>,
    thread: u32,
}

impl Namespace {
    /// An empty one, without any link: not even its own loopback is up.
    ///
    /// # Errors
    /// When the system does not let us, as it lets nobody but root.
    pub fn make() -> io::Result<Self> {
        let (tasks, taken) = channel();
        let (tell, told) = channel();
        let named = thread::Builder::new().name("namespace".to_owned());
        named.spawn(move || stay(&tell, &taken))?;
        let thread = told.recv().map_err(io::Error::other)??;
        Ok(Self { tasks, thread })
    }

    /// Does something in it, and waits for that.
    ///
    /// # Errors
    /// When it panicked, now or earlier.
    pub fn within<T: Send + 'static>(
        &self,
        act: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<T> {
        let (tell, told) = channel();
        let task = Box::new(move || {
            // Who no longer waits needs no answer.
            let _ = tell.send(act());
        });
        self.tasks.send(task).map_err(|_| io::Error::other("a network namespace is gone"))?;
        told.recv().map_err(io::Error::other)
    }

    /// Runs a program in it, which must succeed.
    ///
    /// # Errors
    /// What it says.
    pub(super) fn run(&self, program: &str, words: &str) -> io::Result<()> {
        let mut command = Command::new(program);
        command.args(words.split(' '));
        let output = self.within(move || command.output())??;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(io::Error::other(format!("`{program} {words}`: {said}")))
    }

    /// The number by which `ip` finds it: that of its thread.
    pub(super) fn number(&self) -> u32 {
        self.thread
    }
}

/// The thread of a namespace: leaves the one that it began in, and does what it is told until nobody can tell it any more.
fn stay(tell: &Sender<io::Result<u32>>, tasks: &Receiver<Task>) {
    let left = leave();
    let has_left = left.is_ok();
    if tell.send(left).is_ok() && has_left {
        tasks.iter().for_each(|task| task());
    }
}

/// Moves the calling thread into a new namespace, and gives its number.
#[cfg(target_os = "linux")]
#[expect(deprecated, reason = "it is unsafe only where it parts file descriptors")]
fn leave() -> io::Result<u32> {
    use rustix::thread::{UnshareFlags, gettid, unshare};
    unshare(UnshareFlags::NEWNET)?;
    Ok(gettid().as_raw_nonzero().get().unsigned_abs())
}

#[cfg(not(target_os = "linux"))]
fn leave() -> io::Result<u32> {
    Err(io::ErrorKind::Unsupported.into())
}
