//! What the tests need besides cargo: components of Rust's toolchain, programs of the system, and under
//! `target/tools` cfn-lint, the CDK CLI, schemathesis and an emulator of AWS at fixed versions.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{answer, run, say};

/// A program of the system.
struct Program {
    name: &'static str,
    /// A command line that succeeds where the program is good enough.
    probe: &'static [&'static str],
    /// Debian's packages of it.
    packages: &'static [&'static str],
}

const PROGRAMS: [Program; 6] = [
    Program {
        name: "a C compiler, which Rust links with",
        probe: &["cc", "--version"],
        packages: &["gcc", "libc6-dev"],
    },
    Program {
        name: "Python 3.10 or newer with venv",
        probe: &[
            "python3",
            "-c",
            "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))",
        ],
        packages: &["python3", "python3-venv"],
    },
    Program {
        name: "Node.js 18 or newer",
        probe: &["node", "-e", "process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)"],
        packages: &["nodejs"],
    },
    Program { name: "npm", probe: &["npm", "--version"], packages: &["npm"] },
    Program {
        name: "curl, and certificates",
        probe: &["sh", "-c", "curl --version && test -d /etc/ssl/certs"],
        packages: &["ca-certificates", "curl"],
    },
    Program {
        name: "a PostgreSQL server",
        // Debian keeps them out of the path.
        probe: &["sh", "-c", "ls /usr/lib/postgresql/*/bin/initdb || command -v initdb"],
        packages: &["postgresql"],
    },
];

/// A program that is installed for this workspace alone.
struct Tool {
    /// What is installed, with versions.
    packages: &'static [&'static str],
    /// Folder below `target/tools`.
    folder: &'static str,
    /// The program in that folder.
    program: &'static str,
    /// Tells the version of what it runs on.
    host: &'static [&'static str],
    install: fn(&Path, &[&str]) -> Result<()>,
}

const TOOLS: [Tool; 4] = [
    Tool {
        packages: &["cfn-lint==1.58.0"],
        folder: "python",
        program: "bin/cfn-lint",
        host: &["python3", "--version"],
        install: from_pypi,
    },
    Tool {
        packages: &["aws-cdk@2.1148.1"],
        folder: "npm",
        program: "node_modules/.bin/cdk",
        host: &["node", "--version"],
        install: from_npm,
    },
    Tool {
        packages: &["schemathesis==4.32.5"],
        folder: "schemathesis",
        program: "bin/schemathesis",
        host: &["python3", "--version"],
        install: from_pypi,
    },
    // In a folder of its own: it and cfn-lint want other versions of what both need.
    Tool {
        packages: &["ministack==1.5.33", "boto3==1.43.106", "cbor2==5.9.0", "cryptography==50.0.2"],
        folder: "ministack",
        program: "bin/python",
        host: &["python3", "--version"],
        install: from_pypi,
    },
];

/// Components of Rust's toolchain that a minimal one lacks, each with a program of it.
const COMPONENTS: [(&str, &str); 2] = [("rustfmt", "rustfmt"), ("clippy", "cargo-clippy")];

/// Installs what is missing; says nothing and takes no time where all is there.
pub(crate) fn install(root: &Path) -> Result<()> {
    complete_toolchain()?;
    let missing: Vec<&Program> = PROGRAMS.iter().filter(|program| program.is_missing()).collect();
    if !missing.is_empty() {
        install_programs(&missing)?;
    }
    let tools = root.join("target").join("tools");
    fs::create_dir_all(&tools).with_context(|| format!("create {}", tools.display()))?;
    TOOLS.iter().try_for_each(|tool| tool.install_in(&tools))
}

/// Adds what generated code is formatted with, and lints.
pub(crate) fn complete_toolchain() -> Result<()> {
    for (component, program) in COMPONENTS {
        if ask(&[program, "--version"]).is_none() {
            say(&format!("adding {component} to the Rust toolchain"));
            run(Command::new("rustup").args(["component", "add", component]))
                .with_context(|| format!("`{component}` of the Rust toolchain is missing"))?;
        }
    }
    Ok(())
}

impl Program {
    fn is_missing(&self) -> bool {
        ask(self.probe).is_none()
    }
}

fn install_programs(missing: &[&Program]) -> Result<()> {
    let packages: BTreeSet<&str> =
        missing.iter().flat_map(|program| program.packages).copied().collect();
    let names: Vec<&str> = missing.iter().map(|program| program.name).collect();
    let (names, packages) = (names.join("; "), packages.into_iter().collect::<Vec<_>>());
    let Some(rights) = administrator() else { bail!("{}", request(&names, &packages)) };
    say(&format!("installing with apt-get: {}", packages.join(" ")));
    let apt = |words: &[&str]| {
        let mut command = Command::new(rights[0]);
        run(command.args(&rights[1..]).arg("apt-get").args(words))
    };
    apt(&["update", "-qq"])?;
    apt(&[&["install", "-qq", "-y", "--no-install-recommends"], packages.as_slice()].concat())?;
    match missing.iter().find(|program| program.is_missing()) {
        Some(program) => {
            bail!("`apt-get` did not bring {}; install it and try again", program.name)
        }
        None => Ok(()),
    }
}

/// How to run apt-get with the rights it needs, if we have them without asking for a password.
fn administrator() -> Option<&'static [&'static str]> {
    const ROOT: &[&str] = &["env", "DEBIAN_FRONTEND=noninteractive"];
    const SUDO: &[&str] = &["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"];
    ask(&["apt-get", "--version"])?;
    if ask(&["id", "-u"]).as_deref() == Some("0") {
        return Some(ROOT);
    }
    ask(&["sudo", "-n", "true"]).map(|_| SUDO)
}

/// What is said where nothing can be installed.
fn request(names: &str, packages: &[&str]) -> String {
    let packages = packages.join(" ");
    format!(
        "the tests need what this machine does not have: {names}
type `sudo apt-get update && sudo apt-get install -y --no-install-recommends {packages}`, or install it in the \
         system's own way, and try again"
    )
}

impl Tool {
    fn install_in(&self, tools: &Path) -> Result<()> {
        let folder = tools.join(self.folder);
        let stamp = tools.join(format!("{}.stamp", self.folder));
        let wanted = self.stamp(&folder);
        let present = fs::read_to_string(&stamp).ok().as_deref() == Some(&wanted);
        if present && folder.join(self.program).exists() {
            return Ok(());
        }
        say(&format!("installing {} into target/tools/{}", self.names(), self.folder));
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("remove {}", folder.display()))?;
        }
        (self.install)(&folder, self.packages)?;
        fs::write(&stamp, wanted).with_context(|| format!("write {}", stamp.display()))
    }

    /// What an installation depends on: it holds paths, and a Python environment belongs to one Python.
    fn stamp(&self, folder: &Path) -> String {
        let host = ask(self.host).unwrap_or_default();
        format!("{}\n{host}\n{}\n", self.names(), folder.display())
    }

    fn names(&self) -> String {
        self.packages.join(" ")
    }
}

fn from_pypi(folder: &Path, packages: &[&str]) -> Result<()> {
    run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    let mut python = Command::new(folder.join("bin/python"));
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
    run(python.args(pip).args(packages))
}

fn from_npm(folder: &Path, packages: &[&str]) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]).arg(folder);
    run(npm.args(packages))
}

fn ask(words: &[&str]) -> Option<String> {
    answer(Command::new(words[0]).args(&words[1..]))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn asks_for_what_it_may_not_install() {
        let request = request("npm; Node.js 18 or newer", &["nodejs", "npm"]);
        expect![[r#"
            the tests need what this machine does not have: npm; Node.js 18 or newer
            type `sudo apt-get update && sudo apt-get install -y --no-install-recommends nodejs npm`, or install it in the system's own way, and try again"#]].assert_eq(&request);
    }

    #[test]
    fn a_program_that_fails_is_missing() {
        let program = |probe| Program { name: "", probe, packages: &[] };
        assert!(program(&["no-program-has-this-name"]).is_missing());
        assert!(program(&["cargo", "no-command-has-this-name"]).is_missing());
        assert!(!program(&["cargo", "--version"]).is_missing());
    }
}
