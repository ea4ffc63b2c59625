//! Every file says what it is for, none knows the machine it was written on, and the guides stay short.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::none;
use crate::process::answer;

/// Guides, and the number of lines that each stays below.
const GUIDES: [(&str, usize); 2] = [("README.md", 80), ("ARCHITECTURE.md", 200)];

/// Beginnings of paths that mean something on one machine only; in pieces, so as not to be one here.
const MACHINE_PATHS: [&str; 5] = [
    concat!("/wo", "rk/"),
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!(":\\Us", "ers"),
];

/// The files of the tree, by path from the root.
fn files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut git = std::process::Command::new("git");
    git.args(["-c", "safe.directory=*", "ls-files", "-z"]).current_dir(root);
    let Some(tracked) = answer(&mut git) else { return walk(root, Path::new("")) };
    let paths = tracked.split('\0').filter(|path| !path.is_empty()).map(PathBuf::from);
    Ok(paths.filter(|path| root.join(path).is_file()).collect())
}

/// Without git: all files but those in folders that a program made.
fn walk(root: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    let full = root.join(folder);
    let mut files = Vec::new();
    for entry in fs::read_dir(&full).with_context(|| format!("read {}", full.display()))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if !entry.file_type()?.is_dir() {
            files.push(path);
        } else if !is_made(&root.join(&path)) {
            files.extend(walk(root, &path)?);
        }
    }
    Ok(files)
}

/// Whether a program made this folder: git, cargo, the CDK, npm or Python.
fn is_made(folder: &Path) -> bool {
    let marks = ["CACHEDIR.TAG", "pyvenv.cfg"];
    let names = [".git", "cdk.out", "node_modules"].map(OsStr::new);
    marks.iter().any(|mark| folder.join(mark).is_file())
        || folder.file_name().is_some_and(|name| names.contains(&name))
}

/// Asks something of each file's text; `fault` answers with what is wrong.
fn each(fault: impl Fn(&Path, &str) -> Option<String>) -> Result<Vec<String>> {
    let root = crate::workspace()?;
    let mut faults = Vec::new();
    for path in files(&root)? {
        let bytes =
            fs::read(root.join(&path)).with_context(|| format!("read {}", path.display()))?;
        let fault = fault(&path, &String::from_utf8_lossy(&bytes));
        faults.extend(fault.map(|fault| format!("{}: {fault}", path.display())));
    }
    Ok(faults)
}

#[test]
fn rust_files_begin_with_what_they_are_for() -> Result<()> {
    let exempt = |path: &Path| path.iter().any(|part| part == "generated" || part == "fixtures");
    none(&each(|path, text| {
        let is_ours = path.extension().is_some_and(|extension| extension == "rs") && !exempt(path);
        let begins = text.starts_with("//!");
        (is_ours && !begins).then(|| "add a first line `//! ...` that says its job".to_owned())
    })?);
    Ok(())
}

#[test]
fn no_file_knows_a_machine() -> Result<()> {
    none(&each(|_, text| {
        let path = MACHINE_PATHS.iter().find(|path| text.contains(**path))?;
        let line = text.lines().position(|line| line.contains(path))? + 1;
        Some(format!("line {line} has a path that starts with `{path}`"))
    })?);
    Ok(())
}

#[test]
fn guides_are_short() -> Result<()> {
    let root = crate::workspace()?;
    for (name, limit) in GUIDES {
        let text = fs::read_to_string(root.join(name)).with_context(|| format!("read {name}"))?;
        let count = text.lines().count();
        assert!(count < limit, "{name} has {count} lines; cut it below {limit}");
    }
    Ok(())
}

#[test]
fn a_tree_without_git_has_the_same_files() -> Result<()> {
    let root = crate::workspace()?;
    let walked = walk(&root, Path::new(""))?;
    let unseen = files(&root)?.into_iter().filter(|path| !walked.contains(path));
    none(&unseen.map(|path| format!("{} is not seen", path.display())).collect::<Vec<_>>());
    Ok(())
}
