//! A running emulator: MiniStack, completed, at a port of its own on this machine; gone when it is dropped, and
//! when the test is killed.
//!
//! It answers as any account: the id of an access key, when it is twelve digits, is the account, and each has a state of
//! its own. Nothing here proves what AWS itself accepts.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// How often it is asked whether it is ready, and how long to wait in between.
const LOOKS: u32 = 600;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Runs a program until the end of its input, which comes when the test lets go of it, alive or dead.
const KEEPER: &str = r#"trap "" HUP INT TERM
"$@" </dev/null &
read -r _
kill "$!"
wait "$!""#;

/// A running emulator.
pub struct Emulator {
    keeper: Child,
    /// What it keeps; removed after it has ended.
    _folder: TempDir,
    address: String,
}

impl Emulator {
    /// Starts one, and returns when it answers.
    ///
    /// # Panics
    /// When it is not installed, or does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(|_| Vec::new())
    }

    /// The same, with variables for it and for what it runs as functions, which `variables` tells once the address is
    /// known:
    ///
    /// - `AUTH`: with `true` permissions are checked, but for those of an account itself;
    /// - `AWS_ENDPOINT_URL`: the way by which functions reach it, when that is not the straight one;
    /// - `DATABASE_SERVERS`: who is told by HTTP of database clusters that are made and of roles that change, and keeps a
    ///   server for each of them;
    /// - `MINISTACK_ACCOUNT_ID`: whose APIs and functions are called by who is nobody in particular, such as a client;
    /// - any others for functions.
    ///
    /// # Panics
    /// When it is not installed, or does not start.
    #[must_use]
    pub fn start_with(variables: impl FnOnce(&str) -> Vec<(&'static str, String)>) -> Self {
        let folder = tempfile::Builder::new().prefix("emulator").tempdir().expect("it is made");
        let port = free_port();
        let address = format!("127.0.0.1:{port}");
        let log = std::fs::File::create(folder.path().join("log")).expect("it is made");
        let mut shell = Command::new("sh");
        shell
            .args(["-c", KEEPER, "keeper"])
            .args([program(), adapter()])
            .current_dir(folder.path());
        // Nothing of ours is to be found by what it runs, such as keys.
        shell.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        shell.envs([("BIND_HOST", "127.0.0.1"), ("MINISTACK_HOST", "127.0.0.1")]);
        shell.envs([("GATEWAY_PORT", port.to_string()), ("IOT_MTLS_ENABLED", "0".to_owned())]);
        // What it runs as a function finds it by this.
        shell.env("AWS_ENDPOINT_URL", format!("http://{address}")).envs(variables(&address));
        for (variable, name) in [("S3_DATA_DIR", "s3"), ("STATE_DIR", "state"), ("HOME", "home")] {
            shell.env(variable, folder.path().join(name));
        }
        shell.env("TMPDIR", folder.path());
        // In a group of its own, so that who kills ours does not kill the keeper.
        shell.process_group(0).stdin(Stdio::piped());
        shell.stdout(log.try_clone().expect("it is shared")).stderr(log);
        let keeper = shell.spawn().expect("there is a shell");
        let emulator = Self { keeper, _folder: folder, address };
        emulator.wait();
        emulator
    }

    /// Its address, for every service.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Host and port, for what stands in between.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    fn wait(&self) {
        for _ in 0..LOOKS {
            if is_ready(&self.address) {
                return;
            }
            std::thread::sleep(BETWEEN_LOOKS);
        }
        let log = std::fs::read_to_string(self._folder.path().join("log")).unwrap_or_default();
        panic!("the emulator does not answer: {log}");
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// What completes the emulator, and starts it.
fn adapter() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("adapter.py")
}

/// The Python in which `cargo xtask test` installs the emulator.
pub(crate) fn program() -> PathBuf {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools");
    let program = tools.join("ministack/bin/python");
    let advice = "is not there; run `cargo xtask test`, which installs it";
    assert!(program.exists(), "`target/tools/ministack` {advice}");
    program
}

/// A port that nobody listens at; the emulator cannot be told to choose one.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it is bound").port()
}

fn is_ready(address: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let request = "GET /_ministack/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let mut answer = String::new();
    let is_sent = stream.write_all(request.as_bytes()).is_ok();
    is_sent && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
}
