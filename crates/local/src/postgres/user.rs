//! Whom PostgreSQL runs as: its programs refuse to be root, so that root runs them as the user that their package makes.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The names that packages give to it: that of most systems, and that of macOS.
const NAMES: [&str; 2] = ["postgres", "_postgres"];

/// Whom the programs of a server run as, and who owns its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServerUser {
    /// Whoever we are.
    Ourselves,
    /// This one, because we are root.
    Other {
        /// Its number.
        uid: u32,
        /// The number of its group.
        gid: u32,
    },
}

impl ServerUser {
    /// Nobody when we are root, and there is no user of PostgreSQL.
    pub(super) fn find() -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            return Some(Self::Ourselves);
        }
        let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        NAMES.into_iter().find_map(|name| Self::named(name, &users))
    }

    /// The user of this name in the text of a file `passwd`.
    fn named(name: &str, users: &str) -> Option<Self> {
        users.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let [found, _, uid, gid, ..] = fields[..] else { return None };
            let (uid, gid) = (uid.parse().ok()?, gid.parse().ok()?);
            (found == name).then_some(Self::Other { uid, gid })
        })
    }

    /// Lets a program run as this user. A program that root starts as another one is in no other groups.
    pub(super) fn runs(self, command: &mut Command) {
        if let Self::Other { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
    }

    /// Makes a folder, where there is none, that nobody but this user may enter.
    pub(super) fn make_folder(self, path: &Path) -> io::Result<()> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        self.give(path)
    }

    /// Makes this user the owner of a file or a folder.
    pub(super) fn give(self, path: &Path) -> io::Result<()> {
        match self {
            Self::Ourselves => Ok(()),
            Self::Other { uid, gid } => chown(path, Some(uid), Some(gid)),
        }
    }

    /// The first folder on the way to this path that the user may not enter; none: it may enter all that there are.
    pub(super) fn barred(self, path: &Path) -> Option<PathBuf> {
        let Self::Other { uid, gid } = self else { return None };
        let enters = |folder: &Metadata| match folder {
            own if own.uid() == uid => own.mode() & 0o100 != 0,
            group if group.gid() == gid => group.mode() & 0o010 != 0,
            others => others.mode() & 0o001 != 0,
        };
        let is_barred = |folder: &&Path| folder.metadata().is_ok_and(|found| !enters(&found));
        path.ancestors().filter(is_barred).last().map(Path::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::ServerUser;

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let users = "root:x:0:0::/root:/bin/sh\npostgres2:x:7:8::/:\n+::\npostgres:x:101:104:P,,:/var:/bin/sh\n";
        let found = |name| ServerUser::named(name, users);
        assert_eq!(found("postgres"), Some(ServerUser::Other { uid: 101, gid: 104 }));
        assert_eq!(found("_postgres"), None);
        assert_eq!(found("post"), None);
    }

    #[test]
    fn a_folder_that_others_may_not_enter_is_named() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (outer, inner) = (folder.path().join("outer"), folder.path().join("outer/inner"));
        std::fs::create_dir_all(&inner).unwrap();
        let set = |mode| {
            for path in [folder.path(), &outer, &inner] {
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
            }
        };
        let other = ServerUser::Other { uid: 4_000_000, gid: 4_000_000 };
        set(0o711);
        assert_eq!(other.barred(&inner.join("not there yet")), None);
        set(0o700);
        assert_eq!(
            other.barred(&inner),
            Some(folder.path().to_owned()),
            "the outermost comes first"
        );
        assert_eq!(ServerUser::Ourselves.barred(&inner), None);
    }
}
