//! `tideover check`: the pair of Regions judged before it is deployed.

mod input;

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::Context;
use cfn::assembly::Files;
use checks::output::{self, Colour, Detail, Lines, TextOptions};
use checks::{Baseline, Design, Report, Severity, Source, Unreadable};
use serde_json::json;
use topology::Topology;

use crate::args::{CheckArgs, FailOn, ReportForm};
use crate::failure::{Ended, WrongInput};
use crate::{templates, terminal, whole_file};

pub(super) use self::input::SHIPPED;

pub(crate) fn check(args: &CheckArgs) -> anyhow::Result<()> {
    let input::Input { sources, settings } = input::read(args)?;
    let design = Design::new(&sources, settings).map_err(|faults| unreadable(&faults))?;
    let faults = design.pairing().faults();
    if !faults.is_empty() {
        return Err(WrongInput::new(faults.join("\n")).into());
    }
    if args.explain_pairing {
        return explain(args, &design);
    }
    let report = checks::check(&design);
    if let Some(file) = &args.write_baseline {
        return write_baseline(file, &report);
    }
    let report = match &args.baseline {
        Some(file) => report.compare(&baseline(file)?),
        None => report,
    };
    let lines = Lines::find(&report, &sources);
    if args.validation_report {
        write_validation_report(args, &report)?;
    }
    print(args, &report, &lines)?;
    verdict(args, &report, &sources)
}

/// What is found in the templates that a file makes; its settings stand beside it.
pub(super) fn own(topology: &Topology, files: &Files, file: &Path) -> anyhow::Result<Report> {
    let input::Input { sources, settings } = input::own(topology, files, file, None)?;
    let design = Design::new(&sources, settings).map_err(|faults| unreadable(&faults))?;
    Ok(checks::check(&design))
}

fn unreadable(faults: &[Unreadable]) -> WrongInput {
    let lines = faults.iter().map(|fault| templates::wrong(&fault.file, &fault.fault).faults);
    WrongInput::new(lines.collect::<Vec<_>>().join("\n"))
}

fn explain(args: &CheckArgs, design: &Design) -> anyhow::Result<()> {
    let lines = design.pairing().explained(design.stacks());
    let text = match args.output {
        ReportForm::Json => format!("{:#}\n", json!({"pairing": lines})),
        ReportForm::Text | ReportForm::Sarif | ReportForm::Github => lines.join("\n") + "\n",
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

fn baseline(file: &Path) -> anyhow::Result<Baseline> {
    let name = file.display();
    let text = fs::read_to_string(file).with_context(|| format!("cannot read `{name}`"))?;
    let wrong = |fault| WrongInput {
        hint: Some("type `tideover check --write-baseline FILE` to write one"),
        ..WrongInput::new(format!("{name}: {:#}", anyhow::Error::new(fault)))
    };
    Ok(Baseline::parse(&text).map_err(wrong)?)
}

fn write_baseline(file: &Path, report: &Report) -> anyhow::Result<()> {
    let (name, baseline) = (file.display(), Baseline::of(report));
    whole_file::replace(file, baseline.to_json().as_bytes())?;
    let count = baseline.len();
    writeln!(
        std::io::stderr().lock(),
        "wrote {count} findings to `{name}`; next: `tideover check --baseline {name}` finds what is new"
    )?;
    Ok(())
}

fn print(args: &CheckArgs, report: &Report, lines: &Lines) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    let text = match args.output {
        ReportForm::Text => output::text(report, lines, options(args)),
        ReportForm::Json => output::json(report, lines),
        ReportForm::Sarif => output::sarif(report, lines),
        ReportForm::Github => output::github(report, lines),
    };
    stdout.write_all(text.as_bytes())?;
    Ok(())
}

fn options(args: &CheckArgs) -> TextOptions {
    TextOptions { detail: if args.full { Detail::Full } else { Detail::Brief }, colour: colour() }
}

/// With colours where they are wanted.
pub(super) fn colour() -> Colour {
    if terminal::is_coloured() { Colour::Ansi } else { Colour::Plain }
}

/// The report stands in the assembly when the CDK CLI reads it; what others said there stays.
fn write_validation_report(args: &CheckArgs, report: &Report) -> anyhow::Result<()> {
    let [directory] = args.paths.as_slice() else {
        return Err(WrongInput::new(
            "`--validation-report` wants one assembly: `tideover check cdk.out`",
        )
        .into());
    };
    let file = directory.join(output::VALIDATION_REPORT_FILE);
    let name = file.display().to_string();
    let now = match fs::read_to_string(&file) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => {
            return Err(anyhow::Error::new(error).context(format!("cannot read `{name}`")));
        }
    };
    let text = output::validation_report(report, least(args.fail_on), now.as_deref())
        .with_context(|| name)?;
    whole_file::replace(&file, text.as_bytes())
}

fn least(fail_on: FailOn) -> Severity {
    match fail_on {
        FailOn::Blocker => Severity::Blocker,
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
    }
}

/// What counts ends with a code of its own.
fn verdict(args: &CheckArgs, report: &Report, sources: &[Source]) -> anyhow::Result<()> {
    if sources.iter().any(|source| source.region.is_none()) {
        let note =
            "note: the Region of some templates is not known; name it with `--region FILE=REGION`";
        writeln!(std::io::stderr().lock(), "{note}")?;
    }
    let least = least(args.fail_on);
    if args.require_pair && report.regions.is_none() {
        return Err(Ended {
            code: 5,
            error: "no pair of Regions was found".to_owned(),
            hint: "type `tideover check --explain-pairing` for why, and name both under `[regions]` in \
                   tideover-check.toml"
                .to_owned(),
        }
        .into());
    }
    let counted = report.findings.iter().filter(|finding| finding.severity <= least).count();
    if counted == 0 {
        return Ok(());
    }
    let word = if counted == 1 { "finding counts" } else { "findings count" };
    Err(Ended {
        code: 5,
        error: format!("{counted} {word}"),
        hint: "type `tideover explain RULE` for what a rule wants; what is a decision is allowed with its reason \
               in tideover-check.toml"
            .to_owned(),
    }
    .into())
}
