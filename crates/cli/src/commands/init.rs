//! `tideover init`: writes the commented file, its schema, and what a check allows.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use checks::Settings;

use crate::args::{FILE, InitArgs};
use crate::failure::with_hint;

use super::check::SHIPPED;

const SCHEMA_FILE: &str = "tideover.schema.json";

pub(crate) fn init(args: &InitArgs) -> anyhow::Result<()> {
    let directory = &args.directory;
    fs::create_dir_all(directory)
        .with_context(|| format!("cannot create `{}`", directory.display()))?;
    let here = directory == Path::new(".");
    let file = if here { PathBuf::from(FILE) } else { directory.join(FILE) };
    let name = file.display();
    let (again, synth) = if here {
        ("tideover init --force".to_owned(), "tideover synth".to_owned())
    } else {
        let directory = directory.display();
        (format!("tideover init --force {directory}"), format!("tideover synth --file {name}"))
    };
    write(&file, topology::EXAMPLE, args.force, &again)?;
    let check = directory.join(Settings::FILE_NAME);
    // What somebody has decided there stays.
    if args.force || !check.exists() {
        write(&check, SHIPPED, true, &again)?;
    }
    write(&directory.join(SCHEMA_FILE), topology::SCHEMA, true, &again)?;
    writeln!(std::io::stderr().lock(), "wrote `{name}`; next: edit it, then type `{synth}`")?;
    Ok(())
}

/// Somebody's file is not replaced by accident.
fn write(path: &Path, text: &str, replace: bool, again: &str) -> anyhow::Result<()> {
    let name = path.display();
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).create_new(!replace);
    let mut file = options.open(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            with_hint(format!("`{name}` is already there"), format!("type `{again}` to replace it"))
        }
        _ => anyhow::Error::new(error).context(format!("cannot write `{name}`")),
    })?;
    file.write_all(text.as_bytes()).with_context(|| format!("cannot write `{name}`"))
}
