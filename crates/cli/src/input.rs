//! What a command works on: the file, the environment around it, and the packages beside it.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::Context;
use sha2::{Digest, Sha256};
use stacks::Packages;
use topology::{Overrides, Topology};

use crate::args::{FILE, InputArgs};
use crate::failure::{WrongInput, with_hint};

/// The topology and the packages that are there, with the file of each.
pub(crate) struct Input {
    pub(crate) topology: Topology,
    pub(crate) packages: Packages,
    /// Files of the packages by hash.
    pub(crate) package_files: BTreeMap<String, PathBuf>,
}

pub(crate) fn read(args: &InputArgs) -> anyhow::Result<Input> {
    let topology = topology(args)?;
    let (packages, package_files) = packages(&args.file, &topology)?;
    Ok(Input { topology, packages, package_files })
}

/// The topology alone.
pub(crate) fn topology(args: &InputArgs) -> anyhow::Result<Topology> {
    let text = read_file(&args.file)?;
    let name = args.file.display().to_string();
    Ok(topology::parse(&text, &name, &overrides(args)?).map_err(WrongInput::new)?)
}

fn read_file(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    let bytes = fs::read(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound if path == Path::new(FILE) => with_hint(
            format!("there is no `{FILE}` in this directory"),
            "type `tideover init` to write one",
        ),
        _ => anyhow::Error::new(error).context(format!("cannot read `{name}`")),
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        WrongInput::new(format!("{name}:{line}: the file is not UTF-8; save it in that encoding"))
            .into()
    })
}

fn overrides(args: &InputArgs) -> anyhow::Result<Overrides> {
    let suffix = match &args.suffix {
        Some(suffix) => Some((suffix.clone(), "--suffix".to_owned())),
        None => {
            context_suffix()?.map(|suffix| (suffix, "CDK context `environmentSuffix`".to_owned()))
        }
    };
    Ok(Overrides {
        suffix,
        account: variable("CDK_DEFAULT_ACCOUNT"),
        repository: variable("REPOSITORY"),
        author: variable("COMMIT_AUTHOR"),
    })
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The suffix that was given to the CDK CLI, as in `cdk deploy --context environmentSuffix=prod`. The CLI puts
/// what does not fit into the variable into a file.
fn context_suffix() -> anyhow::Result<Option<String>> {
    let inline = variable(CONTEXT).map(|text| parse_context(CONTEXT, &text)).transpose()?;
    let overflow = variable(CONTEXT_OVERFLOW).map(|path| read_context(&path)).transpose()?;
    let suffixes = [inline, overflow].into_iter().flatten();
    let suffix = suffixes.filter_map(|context| context.get("environmentSuffix").cloned()).next();
    match suffix {
        None => Ok(None),
        Some(serde_json::Value::String(suffix)) => Ok(Some(suffix)),
        Some(other) => Err(WrongInput::new(format!(
            "CDK context `environmentSuffix`: found {other}; allowed: a string such as \"dev\""
        ))
        .into()),
    }
}

const CONTEXT: &str = "CDK_CONTEXT_JSON";
const CONTEXT_OVERFLOW: &str = "CONTEXT_OVERFLOW_LOCATION_ENV";

fn read_context(path: &str) -> anyhow::Result<serde_json::Value> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("cannot read the CDK context `{path}`"))?;
    parse_context(path, &text)
}

fn parse_context(source: &str, text: &str) -> anyhow::Result<serde_json::Value> {
    serde_json::from_str(text).with_context(|| format!("the CDK context `{source}` is not JSON"))
}

fn packages(
    file: &Path,
    topology: &Topology,
) -> anyhow::Result<(Packages, BTreeMap<String, PathBuf>)> {
    let directory = file.parent().unwrap_or_else(|| Path::new(""));
    let mut packages = Packages::new();
    let mut files = BTreeMap::new();
    let recovery = [topology.ledger_function(), topology.runbook_function()];
    for function in topology.functions.iter().chain(&recovery) {
        let path = directory.join(&function.code);
        if let Some(hash) = hash(&path)? {
            packages.insert(function.name.clone(), hash.clone());
            files.insert(hash, path);
        }
    }
    Ok((packages, files))
}

/// SHA-256 of a file in lower-case hex, or none where there is no file.
pub(crate) fn hash(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(hex_digest(&bytes))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(anyhow::Error::new(error)
            .context(format!("cannot read the package `{}`", path.display()))),
    }
}

/// SHA-256 in lower-case hex.
pub(crate) fn hex_digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
