//! The zip that Lambda unpacks: one entry, the same bytes for the same executable.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

/// The name by which Lambda finds the executable (AWS Lambda Developer Guide, "OS-only runtimes").
const EXECUTABLE: &str = "bootstrap";

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
}
