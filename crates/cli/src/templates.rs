//! The templates that a check is about: those of assemblies, single files, or those that our own file makes.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

use cfn::assembly::Files;
use checks::{DocumentFault, MAX_DOCUMENT_BYTES, Parent, Source, assembly};

use crate::failure::{WrongInput, with_hint};

/// What makes a directory an assembly.
const MANIFEST: &str = "manifest.json";

/// The most stacks that are read: as many as an account may have (AWS CloudFormation User Guide, quotas). Stacks that
/// nest each other would never end.
const STACKS_MAX: usize = 2_000;

/// Reads a file of an assembly by its name; `None` where there is none.
type Reader<'r> = dyn Fn(&str) -> anyhow::Result<Option<String>> + 'r;

/// Reads every template that these paths mean. `regions` tells those of single files, of which one may be deployed to
/// several, and of stacks of assemblies that do not say theirs.
pub(crate) fn read(
    paths: &[PathBuf],
    regions: &[(PathBuf, String)],
) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for path in paths {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => sources.extend(of_directory(path)?),
            Ok(_) if regions.iter().any(|(file, _)| file == path) => {}
            Ok(_) => sources.extend(of_file(path, None)?),
            Err(error) => return Err(unreadable(error, path)),
        }
    }
    for (path, region) in regions {
        if !tell(&mut sources, path, region) {
            sources.extend(of_file(path, Some(region))?);
        }
    }
    Ok(sources)
}

/// Tells the Region of the stacks that a path means, where they were read and do not say it; whether there are any.
fn tell(sources: &mut [Source], path: &Path, region: &str) -> bool {
    // Only assemblies say whether a stack is protected.
    let is_meant = |source: &Source| {
        source.termination_protection.is_some() && Path::new(&source.file).starts_with(path)
    };
    let mut is_any = false;
    for source in sources.iter_mut().filter(|source| is_meant(source)) {
        is_any = true;
        source.region.get_or_insert_with(|| region.to_owned());
    }
    is_any
}

/// The templates of files that were not written yet.
pub(crate) fn of_files(files: &Files) -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    of_assembly("", &|name| Ok(files.get(name).cloned()), &mut sources)?;
    Ok(sources)
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
    let mut sources = Vec::new();
    of_assembly(&format!("{}/", folder.trim_end_matches('/')), &on_disk, &mut sources)?;
    Ok(sources)
}

/// Every template of the assembly in a folder, whose name ends with a slash or is empty, and of those inside it.
fn of_assembly(folder: &str, read: &Reader<'_>, sources: &mut Vec<Source>) -> anyhow::Result<()> {
    let file = format!("{folder}{MANIFEST}");
    let text = read(&file)?.ok_or_else(|| missing(&file, "an assembly has"))?;
    let manifest = assembly::manifest(&text).map_err(|fault| wrong(&file, &fault))?;
    for stack in manifest.stacks {
        let path = inside(folder, &stack.file, &file)?;
        let text = read(&path)?.ok_or_else(|| missing(&path, &format!("`{file}` names")))?;
        add(folder, Source { text, file: path, ..stack }, read, sources)?;
    }
    for assembly in manifest.assemblies {
        let deeper = inside(folder, &assembly, &file)?;
        of_assembly(&format!("{deeper}/"), read, sources)?;
    }
    Ok(())
}

/// A stack, and those that are nested in it.
fn add(
    folder: &str,
    stack: Source,
    read: &Reader<'_>,
    sources: &mut Vec<Source>,
) -> anyhow::Result<()> {
    if sources.len() >= STACKS_MAX {
        let what = format!("there are more than {STACKS_MAX} stacks: perhaps some nest each other");
        return Err(WrongInput::new(format!("{}: {what}", stack.file)).into());
    }
    let nested = nested(folder, &stack, read)?;
    sources.push(stack);
    nested.into_iter().try_for_each(|nested| add(folder, nested, read, sources))
}

/// The stacks that are nested in a stack, and whose templates are here.
fn nested(folder: &str, parent: &Source, read: &Reader<'_>) -> anyhow::Result<Vec<Source>> {
    // Most templates have none, and are parsed once only.
    if !parent.text.contains("AWS::CloudFormation::Stack") {
        return Ok(Vec::new());
    }
    let template = checks::parse(&parent.text).map_err(|fault| wrong(&parent.file, &fault))?;
    let mut sources = Vec::new();
    for nested in assembly::nested(&template) {
        let name = nested.file.trim_start_matches("./");
        let Ok(file) = inside(folder, name, &parent.file) else { continue };
        let Some(text) = read(&file)? else { continue };
        sources.push(Source {
            name: format!("{}/{}", parent.name, nested.resource),
            // A deployment names it.
            stack_name: String::new(),
            parent: Some(Parent { stack: parent.name.clone(), resource: nested.resource }),
            file,
            text,
            ..parent.clone()
        });
    }
    Ok(sources)
}

/// A file of an assembly, which does not lead out of it.
fn inside(folder: &str, name: &str, named_by: &str) -> anyhow::Result<String> {
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    if !name.is_empty() && Path::new(name).components().all(is_plain) {
        return Ok(format!("{folder}{name}"));
    }
    Err(WrongInput::new(format!("{named_by}: `{name}` is no file of this folder")).into())
}

/// A single template and those nested in it. A stack is called as its file; with its Region, because one file may be
/// deployed to several.
fn of_file(path: &Path, region: Option<&String>) -> anyhow::Result<Vec<Source>> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let stem = stem.trim_end_matches(".template");
    let file = path.display().to_string();
    let text = on_disk(&file)?.ok_or_else(|| unreadable(ErrorKind::NotFound.into(), path))?;
    let folder = file.rfind('/').map_or("", |end| &file[..=end]).to_owned();
    let stack = Source {
        text,
        name: region.map_or_else(|| stem.to_owned(), |region| format!("{stem}-{region}")),
        region: region.cloned(),
        file,
        ..Source::default()
    };
    let mut sources = Vec::new();
    add(&folder, stack, &on_disk, &mut sources)?;
    Ok(sources)
}

/// The text of a file on disk, no more of it than a template may have.
fn on_disk(name: &str) -> anyhow::Result<Option<String>> {
    let path = Path::new(name);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error, path)),
    };
    let mut bytes = Vec::new();
    let most = u64::try_from(MAX_DOCUMENT_BYTES).unwrap_or(u64::MAX);
    file.take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(error, path))?;
    let text = checks::text(&bytes).map_err(|fault| wrong(name, &fault))?;
    Ok(Some(text.to_owned()))
}

fn missing(file: &str, who: &str) -> WrongInput {
    WrongInput::new(format!("there is no `{file}`, which {who}"))
}

fn unreadable(error: std::io::Error, path: &Path) -> anyhow::Error {
    let name = path.display();
    match error.kind() {
        ErrorKind::NotFound => with_hint(
            format!("there is no `{name}`"),
            "name an assembly such as `cdk.out`, or templates with `--region FILE=REGION`",
        ),
        ErrorKind::IsADirectory => with_hint(
            format!("`{name}` is a directory, and no stack of it is judged"),
            format!("name it as an assembly too: `tideover check {name} --region {name}=REGION`"),
        ),
        _ => anyhow::Error::new(error).context(format!("cannot read `{name}`")),
    }
}

/// A fault of a document with its place.
pub(crate) fn wrong(file: &str, fault: &DocumentFault) -> WrongInput {
    let line = fault.line.map(|line| format!(":{line}")).unwrap_or_default();
    WrongInput::new(format!("{file}{line}: {}", fault.what))
}
