//! Keys of reports: made, read, and used to check who signed one.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _, stderr, stdout};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use report::{Key, PublicKey, verify};
use serde_json::Value;
use service::Source;

use crate::failure::{Ended, WrongInput, with_hint};

/// Only its owner reads and writes it.
const OWNER_ONLY: u32 = 0o600;
/// The exit code of a report that is not as it was signed.
const NOT_SIGNED: u8 = 5;

/// Makes a private key in a new file, and prints the public one.
pub(super) fn make(file: &Path) -> anyhow::Result<()> {
    let name = file.display();
    let opened = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(file);
    let mut opened = opened.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => with_hint(
            format!("`{name}` is there, and a key is never replaced"),
            "name another file: what the old key signed is checked with the old public key",
        ),
        _ => anyhow::Error::new(error).context(format!("cannot make `{name}`")),
    })?;
    let seed = random();
    let written = opened.write_all(Key::pem_of(seed).as_bytes()).and_then(|()| opened.sync_all());
    written.with_context(|| format!("cannot write `{name}`"))?;
    writeln!(stderr().lock(), "`{name}` signs reports: keep it where nobody else reads it")?;
    Ok(stdout().lock().write_all(Key::from_random(seed).public().pem().as_bytes())?)
}

fn random() -> [u8; 32] {
    let source = Source::system();
    let mut seed = [0; 32];
    let (one, other) = seed.split_at_mut(16);
    one.copy_from_slice(&source.bits().to_be_bytes());
    other.copy_from_slice(&source.bits().to_be_bytes());
    seed
}

/// The private key of a file.
pub(super) fn read(file: &Path) -> anyhow::Result<Key> {
    let key = Key::from_pem(&text(file)?);
    Ok(key.map_err(|fault| wrong(file, &fault, "`tideover report --new-key FILE` makes one"))?)
}

/// Checks that a report is as the owner of a key signed it.
pub(super) fn check(
    file: &Path,
    signature: Option<&Path>,
    public_key: &Path,
) -> anyhow::Result<()> {
    let key = PublicKey::from_pem(&text(public_key)?).map_err(|fault| {
        wrong(public_key, &fault, "`tideover report --new-key` prints the public key")
    })?;
    let signature = signature.map_or_else(|| beside(file), Path::to_owned);
    let (bytes, signature) = (bytes(file)?, bytes(&signature)?);
    let name = file.display();
    verify(&bytes, &signature, &key).map_err(|fault| Ended {
        code: NOT_SIGNED,
        error: format!("`{name}`: {fault}"),
        hint: "ask whoever gave you the report for what they signed, and with which key".to_owned(),
    })?;
    let report: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let (run, status) = (&report["run"]["id"], &report["run"]["status"]);
    let text = match (run.as_str(), status.as_str()) {
        (Some(run), Some(status)) => format!("run {run}, {status}"),
        _ => "it is no report of a run".to_owned(),
    };
    Ok(writeln!(stdout().lock(), "`{name}` is as it was signed by that key: {text}")?)
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".sig");
    PathBuf::from(name)
}

fn bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))
}

fn text(file: &Path) -> anyhow::Result<String> {
    let text = String::from_utf8(bytes(file)?);
    Ok(text.map_err(|_| WrongInput::new(format!("`{}` is no text", file.display())))?)
}

fn wrong(file: &Path, fault: &report::NoKey, hint: &'static str) -> WrongInput {
    WrongInput { faults: format!("`{}`: {fault}", file.display()), hint: Some(hint) }
}
