//! Copies and removes the data of a cluster.

use std::io::ErrorKind;
use std::path::Path;

use super::error::ClusterError;
use super::programs::{Programs, run};

/// Copies a folder to a place where there is nothing, as the server's user.
pub(super) async fn copy(programs: &Programs, from: &Path, to: &Path) -> Result<(), ClusterError> {
    let mut command = programs.call(Path::new("cp"));
    command.args(["-R", "-p"]).arg(from).arg(to);
    run(command).await.map(drop)
}

/// Removes a folder with all that is in it, if it is there.
pub(super) fn remove(folder: &Path) -> Result<(), ClusterError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(ClusterError::io("remove", folder, error))
        }
        _ => Ok(()),
    }
}

/// Removes a file, if it is there.
pub(super) fn remove_file(file: &Path) -> Result<(), ClusterError> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(ClusterError::io("remove", file, error))
        }
        _ => Ok(()),
    }
}

/// The last lines of a file of text.
pub(super) fn last_lines(file: &Path, count: usize) -> String {
    let bytes = std::fs::read(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
