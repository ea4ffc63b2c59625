//! From the start of a process to its first question for an event, packaged functions against an empty one, and their
//! sizes. They take turns, so that whatever else the machine does happens to all.
//!
//! `cargo bench --profile dev -p lambda --bench start`, after `cargo xtask test` has packaged the functions: nothing of
//! what is measured is built by the profile of the benchmark.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io};

use zip::ZipArchive;

/// How often each is started.
const RUNS: usize = 101;

fn main() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (packaged, zip) = packaged(folder.path());
    let empty = empty();
    let starts = [
        ("empty", &empty),
        ("payment-validation-dev", &packaged),
        ("transaction-processing-dev", &packaged),
        ("notification-dev", &packaged),
    ];
    let mut times = starts.map(|_| Vec::new());
    // The first run reads the files from the disk.
    for run in 0..=RUNS {
        for (times, (function, executable)) in times.iter_mut().zip(starts) {
            let time = start(executable, function);
            times.extend((run > 0).then_some(time));
        }
    }
    let mut first = None;
    for ((function, executable), times) in starts.into_iter().zip(times) {
        let [low, median, high] = quantiles(times);
        let ratio = median.as_secs_f64() / first.get_or_insert(median).as_secs_f64();
        let bytes = bytes(executable);
        say(&format!(
            "{function:<27} {median:>8.2?} (10 % {low:.2?}, 90 % {high:.2?}), {ratio:.2} of empty, {bytes} bytes"
        ));
    }
    say(&format!("{RUNS} runs, medians; zip of each function {} bytes", bytes(&zip)));
}

fn bytes(path: &Path) -> u64 {
    fs::metadata(path).expect("it is there").len()
}

/// The executable in the zip, unpacked, and the zip.
fn packaged(folder: &Path) -> (PathBuf, PathBuf) {
    let zip = root().join("target/lambda-test/transaction-processing.zip");
    let file = fs::File::open(&zip).expect("`cargo xtask test` has built the functions");
    let mut archive = ZipArchive::new(file).expect("it is a zip");
    let mut entry = archive.by_name("bootstrap").expect("it has an executable");
    let path = folder.join("bootstrap");
    io::copy(&mut entry, &mut fs::File::create(&path).expect("the folder is ours"))
        .expect("it unpacks");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    (path, zip)
}

/// The empty function, built as the others are: a package of its own, without what they need.
fn empty() -> PathBuf {
    let (folder, target) =
        (root().join("crates/lambda/benches/empty"), root().join("target/empty"));
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folder).args(["build", "--quiet", "--locked", "--profile", "function"]);
    let status = cargo.arg("--target-dir").arg(&target).status();
    assert!(status.expect("there is cargo").success());
    target.join("function/empty")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("it is there")
}

/// How long a process takes until it asks for its first event.
fn start(executable: &Path, function: &str) -> Duration {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let api = listener.local_addr().expect("it is bound").to_string();
    let mut command = Command::new(executable);
    command.env_clear().envs(ENVIRONMENT.iter().copied()).stdin(Stdio::null());
    command.env("AWS_LAMBDA_RUNTIME_API", api).env("AWS_LAMBDA_FUNCTION_NAME", function);
    let began = Instant::now();
    let mut process =
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let (stream, _) = listener.accept().expect("it connects");
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).expect("it asks");
    let time = began.elapsed();
    assert!(line.starts_with("GET /2018-06-01/runtime/invocation/next"), "{line}");
    process.kill().expect("it is ours");
    process.wait().expect("it is ours");
    time
}

/// What Lambda and the templates set. Nobody is asked for anything at these addresses before an event is there.
const ENVIRONMENT: [(&str, &str); 14] = [
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
    ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
    ("AWS_REGION", "us-east-1"),
    ("TIDEOVER_CONTROL_TABLE", "payment-dev-control"),
    ("TIDEOVER_DATABASE_HOST", "database.invalid"),
    ("TIDEOVER_DATABASE_NAME", "payments"),
    ("TIDEOVER_DATABASE_SECRET", "payment-dev/ledger"),
    ("TIDEOVER_EVENT_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:payment-events-dev"),
    ("TIDEOVER_OUTBOX_WAKE_UP_QUEUE", "payment-dev-outbox-wake-up"),
    ("TIDEOVER_PEER_REGION", "us-east-2"),
    ("TIDEOVER_PROCESSOR_URL", "https://processor.invalid"),
    ("TIDEOVER_RECEIPT_BUCKET", "payment-data-dev"),
    ("TIDEOVER_SERVICE", "payment-dev"),
];

fn quantiles(mut times: Vec<Duration>) -> [Duration; 3] {
    times.sort();
    [times.len() / 10, times.len() / 2, times.len() * 9 / 10].map(|index| times[index])
}

fn say(text: &str) {
    writeln!(io::stdout().lock(), "{text}").expect("somebody reads");
}
