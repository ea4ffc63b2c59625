//! What can be typed to report on a run, to sign reports, and to check who signed one.

use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;
use cloud::{KmsKey, NoKmsKey};

use super::{InputArgs, OnArgs};

#[derive(Debug, clap::Args)]
#[command(after_help = REPORT_HELP)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) on: OnArgs,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// The run, of those that `tideover runs` lists
    #[arg(value_name = "RUN", required_unless_present_any = ["journal", "new_key", "verify"])]
    pub(crate) run: Option<String>,
    /// A journal that was kept, one entry on each line, instead of a run that is to be asked for
    #[arg(long, value_name = "FILE", conflicts_with = "run")]
    pub(crate) journal: Option<PathBuf>,
    /// What else is known, as JSON: API calls, DNS, alarms, payments, templates. docs/report.md has its members
    #[arg(long, value_name = "FILE")]
    pub(crate) known: Option<PathBuf>,
    /// An assembly whose templates the system was deployed from: the report has their hashes
    #[arg(long, value_name = "DIR")]
    pub(crate) assembly: Option<PathBuf>,
    /// How to print the report
    #[arg(long, value_enum, default_value_t = Paper::Text)]
    pub(crate) output: Paper,
    /// Folder to write the report to, in every form and with the journal, instead of printing it
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// What signs report.json: the file of a private key, or `kms:ARN` for an Ed25519 key of KMS
    #[arg(long, value_name = "KEY", requires = "out")]
    pub(crate) key: Option<Signer>,
    /// Make a private key in this file, which its owner alone can read, and print the public one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["run", "journal", "verify"])]
    pub(crate) new_key: Option<PathBuf>,
    /// Check that a report was signed by a key, and has not been changed since
    #[arg(long, value_name = "FILE", requires = "public_key", conflicts_with_all = ["run", "journal"])]
    pub(crate) verify: Option<PathBuf>,
    /// File of the public key, or `kms:ARN` to ask KMS for it
    #[arg(long, value_name = "KEY", requires = "verify")]
    pub(crate) public_key: Option<Signer>,
    /// File of the signature [default: the report's with `.sig` or `.sha256.sig` behind it]
    #[arg(long, value_name = "FILE", requires = "verify")]
    pub(crate) signature: Option<PathBuf>,
}

/// Where a key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Signer {
    /// In a file.
    File(PathBuf),
    /// In KMS.
    Kms(KmsKey),
}

impl FromStr for Signer {
    type Err = NoKmsKey;

    fn from_str(text: &str) -> Result<Self, NoKmsKey> {
        match text.strip_prefix("kms:") {
            Some(arn) => arn.parse().map(Self::Kms),
            None => Ok(Self::File(text.into())),
        }
    }
}

/// Forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Paper {
    /// For people, here
    Text,
    /// For programs: this is what is signed
    Json,
    /// For people, to be kept beside other documents
    Markdown,
    /// One page that needs nothing else, for screens and paper
    Html,
}

const REPORT_HELP: &str = "\
Exit codes:
  0  done; with --verify: the report is as it was signed
  1  something outside failed: a file, KMS, or the two Regions
  2  the command line is wrong
  3  a file is not what it should be: the journal, the key, what is known, tideover.toml
  5  with --verify: the report is not as it was signed, or somebody else signed it

Examples:
  tideover report failover-1a2b3c4d                    as text; in AWS, or on what `tideover up` runs
  tideover report failover-1a2b3c4d --output html > run.html
  tideover report --new-key auditor.pem > auditor.pub  once
  tideover report failover-1a2b3c4d --out evidence --key auditor.pem
  tideover report failover-1a2b3c4d --out evidence --key kms:arn:aws:kms:us-east-2:111122223333:key/…
  tideover report --verify evidence/report.json --public-key auditor.pub
  tideover report --journal evidence/journal.jsonl     from a journal that was kept
";
