//! `tideover destroy`: stacks taken away, with what they retain only where its name was said.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

use deploy::{DestroyOptions, Destroyed, Guard, Kept, Manner, Removal};
use serde_json::{Value, json};

use super::deploy::{Show, assembly, chosen, failed, open, record, until_told};
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
        let guard = Guard { without_record: args.without_control_record, ..Guard::default() };
        let options = DestroyOptions {
            chosen,
            delete_data: args.delete_data.iter().cloned().collect(),
            takes_snapshots: !args.without_final_snapshot,
            is_rehearsal: args.dry_run,
            unprotect: unprotected.unwrap_or_else(BTreeSet::new),
            guard,
            record: record(&assembly),
        };
        deploy::destroy(&open(&args.chosen, &show), &assembly, &options).await.map_err(failed)
    });
    show.end();
    print(args, &destroyed?)
}

fn print(args: &DestroyArgs, destroyed: &Destroyed) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    if args.chosen.output == Output::Json {
        let kept: Vec<Value> = destroyed.kept.iter().map(kept_json).collect();
        let removed: Vec<Value> = destroyed.removed.iter().map(removal_json).collect();
        let value = json!({
            "dry_run": args.dry_run,
            "destroyed": destroyed.stacks,
            "removed": removed,
            "kept": kept,
        });
        writeln!(stdout, "{value:#}")?;
        return Ok(());
    }
    let (count, would) = (destroyed.stacks.len(), args.dry_run);
    match would {
        true => writeln!(stdout, "{count} stacks would be taken away")?,
        false => writeln!(stdout, "{count} stacks taken away")?,
    }
    if !destroyed.kept.is_empty() {
        let verb = if would { "would stay" } else { "stays" };
        writeln!(stdout, "what {verb} in AWS, outside of any stack:")?;
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

fn removal_json(removal: &Removal) -> Value {
    let Removal { stack, region, path, logical_id, type_name, physical_id, manner } = removal;
    let (manner, days) = match manner {
        Manner::Deleted => ("deleted", None),
        Manner::Snapshotted => ("snapshotted", None),
        Manner::Emptied => ("emptied", None),
        Manner::Scheduled(days) => ("scheduled", Some(days)),
        Manner::Recoverable(days) => ("recoverable", Some(days)),
    };
    json!({
        "stack": stack,
        "region": region,
        "path": path,
        "logical_id": logical_id,
        "type": type_name,
        "physical_id": physical_id,
        "manner": manner,
        "restorable_days": days,
    })
}
