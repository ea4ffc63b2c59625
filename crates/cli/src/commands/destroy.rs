//! `tideover destroy`: stacks taken away, without what they retain.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

use deploy::{DestroyOptions, Destroyed, Guard, Kept};
use serde_json::{Value, json};

use super::deploy::{Show, assembly, chosen, failed, open, standing, until_told};
use crate::args::{DestroyArgs, Output};

pub(crate) fn destroy(args: &DestroyArgs) -> anyhow::Result<()> {
    let assembly = assembly(&args.chosen)?;
    // What waits for a stack cannot stay without it; what it waits for can.
    let chosen = chosen(&assembly, &args.chosen_alone())?;
    let chosen = if args.chosen.exclusively { chosen } else { assembly.with_dependents(chosen) };
    let unprotected =
        assembly.select(&args.unprotect, true).ok().filter(|_| !args.unprotect.is_empty());
    let show = Arc::new(Show::new(chosen.len()));
    let destroyed = until_told(async {
        let standing = standing(&args.chosen).await?;
        let guard = Guard { without_record: args.without_control_record, ..Guard::default() };
        let options = DestroyOptions {
            chosen,
            delete_data: args.delete_data.iter().cloned().collect(),
            unprotect: unprotected.unwrap_or_else(BTreeSet::new),
            guard,
            standing,
        };
        deploy::destroy(&open(&args.chosen, &show), &assembly, &options).await.map_err(failed)
    });
    show.end();
    print(args.chosen.output, &destroyed?)
}

fn print(output: Output, destroyed: &Destroyed) -> anyhow::Result<()> {
    if output == Output::Json {
        let kept: Vec<Value> = destroyed.kept.iter().map(kept_json).collect();
        let value = json!({"destroyed": destroyed.stacks, "kept": kept});
        writeln!(std::io::stdout().lock(), "{value:#}")?;
        return Ok(());
    }
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{} stacks taken away", destroyed.stacks.len())?;
    if !destroyed.kept.is_empty() {
        writeln!(stdout, "what stays in AWS, outside of any stack:")?;
    }
    for Kept { region, type_name, physical_id, path, .. } in &destroyed.kept {
        writeln!(stdout, "  {region}  {type_name}  {physical_id}  {path}")?;
    }
    Ok(())
}

fn kept_json(kept: &Kept) -> Value {
    let Kept { stack, region, path, type_name, physical_id } = kept;
    json!({"stack": stack, "region": region, "path": path, "type": type_name, "physical_id": physical_id})
}
