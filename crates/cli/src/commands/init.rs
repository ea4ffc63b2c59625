//! `tideover init`: writes the commented file and its schema.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::Context;

use crate::args::{FILE, InitArgs};
use crate::failure::with_hint;

const SCHEMA_FILE: &str = "tideover.schema.json";

pub(crate) fn init(args: &InitArgs) -> anyhow::Result<()> {
    let directory = &args.directory;
    fs::create_dir_all(directory)
        .with_context(|| format!("cannot create `{}`", directory.display()))?;
    write(&directory.join(FILE), topology::EXAMPLE, args.force)?;
    write(&directory.join(SCHEMA_FILE), topology::SCHEMA, true)?;
    let mut stderr = std::io::stderr().lock();
    writeln!(
        stderr,
        "wrote `{}`; next: edit it, then type `tideover synth`",
        directory.join(FILE).display()
    )?;
    Ok(())
}

/// Somebody's file is not replaced by accident.
fn write(path: &Path, text: &str, replace: bool) -> anyhow::Result<()> {
    let name = path.display();
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).create_new(!replace);
    let mut file = options.open(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => with_hint(
            format!("`{name}` is already there"),
            "type `tideover init --force` to replace it",
        ),
        _ => anyhow::Error::new(error).context(format!("cannot write `{name}`")),
    })?;
    file.write_all(text.as_bytes()).with_context(|| format!("cannot write `{name}`"))
}
