//! `tideover deploy`: from an assembly to stacks in AWS.

mod failed;
mod show;
mod site;
mod standing;
mod table;

use std::io::Write;
use std::sync::Arc;

use anyhow::Context;
use deploy::{Brought, Deployed, Expected, Guard, Options, Patience, Site};
use serde_json::{Value, json};

use crate::args::{ChosenArgs, DeployArgs, Output};

pub(super) use self::failed::failed;
pub(super) use self::show::Show;
pub(super) use self::site::{assembly, aws, chosen, until_told};
pub(super) use self::standing::standing;
pub(super) use self::table::{change_json, lines};

pub(crate) fn deploy(args: &DeployArgs) -> anyhow::Result<()> {
    let assembly = assembly(&args.chosen)?;
    let chosen = chosen(&assembly, &args.chosen)?;
    let show = Arc::new(Show::new(chosen.len()));
    let deployed = until_told(async {
        let standing = standing(&args.chosen).await?;
        let names = |names: &[String]| names.iter().cloned().collect();
        let guard = Guard {
            replace: names(&args.allow_replace),
            roles: names(&args.allow_role_change),
            without_record: args.without_control_record,
        };
        let options = Options {
            chosen,
            parameters: args.parameters.iter().cloned().collect(),
            guard,
            standing,
            recreate: names(&args.recreate),
            imports_existing: args.import_existing,
            is_express: args.express,
            reverts_drift: args.revert_drift,
            images_published: args.images_published,
            toolkit: args.toolkit_stack_name.clone(),
        };
        let site = open(&args.chosen, &show);
        deploy::deploy(&site, &assembly, options).await.map_err(failed)
    });
    show.end();
    tell(args.chosen.output, &deployed?, &show)
}

/// The account, with somebody who watches.
pub(super) fn open(args: &ChosenArgs, show: &Arc<Show>) -> Site {
    let expected = Expected { account: args.account.clone(), region: args.region.clone() };
    let show = Arc::clone(show);
    Site::new(aws, expected, Patience::default(), move |told| show.tell(&told))
}

fn tell(output: Output, deployed: &Deployed, show: &Show) -> anyhow::Result<()> {
    if output == Output::Json {
        let changes: Vec<Value> = show.planned().iter().map(table::changes_json).collect();
        let stacks: Vec<Value> = deployed.stacks.iter().map(stack_json).collect();
        let value = json!({"published": deployed.published, "stacks": stacks, "changes": changes});
        return writeln!(std::io::stdout().lock(), "{value:#}").context("cannot print");
    }
    let count = |what: &str| deployed.stacks.iter().filter(|stack| stack.what == what).count();
    let (created, updated, unchanged) = (count("created"), count("updated"), count("unchanged"));
    let mut stderr = std::io::stderr().lock();
    writeln!(
        stderr,
        "{created} stacks created, {updated} updated, {unchanged} unchanged; {} files published",
        deployed.published
    )?;
    Ok(())
}

fn stack_json(stack: &Brought) -> Value {
    json!({"id": stack.stack, "name": stack.name, "region": stack.region, "result": stack.what})
}
