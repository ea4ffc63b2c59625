//! Processes that are started, frozen, woken and ended; and that nothing is left of a supervisor that is killed.
//!
//! Some tests begin this very program once more, as the supervisor or as the warden: those are the ones at the end.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use local::{Claimed, Directory, Process, Warden, serve_warden};
use tempfile::TempDir;

/// Says to this program which directory it is to supervise, or to be the warden of.
const SUPERVISED: &str = "TEST_SUPERVISED_DIRECTORY";
const GUARDED: &str = "TEST_GUARDED_DIRECTORY";

const LONG: Duration = Duration::from_secs(20);

fn shell(script: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]);
    command
}

/// The letter of a process's state; nothing when there is no such process, or when it has ended.
fn state(pid: u32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let state = stat.rsplit_once(") ")?.1.chars().next()?;
    (state != 'Z').then_some(state)
}

/// Waits until something is there.
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..2_000 {
        if let Some(found) = look() {
            return found;
        }
        sleep(Duration::from_millis(10));
    }
    panic!("waited in vain: {what}")
}

fn wait_until(what: &str, mut is: impl FnMut() -> bool) {
    wait_for(what, || is().then_some(()));
}

#[tokio::test]
async fn a_process_is_frozen_woken_and_killed() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let script = "echo began; echo went wrong >&2; sleep 1000 & wait";
    let process = Process::spawn("sleeper", shell(script), &log).unwrap();
    wait_until("both lines", || fs::read_to_string(&log).unwrap().lines().count() == 2);
    assert_eq!(process.has_ended(), None);
    process.freeze();
    wait_until("it is frozen", || state(process.pid()) == Some('T'));
    assert_eq!(process.has_ended(), None, "frozen is not ended");
    process.thaw();
    wait_until("it goes on", || state(process.pid()) == Some('S'));
    process.freeze();
    assert_eq!(process.kill().await.signal(), Some(9), "frozen or not");
    assert_eq!(process.kill().await.signal(), Some(9), "and again");
}

#[tokio::test]
async fn a_process_is_asked_to_end_before_it_is_killed() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let obeys = "trap 'exit 7' TERM; echo began; while true; do sleep 0.01; done";
    let ignores = "trap '' TERM; echo began; while true; do sleep 0.01; done";
    for (script, limit, code, signal) in
        [(obeys, LONG, Some(7), None), (ignores, Duration::from_millis(50), None, Some(9))]
    {
        fs::write(&log, "").unwrap();
        let process = Process::spawn("sleeper", shell(script), &log).unwrap();
        wait_until("it listens", || !fs::read_to_string(&log).unwrap().is_empty());
        let status = process.end(limit).await;
        assert_eq!((status.code(), status.signal()), (code, signal), "{script}");
    }
}

#[tokio::test]
async fn a_process_that_is_forgotten_is_killed_with_what_it_started() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let process = Process::spawn("parent", shell("sleep 1000 & echo $!; wait"), &log).unwrap();
    let child = || fs::read_to_string(&log).unwrap().trim().parse::<u32>().ok();
    let child = wait_for("the child", child);
    let parent = process.pid();
    let is_there = |pid| state(pid).is_some_and(|state| state != 'Z');
    assert!(is_there(parent) && is_there(child));
    drop(process);
    wait_until("both are gone", || state(parent).or(state(child)).is_none());
}

#[tokio::test]
async fn a_process_reads_that_nobody_supervises_it() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let process = Process::spawn("reader", shell("cat; echo nobody"), &log).unwrap();
    assert_eq!(process.has_ended(), None);
    drop(process);
    let none = Process::spawn("none", Command::new("/no/such/program"), &log).unwrap_err();
    assert_eq!(none.to_string(), "cannot start none as `/no/such/program`");
}

/// What a supervisor left that was killed with its warden.
#[test]
fn limited_disks_are_taken_away_by_whoever_comes_next() {
    if !local::postgres::disks_can_be_limited() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let volume = directory.path().join("primary/pg/volume");
    fs::create_dir_all(&volume).unwrap();
    let mut mount = Command::new("mount");
    let mounted = mount.args(["-t", "tmpfs", "-o", "size=64k", "tideover"]).arg(&volume).status();
    assert!(mounted.unwrap().success());
    fs::write(volume.join("left"), "").unwrap();
    let claimed = Directory::claim(directory.path()).unwrap();
    assert!(!volume.join("left").exists(), "the disk is there yet");
    fs::remove_dir(&volume).unwrap();
    drop(claimed);
}

#[test]
fn the_second_who_claims_a_directory_hears_of_the_first() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("made/when/it/is/missing");
    assert_eq!(Directory::socket_of(&path).unwrap(), None);
    let first = Directory::claim(&path).unwrap();
    assert_eq!(Directory::socket_of(&path).unwrap(), Some(first.socket()));
    match Directory::claim(&path).unwrap_err() {
        Claimed::By { pid, socket, .. } => {
            assert_eq!((pid, socket), (std::process::id(), first.socket()));
        }
        other => panic!("{other}"),
    }
    drop(first);
    assert_eq!(Directory::socket_of(&path).unwrap(), None);
    let second = Directory::claim(&path).unwrap();
    assert_eq!(second.leftovers(), []);
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("file");
    fs::write(&path, "").unwrap();
    let fault = Directory::claim(&path.join("below")).unwrap_err().to_string();
    assert!(
        fault.starts_with("cannot use the directory") && fault.contains("file/below"),
        "{fault}"
    );
}

/// A supervisor in a process of its own, and what it has started.
struct Supervised {
    directory: TempDir,
    supervisor: Child,
    pids: BTreeMap<String, u32>,
}

impl Supervised {
    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let supervisor = again("process::as_supervisor", SUPERVISED, directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let pids = wait_for("everything runs", || {
            serde_json::from_slice(&fs::read(directory.path().join("pids.json")).ok()?).ok()
        });
        Self { directory, supervisor, pids }
    }

    fn left(&self) -> Vec<&str> {
        let left = self.pids.iter().filter(|(_, pid)| state(**pid).is_some());
        left.map(|(name, _)| name.as_str()).collect()
    }

    fn kill(&mut self) {
        self.supervisor.kill().unwrap();
        self.supervisor.wait().unwrap();
    }
}

#[test]
fn nothing_is_left_of_a_supervisor_that_is_killed() {
    let mut supervised = Supervised::start();
    let all = ["frozen", "grandchild", "postgres", "sleeper", "stranger", "warden"];
    assert_eq!(supervised.left(), all);
    let second = Directory::claim(supervised.directory.path()).unwrap_err();
    assert!(matches!(second, Claimed::By { pid, .. } if pid == supervised.supervisor.id()));
    supervised.kill();
    let next = Directory::claim(supervised.directory.path()).unwrap();
    wait_until("only who was to be left is", || supervised.left() == ["stranger"]);
    kill(supervised.pids["stranger"]);
    assert_eq!(next.leftovers(), [], "the warden was faster");
    let said = fs::read_to_string(supervised.directory.path().join("warden.log")).unwrap();
    // Linux may be faster with a stopped process that has lost its parent.
    let mut said: Vec<_> = said.lines().filter(|name| *name != "frozen").collect();
    said.sort_unstable();
    assert_eq!(said, ["a leftover", "parent", "sleeper"], "whom the warden ended");
    assert!(supervised.directory.path().join("sleeper.log").exists(), "evidence stays");
}

#[test]
fn what_is_left_of_a_supervisor_and_its_warden_is_ended_by_the_next() {
    let mut supervised = Supervised::start();
    kill(supervised.pids["warden"]);
    supervised.kill();
    let next = Directory::claim(supervised.directory.path()).unwrap();
    let ended: Vec<_> = next.leftovers().iter().map(|ended| ended.pid).collect();
    assert_eq!(ended, [supervised.pids["postgres"]], "what names the directory and is ours");
    assert_eq!(state(ended[0]), None);
    for name in supervised.left() {
        kill(supervised.pids[name]);
    }
}

fn kill(pid: u32) {
    let status = shell(&format!("kill -9 {pid}")).status().unwrap();
    assert!(status.success());
    wait_until("it is gone", || state(pid).is_none());
}

/// This program once more, as the test with this name.
fn again(test: &str, variable: &str, directory: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture"]).env(variable, directory);
    command
}

fn directory_of(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}

/// Not a test: the supervisor of the others, until it is killed.
#[test]
fn as_supervisor() {
    let Some(path) = directory_of(SUPERVISED) else { return };
    let directory = Directory::claim(&path).unwrap();
    let mut command = again("process::as_warden", GUARDED, &path);
    command.env_remove(SUPERVISED);
    let warden = Warden::start(command, &directory).unwrap();
    let mut pids = BTreeMap::from([("warden", warden.pid())]);
    let log = |name: &str| path.join(format!("{name}.log"));
    let sleeper = Process::spawn("sleeper", shell("exec sleep 1000"), &log("sleeper")).unwrap();
    let frozen = Process::spawn("frozen", shell("exec sleep 1000"), &log("frozen")).unwrap();
    // In a session of its own, as PostgreSQL's processes are.
    let script = "setsid sh -c 'echo $$; exec sleep 1000' & wait";
    let parent = Process::spawn("parent", shell(script), &log("parent")).unwrap();
    let grandchild = || fs::read_to_string(log("parent")).unwrap().trim().parse().ok();
    pids.insert("grandchild", wait_for("the grandchild", grandchild));
    for process in [&sleeper, &frozen, &parent] {
        warden.watch(process.pid(), process.name()).unwrap();
    }
    pids.extend([("sleeper", sleeper.pid()), ("frozen", frozen.pid())]);
    frozen.freeze();
    // Nobody was told of it before the supervisor died.
    let program = path.join("postgres");
    fs::copy("/bin/sleep", &program).unwrap();
    pids.insert(
        "postgres",
        Command::new(&program).arg("1000").process_group(0).spawn().unwrap().id(),
    );
    // It was told to be over, so that its id may be another's.
    let mut stranger = shell("exec sleep 1000").process_group(0).spawn().unwrap();
    warden.watch(stranger.id(), "stranger").unwrap();
    warden.forget(stranger.id()).unwrap();
    pids.insert("stranger", stranger.id());
    fs::write(path.join("pids.new"), serde_json::to_vec(&pids).unwrap()).unwrap();
    fs::rename(path.join("pids.new"), path.join("pids.json")).unwrap();
    stranger.wait().unwrap();
}

/// Not a test: the warden of the others.
#[test]
fn as_warden() {
    let Some(path) = directory_of(GUARDED) else { return };
    for ended in serve_warden(std::io::stdin().lock(), &path) {
        writeln!(std::io::stderr(), "{}", ended.name).unwrap();
    }
}
