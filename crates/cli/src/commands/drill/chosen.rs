//! The scenarios that were asked for, shipped or from files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use drill::{Scenario, nearest_shipped, parse, shipped};

use crate::failure::{Ended, WrongInput};

/// A scenario that is to be played.
pub(super) struct Chosen {
    pub(super) scenario: Scenario,
    /// What to type after `--scenario` to choose it again.
    pub(super) argument: String,
}

/// Those that were named, or all that are shipped. Everything wrong in the files is listed at once.
pub(super) fn chosen(names: &[String]) -> anyhow::Result<Vec<Chosen>> {
    if names.is_empty() {
        return Ok(shipped().iter().map(|(name, text)| of_shipped(name, text)).collect());
    }
    let mut chosen = Vec::new();
    let mut faults = Vec::new();
    for name in names {
        match one(name)? {
            Ok(scenario) => chosen.push(Chosen { scenario, argument: name.clone() }),
            Err(mistakes) => faults.extend(mistakes),
        }
    }
    if faults.is_empty() { Ok(chosen) } else { Err(WrongInput::new(faults.join("\n")).into()) }
}

fn of_shipped(name: &str, text: &str) -> Chosen {
    let scenario = parse(name, text).expect("a test reads every shipped scenario");
    Chosen { scenario, argument: name.to_owned() }
}

/// A shipped name goes before a file of that name, so that it means the same in every folder.
fn one(name: &str) -> anyhow::Result<Result<Scenario, Vec<String>>> {
    if let Some((name, text)) = shipped().iter().find(|(shipped, _)| *shipped == name) {
        return Ok(Ok(of_shipped(name, text).scenario));
    }
    let file = PathBuf::from(name);
    if file.components().count() > 1 || file.extension().is_some() || file.exists() {
        return read(&file);
    }
    let hint = match nearest_shipped(name) {
        Some(nearest) => {
            format!("did you mean `{nearest}`? `tideover drill --list` names all of them")
        }
        None => "`tideover drill --list` names all of them; a file of your own needs its ending"
            .to_owned(),
    };
    let error = format!("no scenario `{name}` is shipped, and there is no such file");
    Err(Ended { code: 2, error, hint }.into())
}

fn read(file: &Path) -> anyhow::Result<Result<Scenario, Vec<String>>> {
    let path = file.display();
    let bytes = fs::read(file).with_context(|| format!("cannot read `{path}`"))?;
    let Ok(text) = String::from_utf8(bytes) else {
        return Ok(Err(vec![format!("{path}: the file is not UTF-8; save it in that encoding")]));
    };
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let placed = |mistakes: Vec<drill::Mistake>| {
        mistakes.iter().map(|mistake| format!("{path}:{mistake}")).collect()
    };
    Ok(parse(&name, &text).map_err(placed))
}
