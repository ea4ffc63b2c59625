//! What can be typed to judge a pair of Regions, and to read about a rule.

use std::path::PathBuf;

use clap::ValueEnum;

use super::InputArgs;

#[derive(Debug, clap::Args)]
#[command(after_help = CHECK_HELP)]
pub(crate) struct CheckArgs {
    /// Assemblies (directories with a manifest.json) and templates in JSON or YAML. Without any, what tideover.toml
    /// makes is judged, or the assembly in cdk.out where there is no tideover.toml
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// The Region of a template, once for each that it is deployed to; of a stack of an assembly, or of all its
    /// stacks, where the assembly does not say it
    #[arg(long = "region", value_name = "FILE=REGION", value_parser = file_and_region)]
    pub(crate) regions: Vec<(PathBuf, String)>,
    /// Which Regions form the pair, what is allowed and why, and what is promised; by default tideover-check.toml,
    /// where it is there
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,
    /// Findings that were there before: they are counted, and count as little as allowed ones
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write what is found now as a baseline, and count nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "validation_report"])]
    pub(crate) write_baseline: Option<PathBuf>,
    /// The least severity that gives exit code 5
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "SEVERITY")]
    pub(crate) fail_on: FailOn,
    /// How to write the report
    #[arg(long, value_enum, default_value_t = ReportForm::Text)]
    pub(crate) output: ReportForm,
    /// End with exit code 5 where no pair of Regions is found, too
    #[arg(long)]
    pub(crate) require_pair: bool,
    /// Say which Regions and stacks were taken for a pair, and why, and judge nothing
    #[arg(long)]
    pub(crate) explain_pairing: bool,
    /// Write everything: every place of a finding, what is allowed or known, and what could not be judged, and why
    #[arg(long)]
    pub(crate) full: bool,
    /// Write validation-report.json into the one assembly that is named, so that `cdk synth --app DIR` fails on what
    /// counts
    #[arg(long)]
    pub(crate) validation_report: bool,
}

/// From which severity on findings count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Blockers only
    Blocker,
    /// Errors too
    Error,
    /// Warnings too
    Warning,
}

/// Forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportForm {
    /// For people: by what is lost, and when
    Text,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
}

#[derive(Debug, clap::Args)]
#[command(after_help = EXPLAIN_HELP)]
pub(crate) struct ExplainArgs {
    /// The rule's code, such as r53-stop-pattern; without it, all rules are listed
    #[arg(value_name = "RULE")]
    pub(crate) rule: Option<String>,
    /// How to write the page
    #[arg(long, value_enum, default_value_t = PageForm::Text)]
    pub(crate) output: PageForm,
}

/// Forms of a rule's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PageForm {
    /// For people
    Text,
    /// For programs
    Json,
    /// As in docs/rules
    Markdown,
}

fn file_and_region(text: &str) -> Result<(PathBuf, String), String> {
    let (file, region) =
        text.rsplit_once('=').ok_or("write FILE=REGION, such as standby.yaml=us-east-2")?;
    if !checks::is_region_name(region) {
        return Err(format!("`{region}` is no AWS Region; write one such as us-east-2"));
    }
    Ok((PathBuf::from(file), region.to_owned()))
}

const CHECK_HELP: &str = "\
Unknown is a third value: what only a deployment could tell is not reported but counted; --full lists it.

Exit codes:
  0  nothing that counts was found
  1  something outside failed: a file cannot be read or written
  2  the command line is wrong
  3  a template, tideover.toml, the settings or the baseline is wrong
  5  something that counts was found: of the severity of --fail-on or graver, neither allowed nor in the baseline

Examples:
  tideover check                            the system of tideover.toml
  tideover check cdk.out                    anybody's CDK assembly
  tideover check --region main.yaml=eu-west-1 --region dr.yaml=eu-central-1
  tideover check cdk.out --explain-pairing  what was taken for the pair, and why
  tideover check --output sarif > check.sarif
  tideover explain r53-stop-pattern         what a rule wants, why, and what to change
";

const EXPLAIN_HELP: &str = "\
Examples:
  tideover explain                     every rule, with its severity
  tideover explain r53-stop-pattern    the page of one
";
