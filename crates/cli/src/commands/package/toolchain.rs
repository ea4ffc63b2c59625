//! With what an executable for Lambda is built on this machine.
//!
//! Asks the compiler and the path what there is; [`choose`] decides.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use topology::Architecture;

use crate::failure::with_hint;

/// The newest glibc that Amazon Linux 2023 has, which `provided.al2023` is.
pub(super) const GLIBC: (u32, u32) = (2, 34);

/// How the functions are built.
#[derive(Debug)]
pub(super) struct Toolchain {
    /// The target in Rust's words.
    pub(super) target: &'static str,
    pub(super) linker: Linker,
    /// Where the sources of the standard library are, if they are installed, and what they are called where not.
    pub(super) library: (PathBuf, String),
}

/// What links an executable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Linker {
    /// cargo-zigbuild, at this path: against a glibc of the version asked for.
    Zig(PathBuf),
    /// The compiler of this machine, against its own glibc.
    Own,
    /// GCC for the other architecture, under this name, against the glibc installed with it.
    Cross(&'static str),
}

impl Linker {
    /// The name that people know it by.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Zig(_) => "cargo-zigbuild",
            Self::Own => "cargo",
            Self::Cross(compiler) => compiler,
        }
    }
}

/// What this machine has.
struct Machine {
    /// What it is, in Rust's words.
    host: String,
    zigbuild: Option<PathBuf>,
    has_cross_compiler: bool,
    has_standard_library: bool,
}

/// What builds for this architecture; `zigbuild` is the program that was asked for, if one was.
pub(super) fn find(
    architecture: Architecture,
    zigbuild: Option<&Path>,
) -> anyhow::Result<Toolchain> {
    let target = target(architecture);
    let version = rustc(&["-vV"])?;
    let field = |name: &str| {
        let line = version.lines().find_map(|line| line.strip_prefix(name));
        line.map(str::to_owned).with_context(|| format!("`rustc -vV` does not say {name}"))
    };
    let libraries = PathBuf::from(rustc(&["--print", "target-libdir", "--target", target])?);
    let zigbuild = match zigbuild {
        Some(program) => {
            let shown = program.display();
            ensure!(program.is_file(), "there is no program `{shown}` to build with");
            Some(program.canonicalize().with_context(|| format!("cannot find `{shown}`"))?)
        }
        None => on_path("cargo-zigbuild"),
    };
    let machine = Machine {
        host: field("host: ")?,
        zigbuild,
        has_cross_compiler: on_path(cross_compiler(architecture)).is_some(),
        has_standard_library: libraries.is_dir(),
    };
    let linker = choose(architecture, &machine)?;
    let sysroot = PathBuf::from(rustc(&["--print", "sysroot"])?);
    let library = (sysroot.join("lib/rustlib/src/rust"), field("commit-hash: ")?);
    Ok(Toolchain { target, linker, library })
}

/// The best that the machine has, or what to install.
fn choose(architecture: Architecture, machine: &Machine) -> anyhow::Result<Linker> {
    let (target, compiler) = (target(architecture), cross_compiler(architecture));
    if !machine.has_standard_library {
        return Err(with_hint(
            format!("Rust's standard library for {target} is not installed"),
            format!("type `rustup target add {target}`{}", instead(architecture, machine)),
        ));
    }
    if let Some(zigbuild) = &machine.zigbuild {
        return Ok(Linker::Zig(zigbuild.clone()));
    }
    if machine.host == target {
        return Ok(Linker::Own);
    }
    if machine.has_cross_compiler {
        return Ok(Linker::Cross(compiler));
    }
    Err(with_hint(
        format!("nothing on this machine links executables for {target}"),
        format!(
            "type `pip install cargo-zigbuild ziglang`, or on Debian `apt-get install {}`{}",
            debian_package(architecture),
            instead(architecture, machine)
        ),
    ))
}

/// The other way out, where the machine can build its own architecture.
fn instead(architecture: Architecture, machine: &Machine) -> String {
    let other = match architecture {
        Architecture::Arm64 => Architecture::X86_64,
        Architecture::X86_64 => Architecture::Arm64,
    };
    if machine.host != target(other) {
        return String::new();
    }
    format!(
        "; or set `architecture = \"{}\"` in tideover.toml, which this machine can build",
        other.as_str()
    )
}

fn target(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::Arm64 => "aarch64-unknown-linux-gnu",
        Architecture::X86_64 => "x86_64-unknown-linux-gnu",
    }
}

fn cross_compiler(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::Arm64 => "aarch64-linux-gnu-gcc",
        Architecture::X86_64 => "x86_64-linux-gnu-gcc",
    }
}

fn debian_package(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::Arm64 => "gcc-aarch64-linux-gnu",
        Architecture::X86_64 => "gcc-x86-64-linux-gnu",
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path: OsString = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

fn rustc(arguments: &[&str]) -> anyhow::Result<String> {
    let mut command = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().context("cannot start `rustc`")?;
    ensure!(output.status.success(), "`rustc {}` failed", arguments.join(" "));
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::failure;

    const HERE: &str = "x86_64-unknown-linux-gnu";

    fn machine(words: &str) -> Machine {
        let has = |word| words.split_whitespace().any(|has| has == word);
        Machine {
            host: if has("mac") { "aarch64-apple-darwin" } else { HERE }.to_owned(),
            zigbuild: has("zig").then(|| "/bin/cargo-zigbuild".into()),
            has_cross_compiler: has("gcc"),
            has_standard_library: has("std"),
        }
    }

    #[track_caller]
    fn check(rows: &[(Architecture, &str)], expected: Expect) {
        let mut text = String::new();
        for (architecture, has) in rows {
            let chosen = match choose(*architecture, &machine(has)) {
                Ok(linker) => linker.name().to_owned(),
                Err(error) => format!("{error}\n  {}", failure::hint(&error).unwrap_or_default()),
            };
            text += &format!("{} [{has}]: {chosen}\n", architecture.as_str());
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn what_builds_where() {
        use Architecture::{Arm64, X86_64};
        check(
            &[
                (Arm64, "std zig gcc"),
                (Arm64, "std gcc"),
                (Arm64, "std"),
                (Arm64, "zig gcc"),
                (X86_64, "std zig"),
                (X86_64, "std"),
                (X86_64, "mac std"),
                (X86_64, "mac zig"),
            ],
            expect![[r#"
                arm64 [std zig gcc]: cargo-zigbuild
                arm64 [std gcc]: aarch64-linux-gnu-gcc
                arm64 [std]: nothing on this machine links executables for aarch64-unknown-linux-gnu
                  type `pip install cargo-zigbuild ziglang`, or on Debian `apt-get install gcc-aarch64-linux-gnu`; or set `architecture = "x86_64"` in tideover.toml, which this machine can build
                arm64 [zig gcc]: Rust's standard library for aarch64-unknown-linux-gnu is not installed
                  type `rustup target add aarch64-unknown-linux-gnu`; or set `architecture = "x86_64"` in tideover.toml, which this machine can build
                x86_64 [std zig]: cargo-zigbuild
                x86_64 [std]: cargo
                x86_64 [mac std]: nothing on this machine links executables for x86_64-unknown-linux-gnu
                  type `pip install cargo-zigbuild ziglang`, or on Debian `apt-get install gcc-x86-64-linux-gnu`
                x86_64 [mac zig]: Rust's standard library for x86_64-unknown-linux-gnu is not installed
                  type `rustup target add x86_64-unknown-linux-gnu`
            "#]],
        );
    }

    #[test]
    fn finds_programs_on_the_path() {
        assert!(on_path("sh").is_some());
        assert_eq!(on_path("no-program-has-this-name"), None);
    }
}
