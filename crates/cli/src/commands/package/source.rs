//! Where the functions are built from: the workspace of tideover, of the version that this program has.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::failure::with_hint;

/// A package by which tideover's source is known.
const PACKAGE: &str = "lambda";

/// A workspace of tideover.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) root: PathBuf,
    /// Where cargo builds.
    pub(super) target: PathBuf,
}

/// The cargo that is in use here.
pub(super) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The workspace around `directory`, if it is tideover's of this version.
pub(super) fn find(directory: &Path) -> anyhow::Result<Source> {
    let shown = directory.display();
    ensure!(directory.is_dir(), "`{shown}` is not a directory");
    let directory = directory.canonicalize().with_context(|| format!("cannot read `{shown}`"))?;
    if !directory.ancestors().any(|above| above.join("Cargo.toml").is_file()) {
        return Err(not_tideover(&shown.to_string()));
    }
    let metadata = metadata(&directory, &["--no-deps"])?;
    let version = metadata["packages"]
        .as_array()
        .and_then(|packages| packages.iter().find(|package| package["name"] == PACKAGE))
        .and_then(|package| package["version"].as_str());
    let path = |key: &str| metadata[key].as_str().map(PathBuf::from);
    let (Some(version), Some(root), Some(target)) =
        (version, path("workspace_root"), path("target_directory"))
    else {
        return Err(not_tideover(&shown.to_string()));
    };
    // The functions read what the templates of the same version set.
    let own = env!("CARGO_PKG_VERSION");
    if version != own {
        let error = format!("`{shown}` is the source of tideover {version}, and this is {own}");
        return Err(with_hint(error, format!("use the source of tideover {own}")));
    }
    Ok(Source { root, target })
}

impl Source {
    /// Folders of the packages from elsewhere that the functions use on `target`: each is a folder of a registry.
    /// Fetches packages that are not there.
    pub(super) fn registries(&self, target: &str) -> anyhow::Result<BTreeSet<PathBuf>> {
        let metadata = metadata(&self.root, &["--locked", "--filter-platform", target])?;
        let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
        let foreign = packages.iter().filter(|package| !package["source"].is_null());
        let manifests = foreign.filter_map(|package| package["manifest_path"].as_str());
        // The manifest's folder is the package's, and the one above that is the registry's.
        Ok(manifests
            .filter_map(|path| Path::new(path).ancestors().nth(2))
            .map(Path::to_owned)
            .collect())
    }
}

fn not_tideover(directory: &str) -> anyhow::Error {
    with_hint(
        format!("`{directory}` is not in tideover's source, which the functions are built from"),
        format!(
            "type `tideover package --source DIR` with a copy of the source of tideover {}",
            env!("CARGO_PKG_VERSION")
        ),
    )
}

fn metadata(directory: &Path, arguments: &[&str]) -> anyhow::Result<Value> {
    let mut command = cargo();
    command.current_dir(directory).args(["metadata", "--format-version", "1"]).args(arguments);
    let output =
        command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(|error| {
            with_hint(
                format!("cannot start `cargo`: {error}"),
                "install Rust, with which the functions are built, and type the command again",
            )
        })?;
    ensure!(output.status.success(), "`cargo metadata` failed in `{}`", directory.display());
    serde_json::from_slice(&output.stdout).context("`cargo metadata` did not print JSON")
}
