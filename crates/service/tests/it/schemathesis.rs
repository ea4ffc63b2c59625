//! What schemathesis finds wrong with a server, by the server's own document. Needs nothing of this
//! crate, so that the tests of other crates can take this file in and point it at other servers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Everything that holds for every answer to every request that it can think of. Not
/// `positive_data_acceptance`: for JSON Schema `12.0` is an integer, and we refuse it, because who
/// counts money in floats is to find out at once and not at `12.1`.
const CHECKS: [&str; 11] = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "ensure_resource_availability",
    "use_after_free",
];

/// Runs it against the server at this address, such as `http://127.0.0.1:8080`, and panics with its
/// report when it finds anything. The same requests every time; they take half a minute, in which
/// this blocks.
#[track_caller]
pub(crate) fn finds_nothing(base: &str) {
    let program = program();
    assert!(program.exists(), "{} is missing: type `cargo xtask test`", program.display());
    let place = format!("schemathesis-{}", std::process::id());
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(place);
    fs::create_dir_all(&place).expect("cargo gives tests a folder");
    let output = Command::new(program)
        .current_dir(&place)
        // No proxy, no settings of the person.
        .env_clear()
        .env("HOME", &place)
        .env("PYTHONUTF8", "1")
        .args(["run", &format!("{base}/openapi.json"), "--url", base])
        .args(["--checks", &CHECKS.join(",")])
        .args(["--phases", "examples,coverage,fuzzing,stateful"])
        .args(["--generation-deterministic", "--max-examples", "50", "--request-timeout", "10"])
        .args(["--continue-on-failure", "--no-shrink", "--no-color"])
        .output()
        .expect("it is a program");
    fs::remove_dir_all(&place).expect("it is ours");
    let report = String::from_utf8_lossy(&output.stdout);
    let faults = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}{faults}");
}

/// Where `cargo xtask test` puts it: below the workspace, which is two folders above each crate.
fn program() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    workspace.join("target/tools/schemathesis/bin/schemathesis")
}
