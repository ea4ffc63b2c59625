//! The session table: a global table in which the last writer wins. Sessions are soft state, and nothing about
//! money is kept here (rule `ddb-mrec-is-last-writer-wins`).

use cfn::dynamodb::GlobalTable;
use cfn::dynamodb::global_table::{StreamSpecification, StreamSpecificationStreamViewType};
use cfn::{Attributes, Stack, set};

use crate::foundation::Foundation;
use crate::global_table::global_table;
use crate::site::Site;

pub(crate) fn sessions(site: Site<'_>, foundation: &Foundation) -> Stack {
    let mut stack = site.protected_stack("Sessions", "Session table with a replica in each Region");
    let stream = StreamSpecification::new(StreamSpecificationStreamViewType::NewAndOldImages);
    let table = global_table(&mut stack, site, foundation, site.session_table(), "sessionId");
    let table = GlobalTable { stream_specification: set(stream), ..table };
    let table = stack.add_with("SessionTable", table, Attributes::retained());
    stack.output(
        "SessionTableName",
        "Name of the session table in both Regions",
        table.reference(),
    );
    stack
}
