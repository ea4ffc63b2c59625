//! The zip that Lambda unpacks: one entry, the same bytes for the same executable.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Cursor, Write};
use std::path::Path;

use anyhow::Context;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::build::EXECUTABLE;
use crate::assembly_directory;

/// An archive of this executable.
pub(super) fn archive(executable: &[u8]) -> anyhow::Result<Vec<u8>> {
    // All that could differ from day to day or from system to system is said here.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .system(System::Unix)
        .unix_permissions(0o755);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(EXECUTABLE, options)?;
    archive.write_all(executable)?;
    Ok(archive.finish()?.into_inner())
}

/// Replaces a file as a whole: whatever fails, the old one is still there.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
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
    fn same_bytes_for_the_same_executable() {
        let executable: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let archived = archive(&executable).expect("memory takes it");
        assert_eq!(archived, archive(&executable).expect("memory takes it"));
        assert!(archived.len() < executable.len());
    }

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
