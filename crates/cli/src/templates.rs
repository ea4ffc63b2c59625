//! The templates that a check is about: those of assemblies, single files, or those that our own file makes.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::Context;
use cfn::assembly::Files;
use checks::{DocumentFault, Parent, Source, assembly};

use crate::failure::{WrongInput, with_hint};

/// What makes a directory an assembly.
const MANIFEST: &str = "manifest.json";

/// Reads every template that these paths mean; `regions` tells those of single files, of which one may be deployed
/// to several.
pub(crate) fn read(
    paths: &[PathBuf],
    regions: &[(PathBuf, String)],
) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for path in paths.iter().filter(|path| regions.iter().all(|(file, _)| file != *path)) {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => sources.extend(of_directory(path)?),
            Ok(_) => sources.push(of_file(path, None)?),
            Err(error) => return Err(unreadable(error, path)),
        }
    }
    for (file, region) in regions {
        sources.push(of_file(file, Some(region))?);
    }
    Ok(sources)
}

/// The templates of files that were not written yet.
pub(crate) fn of_files(files: &Files) -> anyhow::Result<Vec<Source>> {
    let read =
        |name: &str| files.get(name).cloned().with_context(|| format!("there is no `{name}`"));
    of_assembly("", &read)
}

/// A directory that the CDK or tideover made.
fn of_directory(directory: &Path) -> anyhow::Result<Vec<Source>> {
    if !directory.join(MANIFEST).is_file() {
        return Err(with_hint(
            format!("`{}` is no assembly: there is no `{MANIFEST}` in it", directory.display()),
            "type `cdk synth` to make one in `cdk.out`, or name the templates: `tideover check --region \
             FILE=us-east-1 --region FILE=us-east-2`",
        ));
    }
    let folder = directory.display().to_string();
    of_assembly(&format!("{}/", folder.trim_end_matches('/')), &|name| text(Path::new(name)))
}

/// Every template of the assembly in a folder, whose name ends with a slash or is empty, and of those inside it.
fn of_assembly(
    folder: &str,
    read: &dyn Fn(&str) -> anyhow::Result<String>,
) -> anyhow::Result<Vec<Source>> {
    let file = format!("{folder}{MANIFEST}");
    let manifest = assembly::manifest(&read(&file)?).map_err(|fault| wrong(&file, &fault))?;
    let mut sources = Vec::new();
    for stack in manifest.stacks {
        let file = format!("{folder}{}", stack.file);
        let stack = Source { text: read(&file)?, file, ..stack };
        let nested = nested(folder, &stack, read)?;
        sources.push(stack);
        sources.extend(nested);
    }
    for inside in manifest.assemblies {
        sources.extend(of_assembly(&format!("{folder}{inside}/"), read)?);
    }
    Ok(sources)
}

/// The nested stacks of a stack, and theirs.
fn nested(
    folder: &str,
    parent: &Source,
    read: &dyn Fn(&str) -> anyhow::Result<String>,
) -> anyhow::Result<Vec<Source>> {
    // Most templates have none, and are parsed once only.
    if !parent.text.contains("AWS::CloudFormation::Stack") {
        return Ok(Vec::new());
    }
    let template = checks::parse(&parent.text).map_err(|fault| wrong(&parent.file, &fault))?;
    let mut sources = Vec::new();
    for nested in assembly::nested(&template) {
        let file = format!("{folder}{}", nested.file);
        let name = format!("{}/{}", parent.name, nested.resource);
        let within = Parent { stack: parent.name.clone(), resource: nested.resource };
        let stack =
            Source { text: read(&file)?, file, name, parent: Some(within), ..parent.clone() };
        let more = self::nested(folder, &stack, read)?;
        sources.push(stack);
        sources.extend(more);
    }
    Ok(sources)
}

/// A stack is called as its file; with its Region, because one file may be deployed to several.
fn of_file(path: &Path, region: Option<&String>) -> anyhow::Result<Source> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let stem = stem.trim_end_matches(".template");
    Ok(Source {
        file: path.display().to_string(),
        text: text(path)?,
        name: region.map_or_else(|| stem.to_owned(), |region| format!("{stem}-{region}")),
        stack_name: stem.to_owned(),
        region: region.cloned(),
        ..Source::default()
    })
}

fn text(path: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(path).map_err(|error| unreadable(error, path))?;
    let text = checks::text(&bytes).map_err(|fault| wrong(&path.display().to_string(), &fault))?;
    Ok(text.to_owned())
}

fn unreadable(error: std::io::Error, path: &Path) -> anyhow::Error {
    let name = path.display();
    match error.kind() {
        ErrorKind::NotFound => with_hint(
            format!("there is no `{name}`"),
            "name an assembly such as `cdk.out`, or templates with `--region FILE=REGION`",
        ),
        _ => anyhow::Error::new(error).context(format!("cannot read `{name}`")),
    }
}

/// A fault of a document with its place.
pub(crate) fn wrong(file: &str, fault: &DocumentFault) -> WrongInput {
    let line = fault.line.map(|line| format!(":{line}")).unwrap_or_default();
    WrongInput::new(format!("{file}{line}: {}", fault.what))
}
