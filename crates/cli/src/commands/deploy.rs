//! `tideover deploy`: from an assembly to stacks in AWS.

mod failed;
mod prepared;
mod show;
mod site;
mod standing;
mod table;

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

use anyhow::Context;
use deploy::{Assembly, Brought, Deployed, Expected, Guard, Options, Patience, Site};
use serde_json::{Value, json};

use crate::args::{ChosenArgs, DeployArgs, Output};
use crate::failure::with_hint;

pub(super) use self::failed::failed;
use self::prepared::finished;
pub(super) use self::show::Show;
use self::site::assembly_to_deploy;
pub(super) use self::site::{assembly, aws, chosen, until_told};
pub(super) use self::standing::record;
pub(super) use self::table::{change_json, lines};

pub(crate) fn deploy(args: &DeployArgs) -> anyhow::Result<()> {
    let assembly = assembly_to_deploy(&args.chosen)?;
    let chosen = chosen(&assembly, &args.chosen)?;
    if !args.unfinished {
        finished(&assembly, &chosen)?;
    }
    let show = Arc::new(Show::new(chosen.len()));
    let options = options(args, &assembly, chosen);
    let deployed = until_told(async {
        let site = open(&args.chosen, &show);
        deploy::deploy(&site, &assembly, options).await.map_err(failed)
    });
    show.end();
    tell(args, &deployed?, &show)
}

fn options(args: &DeployArgs, assembly: &Assembly, chosen: BTreeSet<String>) -> Options {
    let names = |names: &[String]| names.iter().cloned().collect();
    let guard = Guard {
        replace: names(&args.allow_replace),
        roles: names(&args.allow_role_change),
        without_record: args.without_control_record,
    };
    Options {
        chosen,
        parameters: args.parameters.iter().cloned().collect(),
        guard,
        record: record(assembly),
        is_rehearsal: args.dry_run,
        recreate: names(&args.recreate),
        imports_existing: args.import_existing,
        is_express: args.express,
        reverts_drift: args.revert_drift,
        reviewed: args.reviewed.clone(),
        images_published: args.images_published,
        toolkit: args.toolkit_stack_name.clone(),
    }
}

/// The account, with somebody who watches.
pub(super) fn open(args: &ChosenArgs, show: &Arc<Show>) -> Site {
    let expected = Expected { account: args.account.clone(), region: args.region.clone() };
    let show = Arc::clone(show);
    Site::new(aws, expected, Patience::default(), move |told| show.tell(&told))
}

fn tell(args: &DeployArgs, deployed: &Deployed, show: &Show) -> anyhow::Result<()> {
    if args.chosen.output == Output::Json {
        print(deployed, show)?;
    } else {
        summarize(args, deployed)?;
    }
    let asleep: Vec<&str> =
        deployed.stacks.iter().flat_map(|stack| &stack.asleep).map(String::as_str).collect();
    if asleep.is_empty() {
        return Ok(());
    }
    Err(with_hint(
        format!(
            "deployed, but what works payments off is off in the Region that is active: {}",
            asleep.join(", ")
        ),
        "type `tideover activate` now: it turns event sources on, and changes nothing else that is so already",
    ))
}

fn print(deployed: &Deployed, show: &Show) -> anyhow::Result<()> {
    let changes: Vec<Value> = show.planned().iter().map(table::changes_json).collect();
    let stacks: Vec<Value> = deployed.stacks.iter().map(stack_json).collect();
    let value = json!({
        "published": deployed.published,
        "stacks": stacks,
        "changes": changes,
        "review": deployed.review,
    });
    writeln!(std::io::stdout().lock(), "{value:#}").context("cannot print")
}

fn summarize(args: &DeployArgs, deployed: &Deployed) -> anyhow::Result<()> {
    let count = |what: &str| deployed.stacks.iter().filter(|stack| stack.what == what).count();
    let mut stderr = std::io::stderr().lock();
    let (unchanged, published) = (count("unchanged"), deployed.published);
    let Some(review) = &deployed.review else {
        let (created, updated) = (count("created"), count("updated"));
        writeln!(
            stderr,
            "{created} stacks created, {updated} updated, {unchanged} unchanged; {published} files published"
        )?;
        return Ok(());
    };
    let (created, updated) = (count("to create"), count("to update"));
    writeln!(
        stderr,
        "{created} stacks would be created, {updated} updated, {unchanged} are as they should be; nothing was changed"
    )?;
    if args.revert_drift && !args.dry_run {
        writeln!(
            stderr,
            "to have this done and nothing else: the same command with `--reviewed {review}`"
        )?;
    }
    Ok(())
}

fn stack_json(stack: &Brought) -> Value {
    json!({
        "id": stack.stack,
        "name": stack.name,
        "region": stack.region,
        "result": stack.what,
        "asleep": stack.asleep,
    })
}
