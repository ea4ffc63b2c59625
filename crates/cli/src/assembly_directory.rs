//! Writes an assembly aside and puts it in place as a whole: whatever fails, the old one is still there.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::Context;
use cfn::assembly::Files;
use serde_json::Value;

use crate::failure::with_hint;
use crate::input;

/// Replaces the assembly in `directory` by these files and packages (by the name they get there).
pub(crate) fn replace(
    directory: &Path,
    files: &Files,
    packages: &BTreeMap<String, PathBuf>,
) -> anyhow::Result<()> {
    check_replaceable(directory)?;
    let failed = || format!("cannot write the assembly `{}`", directory.display());
    let _alone = lock_parent(directory).with_context(failed)?;
    let (aside, old) = (sibling(directory, "new")?, sibling(directory, "old")?);
    recover(directory, &old).with_context(failed)?;
    let result = write(&aside, files, packages).and_then(|()| swap(&aside, directory, &old));
    if result.is_err() {
        // The first error says what matters; what is left aside is only rubbish.
        let _ = remove(&aside);
    }
    result.with_context(failed)
}

/// Two runs at once would write into one directory aside. The lock goes with the process, however it ends.
pub(crate) fn lock_parent(directory: &Path) -> anyhow::Result<File> {
    let parent = directory.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(parent).context("cannot create the directory that it is to be in")?;
    let parent = File::open(parent).context("cannot open the directory that it is to be in")?;
    parent.lock().context("cannot lock the directory that it is to be in")?;
    Ok(parent)
}

/// Whoever was killed between the two renames has left the old assembly beside its place.
fn recover(directory: &Path, old: &Path) -> anyhow::Result<()> {
    if directory.exists() {
        return remove(old);
    }
    match fs::rename(old, directory) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn remove(directory: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// A directory that holds anything else is not ours to replace.
fn check_replaceable(directory: &Path) -> anyhow::Result<()> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(
                anyhow::Error::new(error).context(format!("cannot read `{}`", directory.display()))
            );
        }
    };
    let names: Vec<OsString> =
        entries.map(|entry| Ok(entry?.file_name())).collect::<std::io::Result<_>>()?;
    if is_assembly(directory) || names.iter().all(is_lock) {
        return Ok(());
    }
    Err(with_hint(
        format!(
            "`{}` holds something other than an assembly, and would be replaced",
            directory.display()
        ),
        "choose another directory with `--out DIR`",
    ))
}

/// Whether the CDK or tideover made this directory. Names alone do not tell: a directory that holds an assembly
/// in `cdk.out`, or a browser's `manifest.json`, is somebody's work.
fn is_assembly(directory: &Path) -> bool {
    let mark = fs::read(directory.join("cdk.out")).unwrap_or_default();
    let mark: Value = serde_json::from_slice(&mark).unwrap_or_default();
    mark["version"].is_string() && directory.join("manifest.json").is_file()
}

/// The CDK CLI keeps its own locks in the directory while it runs us.
fn is_lock(name: &OsString) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "lock")
}

fn write(aside: &Path, files: &Files, packages: &BTreeMap<String, PathBuf>) -> anyhow::Result<()> {
    remove(aside)?;
    fs::create_dir(aside).context("cannot create a directory there")?;
    for (name, text) in files {
        fs::write(aside.join(name), text).with_context(|| format!("cannot write `{name}`"))?;
    }
    packages.iter().try_for_each(|(name, source)| copy(&aside.join(name), name, source))
}

/// A package that was built anew since it was hashed would be deployed under the old one's name.
fn copy(target: &Path, name: &str, source: &Path) -> anyhow::Result<()> {
    fs::copy(source, target).with_context(|| format!("cannot copy `{}`", source.display()))?;
    let hash = input::hash(target)?.unwrap_or_default();
    if name.contains(&hash) {
        return Ok(());
    }
    let what = format!("the package `{}` has changed while it was read", source.display());
    Err(with_hint(what, "type the command again when it is built"))
}

fn swap(aside: &Path, directory: &Path, old: &Path) -> anyhow::Result<()> {
    if !directory.exists() {
        return Ok(fs::rename(aside, directory)?);
    }
    for entry in fs::read_dir(directory)? {
        let name = entry?.file_name();
        if is_lock(&name) {
            fs::copy(directory.join(&name), aside.join(&name))?;
        }
    }
    fs::rename(directory, old)?;
    if let Err(error) = fs::rename(aside, directory) {
        fs::rename(old, directory)?;
        return Err(error.into());
    }
    remove(old)
}

/// A name beside the directory, on the same file system so that renaming works.
fn sibling(directory: &Path, word: &str) -> anyhow::Result<PathBuf> {
    let name = directory.file_name().with_context(|| {
        format!("`{}` has no name of its own to be replaced under", directory.display())
    })?;
    let mut sibling = OsString::from(".");
    sibling.push(name);
    sibling.push(format!(".{word}"));
    Ok(directory.with_file_name(sibling))
}
