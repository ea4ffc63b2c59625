//! Builds the executables of functions with cargo, so that nothing of the machine is in them.

use std::collections::BTreeSet;
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;

use super::plan::Program;
use super::source::{self, Source};
use super::toolchain::{GLIBC, Linker, Toolchain};

/// The profile of cargo that functions are built with.
const PROFILE: &str = "function";

/// Builds an executable; tells its path. Each by itself: what one needs of a package is not to be in the other.
pub(super) fn build(
    source: &Source,
    toolchain: &Toolchain,
    program: Program,
) -> anyhow::Result<PathBuf> {
    let mut command = command(toolchain)?;
    command.current_dir(&source.root);
    let (package, binary) = (program.package(), program.binary());
    command.args(["--locked", "--profile", PROFILE, "--package", package, "--bin", binary]);
    command.args(["--message-format", "json-render-diagnostics"]);
    let registries = source.registries(toolchain.target)?;
    command.env("CARGO_ENCODED_RUSTFLAGS", flags(source, toolchain, &registries)?);
    command.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command
        .output()
        .with_context(|| format!("cannot start `{}`", command.get_program().to_string_lossy()))?;
    ensure!(output.status.success(), "the functions were not built; what is wrong stands above");
    executable(&String::from_utf8_lossy(&output.stdout), binary)
        .context("cargo does not say where the executable is")
}

/// The beginning of the command, which decides what links.
fn command(toolchain: &Toolchain) -> anyhow::Result<Command> {
    let target = toolchain.target;
    match &toolchain.linker {
        Linker::Zig(program) => {
            let mut command = Command::new(program);
            let (major, minor) = GLIBC;
            command.arg("zigbuild").arg("--target").arg(format!("{target}.{major}.{minor}"));
            command.env("PATH", path_with(program.parent())?);
            Ok(command)
        }
        Linker::Own => {
            let mut command = source::cargo();
            command.args(["build", "--target", target]);
            Ok(command)
        }
        Linker::Cross(compiler) => {
            let mut command = source::cargo();
            command.args(["build", "--target", target]);
            let variable = target.replace('-', "_");
            command.env(format!("CC_{variable}"), compiler);
            let variable = variable.to_ascii_uppercase();
            command.env(format!("CARGO_TARGET_{variable}_LINKER"), compiler);
            Ok(command)
        }
    }
}

/// The path with a folder first: in an environment of Python, zig stands beside cargo-zigbuild.
fn path_with(folder: Option<&Path>) -> anyhow::Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = folder.map(Path::to_owned).into_iter().chain(env::split_paths(&path));
    env::join_paths(folders)
        .context("the path of cargo-zigbuild has a character that none may have")
}

/// Flags of the compiler, which replace those of the user's own configuration. Paths in messages of panics get
/// names that are the same on every machine; the last prefix that fits counts.
fn flags(
    source: &Source,
    toolchain: &Toolchain,
    registries: &BTreeSet<PathBuf>,
) -> anyhow::Result<OsString> {
    let (library, commit) = &toolchain.library;
    let library_name = format!("/rustc/{commit}");
    let mut renamed: Vec<(&Path, &str)> =
        vec![(&source.root, "/tideover"), (&source.target, "/tideover/target")];
    renamed.extend(registries.iter().map(|registry| (registry.as_path(), "/packages")));
    renamed.push((library, &library_name));
    let mut flags = OsString::new();
    for (path, name) in renamed {
        let path = path.as_os_str();
        let is_plain = !path.as_encoded_bytes().contains(&SEPARATOR);
        ensure!(is_plain, "cannot build under a path with a control character");
        flags.push(if flags.is_empty() { "" } else { "\u{1f}" });
        flags.push("--remap-path-prefix=");
        flags.push(path);
        flags.push("=");
        flags.push(OsStr::new(name));
    }
    Ok(flags)
}

/// What separates flags in the variable.
const SEPARATOR: u8 = 0x1f;

/// The executable in cargo's messages.
fn executable(messages: &str, binary: &str) -> Option<PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut built = messages.filter(|message| message["target"]["name"] == binary);
    built.find_map(|message| message["executable"].as_str().map(PathBuf::from))
}
