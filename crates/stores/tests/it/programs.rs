//! The programs of a PostgreSQL server that is installed here, and how tests run them.

use std::io::{Read as _, Seek as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where Debian, or whoever set the path, keeps the programs of a server; the newest of several.
pub(crate) fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = versions.map(|version| version.path()).collect();
    let number = |version: &PathBuf| version.file_name()?.to_str()?.parse::<u32>().ok();
    versions.sort_by_key(|version| std::cmp::Reverse(number(version)));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let installed = versions.into_iter().map(|version| version.join("bin"));
    installed
        .chain(std::env::split_paths(&path))
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
        .expect("there is no PostgreSQL server: run `cargo xtask test`, which installs PostgreSQL")
}

/// A program, as a user whom the server's programs are willing to run as: not root, and so then the user that the
/// server's package makes.
pub(crate) fn program(path: &Path) -> Command {
    if !is_root() {
        return Command::new(path);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(path);
    command
}

/// Lets the user of [`program`] own this.
pub(crate) fn give_away(path: &Path) {
    if is_root() {
        run(Command::new("chown").arg("-R").arg("postgres:postgres").arg(path));
    }
}

fn is_root() -> bool {
    run(Command::new("id").arg("-u")).trim() == "0"
}

/// What a program says, which must succeed. It works in a folder that every user may enter.
pub(crate) fn run(command: &mut Command) -> String {
    // The output goes to a file, because a server that is started would hold a pipe open.
    let mut output = tempfile::tempfile().expect("a file is made");
    let stdout = output.try_clone().expect("the file is shared");
    let stderr = output.try_clone().expect("the file is shared");
    command.current_dir(Path::new("/")).stdin(Stdio::null()).stdout(stdout).stderr(stderr);
    let status = command.status().expect("the program is there");
    let mut said = String::new();
    output.rewind().expect("the file is read again");
    output.read_to_string(&mut said).expect("the program says text");
    assert!(status.success(), "{command:?}: {said}");
    said
}

/// A process that runs a command and removes a folder when it is dropped, and as well when this process dies in any
/// way: it waits for the end of a pipe that only this process holds.
pub(crate) struct Watchdog(Child);

impl Watchdog {
    /// One that has begun to watch. It keeps our standard output open, so that who reads that knows when it is done.
    pub(crate) fn start(at_end: &Command, folder: &Path) -> Self {
        let script = r#"trap "" HUP INT TERM; read -r _; folder=$1; shift; "$@" >/dev/null 2>&1; rm -rf "$folder""#;
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "watchdog"]).arg(folder);
        shell.arg(at_end.get_program()).args(at_end.get_args());
        // In a group of its own, so that who kills ours does not kill it.
        shell.current_dir("/").process_group(0).stdin(Stdio::piped());
        Self(shell.spawn().expect("there is a shell"))
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
