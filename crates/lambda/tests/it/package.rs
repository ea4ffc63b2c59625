//! The packaged functions, as `cargo xtask test` leaves them.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use zip::ZipArchive;

/// Where the zip of a function is.
fn zip(function: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join("target/lambda-test").join(format!("{function}.zip"))
}

/// Unpacks a function's executable into a folder, as Lambda does.
pub(crate) fn unpack(function: &str, folder: &Path) -> PathBuf {
    let path = zip(function);
    let file = File::open(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; type `cargo xtask test`, which builds the functions first",
            path.display()
        )
    });
    let mut archive = ZipArchive::new(file).expect("it is a zip");
    let mut entry = archive.by_name("bootstrap").expect("it has an executable");
    let executable = folder.join("bootstrap");
    let mut unpacked = File::create(&executable).expect("the folder is ours");
    io::copy(&mut entry, &mut unpacked).expect("it can be unpacked");
    fs::set_permissions(&executable, Permissions::from_mode(0o755)).expect("it is ours");
    executable
}
