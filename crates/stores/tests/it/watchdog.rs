//! That no server outlives the tests, however they end.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::server::Server;

/// Tells the child to start a server.
const STARTS: &str = "TIDEOVER_TEST_STARTS_A_SERVER";

#[test]
fn a_server_ends_with_the_tests_that_are_killed() {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "watchdog::starts_a_server_and_waits", "--nocapture"])
        .env(STARTS, "yes")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let started = said.find_map(|line| Some(line.strip_prefix("started ")?.to_owned())).unwrap();
    let folder = Path::new(&started);
    let lock = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    let process = Path::new("/proc").join(lock.lines().next().unwrap()).join("cmdline");
    // A process that has ended has no command line, even before its parent takes note.
    let runs = || std::fs::read(&process).is_ok_and(|command| !command.is_empty());
    assert!(runs());
    child.kill().unwrap();
    child.wait().unwrap();
    // The output ends with the last of those who hold it.
    assert_eq!(said.count(), 0);
    assert!(!folder.exists(), "nothing is left of it");
    // It gives its lock back just before it ends.
    while runs() {
        std::thread::yield_now();
    }
}

/// The child of the test above; does nothing in a run of its own.
#[test]
fn starts_a_server_and_waits() {
    if std::env::var_os(STARTS).is_none() {
        return;
    }
    let server = Server::start_new();
    writeln!(std::io::stdout(), "\nstarted {}", server.folder().display()).unwrap();
    // Until it is killed: its standard input stays open.
    std::io::stdin().lines().for_each(drop);
}
