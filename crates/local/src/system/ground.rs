//! The folder of two Regions before anything runs in it: claimed, watched by a warden, and cleared of what earlier ones
//! wrote.

use std::fs;
use std::path::Path;
use std::process::Command;

use drill::Site;
use rustix::fs::Mode;
use rustix::process::umask;

use crate::place::Place;
use crate::postgres::end_leftovers;
use crate::process::{Directory, Warden};
use crate::system::settings::NotUp;

/// What two Regions write that later ones would go on from, beside a folder for each place.
const FILES: [&str; 4] = ["processor.jsonl", "journals.tsv", "history.json", "scenario.drill"];

/// A folder that is ours, and whoever ends what runs over it when we are gone.
#[derive(Debug)]
pub struct Ground {
    pub(super) directory: Directory,
    pub(super) warden: Warden,
}

impl Ground {
    /// Claims the folder, which is made when it is not there, and starts its warden by `program`, the program `tideover`.
    /// From now on nobody else reads the files that this process and its children make.
    ///
    /// # Errors
    /// When another has it, or the warden does not start.
    pub fn claim(path: &Path, program: &Path) -> Result<Self, NotUp> {
        // What is written has tokens of cards in it, by whichever of our processes.
        let _ = umask(Mode::RWXG | Mode::RWXO);
        let directory = Directory::claim(path)?;
        let mut command = Command::new(program);
        command.args(["local", "warden", "--directory"]).arg(directory.path());
        let warden = Warden::start(command, &directory)?;
        Ok(Self { directory, warden })
    }

    /// The folder, without links in its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Removes what earlier Regions wrote: votes, books and data of two systems would be one that never was.
    ///
    /// # Errors
    /// When it cannot be removed, or when somebody else wrote it: no supervisor had the folder before.
    pub(super) fn clear(&self) -> Result<(), NotUp> {
        for site in Site::ALL {
            end_leftovers(&self.path().join(site.role()).join("pg"));
        }
        let places = [Place::Region(Site::Primary), Place::Region(Site::Standby), Place::Witness];
        let names = places.iter().map(|place| place.as_str()).chain(FILES);
        for path in names.map(|name| self.path().join(name)).filter(|path| path.exists()) {
            if !self.directory.is_known() {
                return Err(NotUp::Foreign(path));
            }
            let removed =
                if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed
                .map_err(|source| NotUp::Io { what: "what was there is not removed", source })?;
        }
        Ok(())
    }
}
