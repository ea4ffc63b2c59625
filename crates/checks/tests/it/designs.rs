//! Whole designs: our own, the app that it replaces, well-built ones of one Region, and those of others.

mod foreign;
mod good;
mod original;
mod own;

use std::fs;
use std::path::{Path, PathBuf};

use checks::{Design, Report, Settings, Source};

/// A folder of the workspace.
fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The templates of a folder in the order of their names.
fn templates(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).expect("a folder of templates");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.retain(|file| {
        file.extension().is_some_and(|extension| extension == "json" || extension == "yaml")
    });
    files.sort();
    files
}

/// The stack of a template in a Region.
fn stack(file: &Path, region: &str) -> Source {
    let stem = file.file_stem().expect("a name").to_string_lossy().replace(".template", "");
    Source {
        file: file.file_name().expect("a name").to_string_lossy().into_owned(),
        text: read(file),
        name: stem.clone(),
        stack_name: stem,
        region: Some(region.to_owned()),
        ..Source::default()
    }
}

fn judged(sources: &[Source], settings: Settings) -> Report {
    let design = Design::new(sources, settings).expect("templates that can be read");
    checks::check(&design)
}
