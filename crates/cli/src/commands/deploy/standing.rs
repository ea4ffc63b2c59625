//! Where the control record is read by whoever deploys: where the assembly itself says that it stands.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Once;
use std::time::Duration;

use aws::{ControlTable, Patience, Replica};
use deploy::{Assembly, Control, Record, Standing};
use fence::{ControlRecord, ControlStore as _, NoAnswer};
use tokio::task::JoinSet;

use super::site::aws;

/// Longer than a function waits: whoever deploys may be far away, and one Region lost.
fn patience() -> Patience {
    let [one, all] = [6, 20].map(Duration::from_secs);
    Patience { local: one, other: one, total: all, ..Patience::default() }
}

/// What DynamoDB says of a table that is not there.
const NO_TABLE: &str = "ResourceNotFoundException";

/// The control record of the system that an assembly is of. That there is none to be asked is said, once.
pub(crate) fn record(assembly: &Assembly) -> Record {
    static SAID: Once = Once::new();
    let controls = assembly.controls();
    Record::read_by(move || {
        let controls = controls.clone();
        async move {
            let mut strictest = Standing::None;
            for control in &controls {
                strictest = strictest.or_stricter(standing(control).await);
            }
            if strictest == Standing::None {
                SAID.call_once(|| say(&nothing_asked(&controls)));
            }
            strictest
        }
    })
}

/// What one says, by whichever replica answers first: they are strongly consistent.
async fn standing(control: &Control) -> Standing {
    let mut asked = JoinSet::new();
    for region in [&control.home_standby, &control.home_primary] {
        let (table, region) = (control.table.clone(), region.clone());
        asked.spawn(async move { (read(&table, &region).await, region) });
    }
    let mut causes = BTreeMap::new();
    while let Some(Ok((answer, region))) = asked.join_next().await {
        match answer {
            Ok(None) => return Standing::None,
            Ok(Some(record)) => return recorded(control, &record),
            Err(NoAnswer { cause }) => causes.insert(region, cause),
        };
    }
    // A table is not there when nowhere one is; what does not answer may have one.
    if causes.len() == 2 && causes.values().all(|cause| cause.contains(NO_TABLE)) {
        return Standing::None;
    }
    let causes: Vec<String> =
        causes.into_iter().map(|(region, cause)| format!("{region}: {cause}")).collect();
    Standing::Unreadable(format!("`{}`: {}", control.table, causes.join("; ")))
}

/// Asks the replica of one Region, and no other.
async fn read(table: &str, region: &str) -> Result<Option<ControlRecord>, NoAnswer> {
    let [here, again] = [region; 2].map(Replica::in_region);
    ControlTable::new(&aws(region), table, here, again, patience()).read_record().await
}

fn recorded(control: &Control, record: &ControlRecord) -> Standing {
    Standing::Recorded {
        active: record.active_region().map(ToString::to_string),
        home_primary: control.home_primary.clone(),
        run: record.run().map(|run| run.id.to_string()),
    }
}

fn nothing_asked(controls: &[Control]) -> String {
    let Some(Control { table, home_primary, home_standby }) = controls.first() else {
        return "no control record is looked at: no function of this assembly names a control table".to_owned();
    };
    format!(
        "`{table}` in {home_primary} and {home_standby} has no control record: nothing is active yet, and no run can be open"
    )
}

fn say(what: &str) {
    let _ = writeln!(std::io::stderr().lock(), "note: {what}");
}
