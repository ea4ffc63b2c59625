//! What the control record says to whoever deploys.

use std::time::Duration;

use aws::{ControlTable, Patience, Replica};
use deploy::Standing;
use fence::ControlStore as _;

use super::site::aws;
use crate::args::{ChosenArgs, FILE};
use crate::input;

/// Longer than a function waits: whoever deploys may be far away, and one Region lost.
fn patience() -> Patience {
    let [one, all] = [5, 20].map(Duration::from_secs);
    Patience { local: one, other: one, total: all, ..Patience::default() }
}

/// What DynamoDB says of a table that is not there.
const NO_TABLE: &str = "ResourceNotFoundException";

/// What the control record of the system in `tideover.toml` says; nothing for assemblies of others.
pub(crate) async fn standing(args: &ChosenArgs) -> anyhow::Result<Standing> {
    let is_ours =
        args.input.file.exists() || args.assembly.is_none() || args.input.file.as_os_str() != FILE;
    if !is_ours {
        return Ok(Standing::None);
    }
    let topology = input::topology(&args.input)?;
    let system = stacks::system(&topology);
    let [primary, standby] =
        [&system.homes.primary, &system.homes.standby].map(ToString::to_string);
    let replica = |region: &str| Replica::in_region(region);
    let table = system.control_table();
    // The standby's first: whoever deploys in an outage finds that one.
    let (here, there) = (replica(&standby), replica(&primary));
    let table = ControlTable::new(&aws(&standby), &table, here, there, patience());
    Ok(match table.read_record().await {
        Ok(None) => Standing::None,
        Ok(Some(record)) => Standing::Recorded {
            active: record.active_region().map(ToString::to_string),
            home_primary: primary,
            run: record.run().map(|run| run.id.to_string()),
        },
        Err(error) if error.cause.contains(NO_TABLE) => Standing::None,
        Err(error) => Standing::Unreadable(error.cause),
    })
}
