//! Files that a command generates: written to the tree, or compared with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Generated files, by path from the root of the workspace.
#[derive(Debug, Default)]
pub(crate) struct Outputs {
    files: BTreeMap<PathBuf, String>,
    owned: BTreeSet<PathBuf>,
}

impl Outputs {
    /// Adds a file.
    pub(crate) fn insert(&mut self, path: impl Into<PathBuf>, text: String) {
        self.files.insert(path.into(), text);
    }

    /// Claims a folder: whatever else stands in it is a leftover and goes.
    pub(crate) fn own(&mut self, folder: impl Into<PathBuf>) {
        self.owned.insert(folder.into());
    }

    /// Makes the tree agree. Files that already do keep their time, which spares a rebuild.
    pub(crate) fn write(&self, root: &Path) -> Result<()> {
        for path in self.stale(root)? {
            let full = root.join(&path);
            match self.files.get(&path) {
                Some(text) => write(&full, text)?,
                None => {
                    fs::remove_file(&full).with_context(|| format!("remove {}", full.display()))?
                }
            }
        }
        Ok(())
    }

    /// Fails where the tree does not agree, and names the files.
    pub(crate) fn check(&self, root: &Path) -> Result<()> {
        let stale = self.stale(root)?;
        if stale.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = stale.iter().map(|path| format!("  {}", path.display())).collect();
        bail!("stale files; run `cargo xtask codegen`:\n{}", names.join("\n"))
    }

    /// Files that are missing, differ, or have no business in an owned folder.
    fn stale(&self, root: &Path) -> Result<BTreeSet<PathBuf>> {
        let mut stale = BTreeSet::new();
        for (path, text) in &self.files {
            if fs::read_to_string(root.join(path)).ok().as_ref() != Some(text) {
                stale.insert(path.clone());
            }
        }
        for folder in &self.owned {
            let present = files_below(root, folder)?;
            stale.extend(present.into_iter().filter(|path| !self.files.contains_key(path)));
        }
        Ok(stale)
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    }
    fs::write(path, text).with_context(|| format!("write {}", path.display()))
}

/// All files below a folder, by path from the root; none where there is no such folder yet.
fn files_below(root: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    let full = root.join(folder);
    if !full.exists() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(&full).with_context(|| format!("read {}", full.display()))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            files.extend(files_below(root, &path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}
