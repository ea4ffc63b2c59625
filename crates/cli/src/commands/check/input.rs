//! What a check is about: templates, and what is said about them.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use cfn::assembly::Files;
use checks::{Date, Settings, Source};
use topology::{Fault, Home, Topology};

use crate::args::{CheckArgs, FILE};
use crate::failure::{WrongInput, with_hint};
use crate::{input, templates};

/// What a check allows of our design, with the reasons, where nobody has said otherwise; our own file is the example.
pub(in crate::commands) const SHIPPED: &str = include_str!("../../../../../tideover-check.toml");

/// Where the CDK CLI puts an assembly.
const CDK_OUT: &str = "cdk.out";

pub(super) struct Input {
    pub(super) sources: Vec<Source>,
    pub(super) settings: Settings,
}

pub(super) fn read(args: &CheckArgs) -> anyhow::Result<Input> {
    let named = args.settings.as_deref();
    if let Some(sources) = anybodys(args)? {
        return Ok(Input { sources, settings: settings(named, Path::new(""), "")? });
    }
    let input::Input { topology, packages, .. } = input::read(&args.input)?;
    let stacks = stacks::stacks(&topology, &packages);
    let files = cfn::assembly::render(&stacks).map_err(WrongInput::new)?;
    own(&topology, &files, &args.input.file, named)
}

/// The templates that are named, or those that the CDK CLI has left where there is no file of ours.
fn anybodys(args: &CheckArgs) -> anyhow::Result<Option<Vec<Source>>> {
    if !args.paths.is_empty() || !args.regions.is_empty() {
        return templates::read(&args.paths, &args.regions).map(Some);
    }
    if args.input.file == Path::new(FILE) && !args.input.file.exists() {
        return templates::read(&[cdk_out()?], &[]).map(Some);
    }
    Ok(None)
}

/// The assembly that the CDK CLI has left here.
fn cdk_out() -> anyhow::Result<PathBuf> {
    let directory = PathBuf::from(CDK_OUT);
    if directory.is_dir() {
        return Ok(directory);
    }
    Err(with_hint(
        format!("there is neither `{FILE}` nor `{CDK_OUT}` in this directory"),
        "name an assembly or templates, `tideover check PATH`, or type `tideover init` for a system of yours",
    ))
}

/// What a file makes: it says the roles, what is promised, and how long a lease is. Settings that are not named stand
/// beside it.
pub(super) fn own(
    topology: &Topology,
    files: &Files,
    file: &Path,
    named: Option<&Path>,
) -> anyhow::Result<Input> {
    let settings = settings(named, file.parent().unwrap_or(Path::new("")), SHIPPED)?;
    Ok(Input { sources: templates::of_files(files)?, settings: completed(settings, topology) })
}

/// The settings with what the file says; what the settings say of times wins.
fn completed(settings: Settings, topology: &Topology) -> Settings {
    let timing = fence::Timing::default();
    let lease = timing.lease_length.plus(timing.clock_bound).0.div_ceil(1_000);
    let mut budget = settings.budget;
    budget.lease_seconds = budget.lease_seconds.or(u32::try_from(lease).ok());
    Settings {
        primary: Some(topology.region(Home::Primary).name().to_owned()),
        standby: Some(topology.region(Home::Standby).name().to_owned()),
        rto_seconds: settings.rto_seconds.or(Some(topology.objectives.rto_seconds)),
        budget,
        ..settings
    }
}

/// The settings that are named, or those in this folder, or the usual ones.
fn settings(named: Option<&Path>, folder: &Path, usual: &str) -> anyhow::Result<Settings> {
    let file = named.map_or_else(|| folder.join(Settings::FILE_NAME), Path::to_path_buf);
    let name = file.display().to_string();
    let (text, name) = match fs::read_to_string(&file) {
        Ok(text) => (text, name),
        Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => {
            (usual.to_owned(), format!("{} as shipped", Settings::FILE_NAME))
        }
        Err(error) => {
            return Err(anyhow::Error::new(error).context(format!("cannot read `{name}`")));
        }
    };
    Ok(Settings { today: today(), ..Settings::parse(&text, &name).map_err(wrong)? })
}

fn wrong(faults: Vec<Fault>) -> WrongInput {
    WrongInput::new(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

/// The day that allowances end on is compared with.
fn today() -> Option<Date> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Date::of_days_since_1970(i64::try_from(since.as_secs() / 86_400).ok()?)
}
