//! A directory of a test's own and the programs that run in it, apart from the user's environment.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter, Result};
use std::fs;
use std::io::pipe;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use expect_test::Expect;
use tempfile::TempDir;

/// A working directory, with a home directory beside it.
pub(crate) struct Place {
    root: TempDir,
}

impl Place {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().expect("a temporary directory can be made");
        let place = Self { root };
        for folder in ["here", "home"] {
            fs::create_dir(place.root.path().join(folder)).expect("the directory is new");
        }
        place
    }

    /// One with this file.
    pub(crate) fn with(text: &str) -> Self {
        let place = Self::new();
        place.write("tideover.toml", text);
        place
    }

    /// The path of something in the working directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("here").join(name)
    }

    /// Writes a file, and the folders on the way to it.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        let folder = path.parent().expect("a file is in a folder");
        fs::create_dir_all(folder).expect("the directory is writable");
        fs::write(path, content).expect("the directory is writable");
    }

    /// The text of a file.
    #[track_caller]
    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The JSON in a file.
    #[track_caller]
    pub(crate) fn json(&self, name: &str) -> serde_json::Value {
        serde_json::from_str(&self.text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// What stands in a folder, by name, sorted; `.` is the working directory.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).expect("the folder is there");
        let names = entries.map(|entry| entry.expect("the folder is readable").file_name());
        let mut names: Vec<_> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// The files of a folder without folders in it, by name.
    pub(crate) fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let content = |name: &String| fs::read(self.path(folder).join(name));
        let names = self.names(folder).into_iter();
        names.map(|name| (name.clone(), content(&name).expect("it is a file"))).collect()
    }

    /// The program under test; words are separated by spaces.
    pub(crate) fn tideover(&self, words: &str) -> Run {
        self.run(Path::new(env!("CARGO_BIN_EXE_tideover"))).words(words)
    }

    /// The CDK CLI, kept from the network.
    pub(crate) fn cdk(&self, words: &str) -> Run {
        self.run(&tool("npm/node_modules/.bin/cdk"))
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("CDK_DISABLE_CLI_TELEMETRY", "true")
            .env("CDK_DISABLE_VERSION_CHECK", "true")
            .env("NODE_NO_WARNINGS", "1")
            .words("--no-notices")
            .words(words)
    }

    /// A script of Node.js.
    pub(crate) fn node(&self, script: &str) -> Run {
        let mut run = self.run(Path::new("node"));
        run.0.args(["--eval", script]);
        run
    }

    /// cfn-lint over templates of a Region.
    pub(crate) fn cfn_lint(&self, region: &str, templates: &[String]) -> Run {
        let mut run = self.run(&tool("python/bin/cfn-lint"));
        run.0.args(["--regions", region, "--"]).args(templates);
        run
    }

    fn run(&self, program: &Path) -> Run {
        let mut command = Command::new(program);
        command.current_dir(self.path("")).stdin(Stdio::null()).env_clear();
        command.env("HOME", self.root.path().join("home"));
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        Run(command)
    }
}

/// A tool of the tests.
fn tool(path: &str) -> PathBuf {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools");
    let tool = tools.join(path);
    assert!(
        tool.exists(),
        "`target/tools/{path}` is not there; run `cargo xtask test`, which installs it"
    );
    tool
}

/// A program about to run.
pub(crate) struct Run(Command);

impl Run {
    /// Adds arguments, separated by spaces.
    pub(crate) fn words(mut self, words: &str) -> Self {
        self.0.args(words.split_whitespace());
        self
    }

    /// Sets a variable of the environment.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// Lets it print to a reader that has gone.
    pub(crate) fn into_closed_pipe(mut self) -> Self {
        let (reader, writer) = pipe().expect("a pipe can be made");
        drop(reader);
        self.0.stdout(writer);
        self
    }

    /// Starts it, and goes on.
    pub(crate) fn start(mut self) -> Child {
        self.0.stdout(Stdio::null()).stderr(Stdio::null());
        self.0.spawn().expect("the program can be started")
    }

    /// Runs it to its end.
    #[track_caller]
    pub(crate) fn outcome(mut self) -> Outcome {
        let output = self.0.output().expect("the program can be started");
        let text = |bytes| String::from_utf8(bytes).expect("programs print UTF-8");
        Outcome {
            exit_code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Compares all that can be seen of it.
    #[track_caller]
    pub(crate) fn check(self, expected: Expect) {
        expected.assert_eq(&self.outcome().to_string());
    }

    /// What it prints, when it succeeds.
    #[track_caller]
    pub(crate) fn stdout(self) -> String {
        let outcome = self.outcome();
        assert_eq!(outcome.exit_code, Some(0), "{outcome}");
        outcome.stdout
    }
}

/// What is seen of a program that has ended.
pub(crate) struct Outcome {
    pub(crate) exit_code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Display for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.exit_code {
            Some(code) => writeln!(f, "exit code {code}")?,
            None => writeln!(f, "killed")?,
        }
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                writeln!(f, "--- {name}\n{}", text.trim_end_matches('\n'))?;
            }
        }
        Ok(())
    }
}
