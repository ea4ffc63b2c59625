//! Writes a file aside and puts it in place as a whole: whatever fails, the old one is still there.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use anyhow::Context;

use crate::assembly_directory;

/// Replaces a file as a whole: whatever fails, the old one is still there.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let failed = || format!("cannot write `{}`", path.display());
    let name = path.file_name().with_context(failed)?;
    let mut aside = OsString::from(".");
    aside.push(name);
    aside.push(".new");
    let aside = path.with_file_name(aside);
    let _alone = assembly_directory::lock_parent(path).with_context(failed)?;
    let result = write(&aside, bytes).and_then(|()| fs::rename(&aside, path));
    if result.is_err() {
        // The first error says what matters; what is left aside is only rubbish.
        let _ = fs::remove_file(&aside);
    }
    result.with_context(failed)
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_as_a_whole() {
        let folder = tempfile::tempdir().expect("a temporary directory can be made");
        let path = folder.path().join("dist/function.zip");
        replace(&path, b"first").expect("it is new");
        replace(&path, b"second").expect("it is replaced");
        assert_eq!(fs::read(&path).expect("it is there"), b"second");
        assert_eq!(fs::read_dir(folder.path().join("dist")).expect("it is there").count(), 1);
        fs::remove_file(&path).expect("it is there");
        fs::create_dir_all(path.join("a directory in its place")).expect("the place is free");
        let error = replace(&path, b"third").expect_err("a directory is not replaced");
        assert!(error.to_string().starts_with("cannot write `"), "{error}");
        assert_eq!(fs::read_dir(folder.path().join("dist")).expect("it is there").count(), 1);
    }
}
