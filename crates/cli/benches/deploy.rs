//! `cargo bench`: the same assembly deployed by `tideover deploy` and by the stock CDK CLI, into two accounts of one
//! emulator in one run: first into nothing, then again with nothing to do. Prints times, their ratio, and how often which
//! API was asked; asserts nothing about times.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use emulator::{Emulator, Way};

const REGIONS: [&str; 3] = ["us-east-1", "us-east-2", "us-west-2"];

/// One program, in an account of its own.
struct Side {
    name: &'static str,
    account: &'static str,
    program: PathBuf,
    words: &'static str,
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary directory can be made");
    std::fs::write(folder.path().join("tideover.toml"), "").expect("the directory is writable");
    let emulator = Emulator::start();
    let way = Way::to(emulator.address());
    let sides = sides();
    for side in &sides {
        REGIONS.iter().for_each(|region| emulator.bootstrap(side.account, region));
    }
    run(folder.path(), &way, &Side { words: "synth", ..sides[0].clone() });
    let mut text = String::new();
    for what in ["into nothing", "again"] {
        let [ours, theirs] = [0, 1].map(|at| measured(folder.path(), &way, &sides[at]));
        text.push_str(&told(what, &ours, &theirs));
    }
    std::io::stdout().write_all(text.as_bytes()).expect("standard output is open");
}

fn sides() -> [Side; 2] {
    let cdk =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/npm/node_modules/.bin/cdk");
    assert!(
        cdk.exists(),
        "`target/tools/npm` is not there; run `cargo xtask test`, which installs it"
    );
    let tideover = Side {
        name: "tideover deploy",
        account: "111122223333",
        program: env!("CARGO_BIN_EXE_tideover").into(),
        words: "deploy --assembly cdk.out --unfinished",
    };
    let cdk = Side {
        name: "cdk deploy",
        account: "444455556666",
        program: cdk,
        words: "deploy --app cdk.out --all --require-approval never --concurrency 24 --no-notices",
    };
    [tideover, cdk]
}

impl Clone for Side {
    fn clone(&self) -> Self {
        Self { program: self.program.clone(), ..*self }
    }
}

/// How long it took, and how often each operation of each service was asked.
type Measured = (Duration, BTreeMap<(String, String), usize>);

fn measured(folder: &Path, way: &Way, side: &Side) -> Measured {
    way.forget();
    let time = run(folder, way, side);
    let mut counted = BTreeMap::new();
    for called in way.called() {
        // Objects are many; what is done with them is not.
        let operation = called.operation.split(' ').next().unwrap_or_default().to_owned();
        *counted.entry((called.service, operation)).or_default() += 1;
    }
    (time, counted)
}

fn run(folder: &Path, way: &Way, side: &Side) -> Duration {
    let mut command = Command::new(&side.program);
    command.current_dir(folder).args(side.words.split(' ')).env_clear();
    command.envs(std::env::var_os("PATH").map(|path| ("PATH", path))).env("HOME", folder);
    command.env("AWS_ENDPOINT_URL", way.url()).env("AWS_REGION", REGIONS[0]).env("CI", "1");
    command.env("AWS_ACCESS_KEY_ID", side.account).env("AWS_SECRET_ACCESS_KEY", "secret");
    command.env("AWS_EC2_METADATA_DISABLED", "true").env("CDK_DISABLE_CLI_TELEMETRY", "true");
    command.env("CDK_DISABLE_VERSION_CHECK", "true").stdin(Stdio::null());
    let begin = Instant::now();
    let output = command.output().expect("the program can be started");
    let time = begin.elapsed();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {}: {said}", side.name, side.words);
    time
}

fn told(what: &str, ours: &Measured, theirs: &Measured) -> String {
    let calls = |of: &Measured| of.1.values().sum::<usize>();
    let (one, other) = (ours.0.as_secs_f64(), theirs.0.as_secs_f64());
    let mut text = format!(
        "{what}: tideover {one:.2} s with {} calls, cdk {other:.2} s with {} calls: {:.1} times as fast\n",
        calls(ours),
        calls(theirs),
        other / one
    );
    let operations: BTreeMap<_, _> =
        ours.1.keys().chain(theirs.1.keys()).map(|key| (key, ())).collect();
    for key in operations.into_keys() {
        let count = |of: &Measured| of.1.get(key).copied().unwrap_or_default();
        text.push_str(&format!(
            "  {:<16}{:<30}{:>6}{:>6}\n",
            key.0,
            key.1,
            count(ours),
            count(theirs)
        ));
    }
    text
}
