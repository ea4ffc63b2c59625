//! The programs of PostgreSQL that are installed here.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::ClusterError;
use super::user::ServerUser;

/// The versions that this program knows.
const VERSIONS: std::ops::RangeInclusive<u32> = 14..=18;

/// What is called of them.
const NEEDED: [&str; 5] = ["initdb", "pg_basebackup", "pg_controldata", "pg_rewind", "postgres"];

/// Where packages put them, beside the path: Debian's, those of PostgreSQL's own packages for Fedora, Homebrew's on both
/// kinds of machine, Postgres.app's. The star stands for a version.
const FOLDERS: [&str; 5] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/// The programs of one version, and whom they run as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    folder: PathBuf,
    version: u32,
    pub(super) user: ServerUser,
}

/// Why there are none. Says what to type.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPostgres {
    /// None are installed.
    #[error(
        "no PostgreSQL server of version 14 to 18 is installed{}. Install one: `apt-get install postgresql` (Debian, \
         Ubuntu), `dnf install postgresql-server` (Fedora), `brew install postgresql@17` (macOS). It need not be started.",
        .other.map_or_else(String::new, |version| format!(", only version {version}"))
    )]
    NotInstalled {
        /// A version that was found, and is not one of them.
        other: Option<u32>,
    },
    /// Root may not run them, and there is nobody else to run them as.
    #[error(
        "PostgreSQL does not run as root, and there is no user `postgres` to run it as. Run this as an ordinary user, or \
         add that user: `useradd --system --user-group postgres`"
    )]
    NoUser,
}

impl Programs {
    /// The newest.
    ///
    /// # Errors
    ///
    /// [`NoPostgres`].
    pub fn find() -> Result<Self, NoPostgres> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = FOLDERS.into_iter().flat_map(matching).chain(std::env::split_paths(&path));
        let complete =
            folders.filter(|folder| NEEDED.iter().all(|name| folder.join(name).is_file()));
        let found: Vec<(u32, PathBuf)> =
            complete.filter_map(|folder| Some((version(&folder)?, folder))).collect();
        let (version, folder) = newest(&found)?;
        let user = ServerUser::find().ok_or(NoPostgres::NoUser)?;
        Ok(Self { folder, version, user })
    }

    /// The major version.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// A call of one of them, as the user of PostgreSQL, in a folder that everybody may enter, with nothing of our
    /// environment: a variable such as `PGHOST` would lead it elsewhere.
    pub(super) fn command(&self, name: &str) -> Command {
        self.call(&self.folder.join(name))
    }

    /// The same for a program of the system.
    pub(super) fn call(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        self.user.runs(&mut command);
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.current_dir("/").env_clear().env("PATH", path).env("LC_ALL", "C");
        command.stdin(Stdio::null());
        command
    }
}

/// What a program writes, which must succeed.
pub(super) async fn run(command: Command) -> Result<String, ClusterError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut command = tokio::process::Command::from(command);
    let output = command.kill_on_drop(true).output().await;
    let output = output.map_err(|error| ClusterError::io("start", Path::new(&program), error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(ClusterError::Program { program, said })
}

/// The folders of this form.
fn matching(form: &str) -> Vec<PathBuf> {
    let (before, after) = form.split_once('*').expect("every form has a star");
    let (parent, prefix) = before.rsplit_once('/').expect("every form is a whole path");
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
    named.map(|entry| entry.path().join(after.trim_start_matches('/'))).collect()
}

fn version(folder: &Path) -> Option<u32> {
    let said = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    version_in(&String::from_utf8_lossy(&said.stdout))
}

/// The major version in `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`.
fn version_in(said: &str) -> Option<u32> {
    let (_, after) = said.split_once("(PostgreSQL) ")?;
    let end = after.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(after.len());
    after[..end].parse().ok()
}

/// The newest that this program knows; of several, the one that was found first.
fn newest(found: &[(u32, PathBuf)]) -> Result<(u32, PathBuf), NoPostgres> {
    let known = found.iter().filter(|(version, _)| VERSIONS.contains(version));
    let best = known.rev().max_by_key(|(version, _)| *version).cloned();
    best.ok_or(NoPostgres::NotInstalled { other: found.first().map(|(version, _)| *version) })
}

#[cfg(test)]
mod tests {
    use super::{NoPostgres, newest, version_in};

    #[test]
    fn versions_are_read() {
        let said = [
            ("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n", Some(15)),
            ("postgres (PostgreSQL) 18beta2\n", Some(18)),
            ("postgres (PostgreSQL) 17\n", Some(17)),
            ("postgres (EnterpriseDB) 17\n", None),
            ("", None),
        ];
        for (text, version) in said {
            assert_eq!(version_in(text), version, "{text:?}");
        }
    }

    #[test]
    fn the_newest_known_version_is_taken() {
        let of = |versions: &[u32]| {
            let found: Vec<_> = versions
                .iter()
                .zip(0..)
                .map(|(at, place)| (*at, format!("{place}").into()))
                .collect();
            newest(&found)
        };
        assert_eq!(of(&[14, 16, 15, 16]), Ok((16, "1".into())), "the first of two");
        assert_eq!(of(&[13, 14, 19]), Ok((14, "1".into())));
        assert_eq!(of(&[13]), Err(NoPostgres::NotInstalled { other: Some(13) }));
        assert_eq!(of(&[]), Err(NoPostgres::NotInstalled { other: None }));
    }

    #[test]
    fn whoever_has_none_is_told_how_to_get_it() {
        expect_test::expect![[r#"
            no PostgreSQL server of version 14 to 18 is installed, only version 13. Install one: `apt-get install postgresql` (Debian, Ubuntu), `dnf install postgresql-server` (Fedora), `brew install postgresql@17` (macOS). It need not be started."#]]
        .assert_eq(&NoPostgres::NotInstalled { other: Some(13) }.to_string());
    }
}
