//! `tideover diff`: an assembly beside what is deployed.

use std::io::Write;
use std::sync::Arc;

use deploy::{Compared, Recreation, StackDiff};
use serde_json::{Value, json};

use super::deploy::{Show, assembly, change_json, chosen, failed, lines, open, until_told};
use crate::args::{DiffArgs, Output};
use crate::failure::Ended;

/// The exit code when something differs, and that was asked.
const DIFFERS: u8 = 5;

pub(crate) fn diff(args: &DiffArgs) -> anyhow::Result<()> {
    let assembly = assembly(&args.chosen)?;
    let chosen = chosen(&assembly, &args.chosen)?;
    let show = Arc::new(Show::new(chosen.len()));
    let compared = until_told(async {
        let site = open(&args.chosen, &show);
        deploy::diff(&site, &assembly, &chosen, recreation).await.map_err(failed)
    })?;
    print(args.chosen.output, &compared)?;
    let differing = compared.stacks.iter().filter(|stack| stack.is_any()).count();
    if !args.fail || differing == 0 {
        return Ok(());
    }
    let error = format!("{differing} stacks differ from what is deployed");
    Err(Ended {
        code: DIFFERS,
        error,
        hint: "type `tideover deploy` to bring them there".to_owned(),
    }
    .into())
}

/// Whether a property can only be set when a resource is made, for the types that our own templates use.
fn recreation(type_name: &str, property: &str) -> Recreation {
    let Some(immutable) = cfn::immutable(type_name) else { return Recreation::Never };
    let is_one = |paths: &[&str]| {
        paths.iter().filter_map(|path| path.strip_prefix("/properties/")).any(|path| {
            let (path, property) = (format!("{path}/"), format!("{property}/"));
            path.starts_with(&property) || property.starts_with(&path)
        })
    };
    if is_one(immutable.create_only) {
        Recreation::Always
    } else if is_one(immutable.conditionally_create_only) {
        Recreation::Perhaps
    } else {
        Recreation::Never
    }
}

fn print(output: Output, compared: &Compared) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    if output == Output::Json {
        let stacks: Vec<Value> = compared.stacks.iter().map(stack_json).collect();
        writeln!(stdout, "{:#}", json!({"stacks": stacks}))?;
        return Ok(());
    }
    for stack in compared.stacks.iter().filter(|stack| stack.is_any()) {
        for line in lines(&stack.changes) {
            writeln!(stdout, "{line}")?;
        }
        if !stack.besides.is_empty() {
            writeln!(stdout, "  besides: {}", stack.besides.join(", "))?;
        }
    }
    let same = compared.stacks.iter().filter(|stack| !stack.is_any()).count();
    writeln!(stdout, "{same} of {} stacks are as they are deployed", compared.stacks.len())?;
    Ok(())
}

fn stack_json(stack: &StackDiff) -> Value {
    let changes: Vec<Value> = stack.changes.changes.iter().map(change_json).collect();
    json!({
        "id": stack.changes.stack,
        "name": stack.name,
        "region": stack.changes.region,
        "status": stack.status,
        "resources": changes,
        "besides": stack.besides,
    })
}
