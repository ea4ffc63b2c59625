//! The control table: control record, leases and the intents of payments, in which a write that two Regions of
//! three have is never lost and never contradicted (rule `ddb-mrsc-for-control-and-idempotency`).
//!
//! The third Region is the witness: it votes, and keeps nothing to read. There is no expiry and no second index,
//! which such a table cannot have (`ddb-mrsc-limits`). Replicas and witness are there from the beginning, because
//! none of them can be added or removed alone, and the kind of agreement can never be changed.

use cfn::dynamodb::GlobalTable;
use cfn::dynamodb::global_table::{GlobalTableMultiRegionConsistency, GlobalTableWitness};
use cfn::{Attributes, Stack, set};

use crate::foundation::Foundation;
use crate::global_table::global_table;
use crate::site::Site;

pub(crate) fn control(site: Site<'_>, foundation: &Foundation) -> Stack {
    let text = "Control record, leases and intents with a replica in each Region and a witness";
    let mut stack = site.protected_stack("Control", text);
    let witness = GlobalTableWitness { region: set(site.topology.regions.witness.name()) };
    let table = global_table(&mut stack, site, foundation, site.control_table(), "id");
    let table = GlobalTable {
        multi_region_consistency: set(GlobalTableMultiRegionConsistency::Strong),
        global_table_witnesses: set([witness]),
        ..table
    };
    let table = stack.add_with("ControlTable", table, Attributes::retained());
    stack.output(
        "ControlTableName",
        "Name of the control table in both Regions",
        table.reference(),
    );
    stack
}
