//! Keys of reports: made, read, and used to check who signed one.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _, stderr, stdout};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use cloud::{KmsFailure, KmsKey};
use region::Trust;
use report::{Key, NotSigned, PublicKey, signed_line, verify, verify_line};
use serde_json::Value;
use service::Source;

use crate::args::Signer;
use crate::commands::deploy::aws;
use crate::failure::{Ended, WrongInput, with_hint};
use crate::live::reached::block_on;

/// The files that say who signed a report.
pub(super) const FILES: [&str; 4] =
    ["report.json.sig", "report.json.sha256", "report.json.sha256.sig", "report.pub"];
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

/// The files that say who signed a report: its signature and the public key. KMS signs the line that `sha256sum` prints
/// of the report, which is kept as well.
pub(super) fn signed(by: &Signer, report: &[u8]) -> anyhow::Result<Vec<(&'static str, Vec<u8>)>> {
    match by {
        Signer::File(file) => {
            let key = read(file)?;
            let signature = key.sign(report).to_vec();
            Ok(vec![("report.json.sig", signature), ("report.pub", key.public().pem().into())])
        }
        Signer::Kms(key) => {
            let line = signed_line("report.json", report);
            let (signature, public) = block_on(by_kms(key, line.as_bytes()))?;
            let public = public.pem().into_bytes();
            Ok(vec![
                ("report.json.sha256", line.into_bytes()),
                ("report.json.sha256.sig", signature),
                ("report.pub", public),
            ])
        }
    }
}

/// What KMS signs, checked before anybody relies on it, and the public key.
async fn by_kms(key: &KmsKey, line: &[u8]) -> anyhow::Result<(Vec<u8>, PublicKey)> {
    let public = kms_public(key).await?;
    let signature = key.sign(&aws(key.region()), &trust(), line).await.map_err(kms_hint)?;
    verify(line, &signature, &public)
        .map_err(|fault| anyhow!("what KMS signed with `{key}` does not hold: {fault}"))?;
    Ok((signature, public))
}

async fn kms_public(key: &KmsKey) -> anyhow::Result<PublicKey> {
    let bytes = key.public_key(&aws(key.region()), &trust()).await.map_err(kms_hint)?;
    let hint = "make it with the key spec ECC_NIST_EDWARDS25519";
    Ok(PublicKey::from_der(&bytes)
        .map_err(|fault| WrongInput { faults: format!("`{key}`: {fault}"), hint: Some(hint) })?)
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn kms_hint(failure: KmsFailure) -> anyhow::Error {
    let hint = "the key needs the key spec ECC_NIST_EDWARDS25519, and you `kms:Sign` and `kms:GetPublicKey` on it";
    with_hint(failure.to_string(), hint)
}

/// Without authorities nobody is believed, and the connection says so.
fn trust() -> Trust {
    Trust::native().unwrap_or_else(|_| Trust::nobody())
}

/// The private key of a file.
fn read(file: &Path) -> anyhow::Result<Key> {
    let key = Key::from_pem(&text(file)?);
    Ok(key.map_err(|fault| wrong(file, &fault, "`tideover report --new-key FILE` makes one"))?)
}

/// The public key that is meant.
fn public(key: &Signer) -> anyhow::Result<PublicKey> {
    match key {
        Signer::Kms(key) => block_on(kms_public(key)),
        Signer::File(file) => Ok(PublicKey::from_pem(&text(file)?).map_err(|fault| {
            wrong(file, &fault, "`tideover report --new-key` prints the public key")
        })?),
    }
}

/// Checks that a report is as the owner of a key signed it.
pub(super) fn check(
    file: &Path,
    signature: Option<&Path>,
    public_key: &Signer,
) -> anyhow::Result<()> {
    let (key, report) = (public(public_key)?, bytes(file)?);
    let name = file.display();
    verified(file, &report, signature, &key)?.map_err(|fault| Ended {
        code: NOT_SIGNED,
        error: format!("`{name}`: {fault}"),
        hint: "ask whoever gave you the report for what they signed, and with which key".to_owned(),
    })?;
    let report: Value = serde_json::from_slice(&report).unwrap_or_default();
    let (run, status) = (&report["run"]["id"], &report["run"]["status"]);
    let text = match (run.as_str(), status.as_str()) {
        (Some(run), Some(status)) => format!("run {run}, {status}"),
        _ => "it is no report of a run".to_owned(),
    };
    Ok(writeln!(stdout().lock(), "`{name}` is as it was signed by that key: {text}")?)
}

/// Whether a signature holds: the one that was named, or else any that lies beside the report.
fn verified(
    file: &Path,
    report: &[u8],
    signature: Option<&Path>,
    key: &PublicKey,
) -> anyhow::Result<Result<(), NotSigned>> {
    if let Some(signature) = signature {
        return by_signature(report, signature, key);
    }
    let (of_report, of_line) = (behind(file, ".sig"), behind(file, ".sha256.sig"));
    if !of_line.is_file() {
        return by_signature(report, &of_report, key);
    }
    let by_line = by_signature(report, &of_line, key)?;
    if by_line.is_ok() || !of_report.is_file() {
        return Ok(by_line);
    }
    by_signature(report, &of_report, key)
}

/// Whether this signature holds: of the report, or of the line about it where that is what was signed.
fn by_signature(
    report: &[u8],
    signature: &Path,
    key: &PublicKey,
) -> anyhow::Result<Result<(), NotSigned>> {
    let signed = bytes(signature)?;
    if signature.to_string_lossy().ends_with(".sha256.sig") {
        let line = bytes(&signature.with_extension(""))?;
        return Ok(verify_line(report, &line, &signed, key));
    }
    Ok(verify(report, &signed, key))
}

/// The file with this behind its name.
fn behind(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
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
