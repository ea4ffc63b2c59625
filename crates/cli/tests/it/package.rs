//! `tideover package`, with a small workspace in the place of tideover's source, built by the real compiler.

use std::env;
use std::fs::{self, Permissions};
use std::io::{Cursor, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use expect_test::expect;
use serde_json::Value;
use zip::{CompressionMethod, DateTime, ZipArchive};

use crate::place::{Outcome, Place, Run};

const ZIPS: [&str; 4] =
    ["notification.zip", "payment-validation.zip", "runbook.zip", "transaction-processing.zip"];

/// Writes code that says where it was written.
const BUILD: &str = r#"fn main() {
    let place = std::path::Path::new(&std::env::var("OUT_DIR").unwrap()).join("place.rs");
    std::fs::write(place, "pub fn place() -> &'static str { file!() }").unwrap();
}
"#;
const LIB: &str = "include!(concat!(env!(\"OUT_DIR\"), \"/place.rs\"));\n";

/// The architecture of this machine, in the words of the file.
fn own_architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }
}

fn own_target() -> &'static str {
    if cfg!(target_arch = "aarch64") {
        "aarch64-unknown-linux-gnu"
    } else {
        "x86_64-unknown-linux-gnu"
    }
}

/// A file for this machine's architecture.
fn place() -> Place {
    Place::with(&format!("architecture = \"{}\"\n", own_architecture()))
}

/// Writes a workspace whose functions say where their code was written.
fn write_source(place: &Place, folder: &str) {
    let version = env!("CARGO_PKG_VERSION");
    let file = |name: &str, text: &str| place.write(&format!("{folder}/{name}"), text);
    file(
        "Cargo.toml",
        "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"3\"\n[profile.function]\ninherits = \"release\"\nstrip = true\n",
    );
    let mut lock = "version = 4\n".to_owned();
    for (package, binary) in [("lambda", "bootstrap"), ("runner", "runner")] {
        let manifest = format!("name = \"{package}\"\nversion = \"{version}\"\n");
        let crates = format!("crates/{package}");
        file(
            &format!("{crates}/Cargo.toml"),
            &format!("[package]\n{manifest}edition = \"2024\"\n"),
        );
        file(&format!("{crates}/build.rs"), BUILD);
        file(&format!("{crates}/src/lib.rs"), LIB);
        let main = format!("fn main() {{ println!(\"{{}}\", {package}::place()); }}\n");
        file(&format!("{crates}/src/bin/{binary}.rs"), &main);
        lock += &format!("\n[[package]]\n{manifest}");
    }
    file("Cargo.lock", &lock);
}

/// The command with the compiler that builds this test, and no other way to link than its own.
fn package(place: &Place, words: &str) -> Run {
    let path = env::var("PATH").expect("there is a path");
    let folders = env::split_paths(&path).filter(|folder| !folder.join("cargo-zigbuild").exists());
    let path = env::join_paths(folders).expect("they were joined before");
    let run = place.tideover("package").words(words);
    let run = run.env("PATH", path.to_str().expect("it was text"));
    let of_the_toolchain = ["CARGO", "CARGO_HOME", "HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"];
    let set = of_the_toolchain.iter().filter_map(|name| Some((name, env::var(name).ok()?)));
    set.fold(run, |run, (name, value)| run.env(name, &value))
}

/// What was said to a person, without what cargo says and without sizes.
fn told(outcome: &Outcome) -> String {
    let ours = |line: &&str| {
        let first = line.split([':', ' ']).next().unwrap_or_default();
        ["building", "error", "hint", "next", "note", "nothing", "wrote"].contains(&first)
            && !line.contains("could not compile")
    };
    let mut text: String =
        outcome.stderr.lines().filter(ours).map(|line| format!("{line}\n")).collect();
    text = text.replace(own_target(), "TARGET").replace(own_architecture(), "ARCHITECTURE");
    format!("exit code {}\n{text}", outcome.exit_code.expect("it was not killed"))
}

fn without_sizes(text: &str) -> String {
    let line = |line: &str| match line.split_once(": ") {
        Some((wrote, _)) if wrote.starts_with("wrote") => wrote.to_owned(),
        _ => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
}

/// The executable in a zip, which has nothing else.
fn bootstrap(place: &Place, zip: &str) -> PathBuf {
    let bytes = fs::read(place.path(zip)).unwrap_or_else(|error| panic!("{zip}: {error}"));
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("it is a zip");
    assert_eq!(archive.len(), 1);
    let mut entry = archive.by_index(0).expect("there is one");
    assert_eq!(entry.name().expect("it is text"), "bootstrap");
    assert_eq!(entry.unix_mode(), Some(0o100_755));
    assert_eq!(entry.compression(), CompressionMethod::Deflated);
    assert_eq!(entry.last_modified(), Some(DateTime::default()));
    let mut executable = Vec::new();
    entry.read_to_end(&mut executable).expect("it can be unpacked");
    place.write("bootstrap", executable);
    fs::set_permissions(place.path("bootstrap"), Permissions::from_mode(0o755))
        .expect("it is ours");
    place.path("bootstrap")
}

#[test]
fn writes_a_zip_for_each_function() {
    let place = place();
    write_source(&place, "source");
    let outcome = package(&place, "--source source/crates").outcome();
    expect![[r#"
        exit code 0
        building the functions for TARGET with cargo
        wrote `dist/notification.zip`
        wrote `dist/payment-validation.zip`
        wrote `dist/runbook.zip`
        wrote `dist/transaction-processing.zip`
        next: `tideover synth`
    "#]]
    .assert_eq(&without_sizes(&told(&outcome)));
    assert_eq!(outcome.stdout, "");
    assert_eq!(place.names("dist"), ZIPS);
    for zip in ZIPS {
        let output = Command::new(bootstrap(&place, &format!("dist/{zip}"))).output();
        let stdout = output.expect("it starts").stdout;
        let stdout = String::from_utf8_lossy(&stdout).into_owned();
        let is_neutral = stdout.starts_with("/tideover/target/") && stdout.ends_with("/place.rs\n");
        assert!(is_neutral, "{stdout}");
    }
    let synth = place.tideover("synth").outcome();
    assert!(!synth.stderr.contains("has no package"), "{synth}");
}

#[test]
fn same_bytes_from_another_place() {
    let zips = |folder: &str| {
        let place = place();
        write_source(&place, folder);
        let outcome = package(&place, "").words("--source").words(folder).outcome();
        assert_eq!(outcome.exit_code, Some(0), "{outcome}");
        let first = place.files("dist");
        package(&place, "").words("--source").words(folder).stdout();
        assert_eq!(place.files("dist"), first, "nothing was built again");
        first
    };
    let first = zips("source");
    assert_eq!(first.len(), ZIPS.len());
    assert!(zips("a/longer/way/to/the/source") == first, "the place is in the bytes");
}

#[test]
fn tells_programs() {
    let place = place();
    write_source(&place, ".");
    let outcome = package(&place, "--output json").outcome();
    assert_eq!(outcome.exit_code, Some(0), "{outcome}");
    let mut told: Value = serde_json::from_str(&outcome.stdout).expect("it prints JSON");
    let files = place.files("dist");
    for package in told["packages"].as_array_mut().expect("it is a list") {
        let name = format!("{}.zip", package["function"].as_str().expect("it is a name"));
        assert_eq!(package["bytes"].take(), files[&name].len());
        assert!(package["executable_bytes"].take().as_u64() > Some(files[&name].len() as u64));
        assert_eq!(package["sha256"].take().as_str().map(str::len), Some(64));
        assert!(package["newest_glibc"].take().is_string());
    }
    let text = format!("{told:#}").replace(own_architecture(), "ARCHITECTURE");
    expect![[r#"
        {
          "architecture": "ARCHITECTURE",
          "notes": [],
          "packages": [
            {
              "bytes": null,
              "executable_bytes": null,
              "file": "dist/notification.zip",
              "function": "notification",
              "newest_glibc": null,
              "sha256": null
            },
            {
              "bytes": null,
              "executable_bytes": null,
              "file": "dist/payment-validation.zip",
              "function": "payment-validation",
              "newest_glibc": null,
              "sha256": null
            },
            {
              "bytes": null,
              "executable_bytes": null,
              "file": "dist/runbook.zip",
              "function": "runbook",
              "newest_glibc": null,
              "sha256": null
            },
            {
              "bytes": null,
              "executable_bytes": null,
              "file": "dist/transaction-processing.zip",
              "function": "transaction-processing",
              "newest_glibc": null,
              "sha256": null
            }
          ]
        }"#]]
    .assert_eq(&text);
}

#[test]
fn only_where_the_file_wants_them() {
    let place = Place::new();
    write_source(&place, "source");
    place.write(
        "system/tideover.toml",
        format!(
            "architecture = \"{}\"
[[functions]]
name = \"notification\"
code = \"build/n.zip\"
routes = [\"GET /health\"]
[[functions]]
name = \"reports\"
runtime = \"python3.13\"
handler = \"reports.handler\"
",
            own_architecture()
        ),
    );
    let words = "--source source --file system/tideover.toml --only notification";
    let outcome = package(&place, words).outcome();
    expect![[r#"
        exit code 0
        building the functions for TARGET with cargo
        note: `reports` is not a function of tideover's: `dist/reports.zip` is yours to build
        wrote `system/build/n.zip`
        next: `tideover synth --file system/tideover.toml`
    "#]]
    .assert_eq(&without_sizes(&told(&outcome)));
    assert_eq!(place.names("system"), ["build", "tideover.toml"]);
    assert_eq!(place.names("system/build"), ["n.zip"]);
}

/// The functions that carry out runs are in every system; the one that asks the ledger is the service's executable.
#[test]
fn what_carries_out_runs_is_always_ours() {
    let place = place();
    place.write(
        "tideover.toml",
        format!(
            "architecture = \"{}\"
[[functions]]
name = \"own\"
routes = [\"GET /health\"]
",
            own_architecture()
        ),
    );
    write_source(&place, "source");
    let outcome = package(&place, "--source source").outcome();
    expect![[r#"
        exit code 0
        building the functions for TARGET with cargo
        note: `own` is not a function of tideover's: `dist/own.zip` is yours to build
        wrote `dist/transaction-processing.zip`
        wrote `dist/runbook.zip`
        next: `tideover synth`
    "#]]
    .assert_eq(&without_sizes(&told(&outcome)));
    assert_eq!(place.names("dist"), ["runbook.zip", "transaction-processing.zip"]);
    let outcome = package(&place, "--source source --only own").outcome();
    expect![[r#"
        exit code 3
        error: `--only own`: allowed: `runbook`, `ledger`
    "#]]
    .assert_eq(&told(&outcome));
}

#[test]
fn not_from_any_source() {
    let place = place();
    place.write("empty/note.txt", "");
    place.write("other/Cargo.toml", "[package]\nname = \"other\"\nversion = \"0.1.0\"\n");
    place.write("other/src/lib.rs", "");
    write_source(&place, "older");
    let manifest = place.text("older/crates/lambda/Cargo.toml");
    let older = manifest.replace(env!("CARGO_PKG_VERSION"), "0.0.9");
    place.write("older/crates/lambda/Cargo.toml", older);
    let mut text = String::new();
    for source in ["missing", "empty", "other", "older"] {
        let outcome = package(&place, "--source").words(source).outcome();
        text += &told(&outcome).replace(env!("CARGO_PKG_VERSION"), "VERSION");
    }
    expect![[r#"
        exit code 1
        error: `missing` is not a directory
        exit code 1
        error: `empty` is not in tideover's source, which the functions are built from
        hint: type `tideover package --source DIR` with a copy of the source of tideover VERSION
        exit code 1
        error: `other` is not in tideover's source, which the functions are built from
        hint: type `tideover package --source DIR` with a copy of the source of tideover VERSION
        exit code 1
        error: `older` is the source of tideover 0.0.9, and this is VERSION
        hint: use the source of tideover VERSION
    "#]]
    .assert_eq(&text);
}

#[test]
fn what_cannot_be_built_replaces_nothing() {
    let place = place();
    write_source(&place, "source");
    place.write("dist/notification.zip", "the last one");
    place.write("source/crates/lambda/src/bin/bootstrap.rs", "fn main() { wrong }");
    let outcome = package(&place, "--source source").outcome();
    expect![[r#"
        exit code 1
        building the functions for TARGET with cargo
        error: the functions were not built; what is wrong stands above
    "#]]
    .assert_eq(&told(&outcome));
    assert!(outcome.stderr.contains("cannot find value `wrong`"), "{outcome}");
    assert_eq!(place.text("dist/notification.zip"), "the last one");
    assert_eq!(place.names("dist"), ["notification.zip"]);
}

/// A program in the place of cargo-zigbuild: writes down what it is asked, and goes on with this.
fn zigbuild(place: &Place, script: &str) -> String {
    place.write("zig/cargo-zigbuild", format!("#!/bin/sh\necho \"$@\" > asked\n{script}\n"));
    let path = place.path("zig/cargo-zigbuild");
    fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("it is ours");
    path.to_str().expect("it is text").to_owned()
}

#[test]
fn builds_for_an_older_glibc_where_it_can() {
    let place = place();
    write_source(&place, "source");
    let program = zigbuild(&place, "shift 3\nexec beside \"$@\"");
    place.write(
        "zig/beside",
        format!("#!/bin/sh\nexec cargo build --target {} \"$@\"\n", own_target()),
    );
    fs::set_permissions(place.path("zig/beside"), Permissions::from_mode(0o755))
        .expect("it is ours");
    let words = "--source source --only notification";
    let outcome = package(&place, words).env("TIDEOVER_ZIGBUILD", &program).outcome();
    expect![[r#"
        exit code 0
        building the functions for TARGET with cargo-zigbuild
        wrote `dist/notification.zip`
        next: `tideover synth`
    "#]]
    .assert_eq(&without_sizes(&told(&outcome)));
    let asked = place.text("source/asked").replace(own_target(), "TARGET");
    expect![[r#"
        zigbuild --target TARGET.2.34 --locked --profile function --package lambda --bin bootstrap --message-format json-render-diagnostics
    "#]].assert_eq(&asked);
}

#[test]
fn what_would_not_start_replaces_nothing() {
    let place = place();
    write_source(&place, "source");
    place.write("text", "not an executable");
    let text = place.path("text");
    let message = format!(
        "echo '{{\"target\":{{\"name\":\"bootstrap\"}},\"executable\":\"{}\"}}'",
        text.display()
    );
    let program = zigbuild(&place, &message);
    let outcome =
        package(&place, "--source source --only notification --zigbuild").words(&program).outcome();
    let told = told(&outcome).replace(text.to_str().expect("it is text"), "PATH");
    expect![[r#"
        exit code 1
        building the functions for TARGET with cargo-zigbuild
        error: cannot use `PATH`: it is not an executable for 64-bit Linux: Invalid ELF header size or alignment
    "#]].assert_eq(&told);
    assert!(!place.path("dist").exists());
    let outcome = package(&place, "--source source --zigbuild missing").outcome();
    expect![[r#"
        exit code 1
        error: there is no program `missing` to build with
    "#]]
    .assert_eq(&self::told(&outcome));
}
