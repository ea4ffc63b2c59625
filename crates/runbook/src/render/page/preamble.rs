//! What has to be typed before the first command of a page: names, and functions over the AWS CLI.

use crate::plan::Plan;

const FUNCTIONS: &str = include_str!("functions.sh");

/// Names and numbers of a system, which commands are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// What the names of its resources begin with.
    pub name: String,
    /// What tells its environment from others.
    pub suffix: String,
    /// The database in its clusters.
    pub database: String,
    /// Its hosted zone.
    pub zone: String,
    /// The label of its API in the zone.
    pub record: String,
    /// The stage of its API.
    pub stage: String,
    /// How many requests a second its API takes, and how many at once.
    pub rate_and_burst: (u32, u32),
    /// Its functions that are allowed so many invocations at once, among them all that use the ledger.
    pub functions: Vec<(String, u32)>,
}

/// The names of the system and of the run.
pub(super) fn names(plan: &Plan, names: &Names) -> String {
    let (kind, target, seen) = (plan.kind, &plan.target, plan.seen);
    let Names { name, suffix, database, zone, record, stage, .. } = names;
    let (rate, burst) = names.rate_and_burst;
    let functions = names.functions.iter();
    let functions: Vec<String> =
        functions.map(|(name, at_once)| format!("{name}={at_once}")).collect();
    let functions = functions.join(" ");
    format!(
        "\
# The system, as `tideover.toml` has it. After a `=` stands how many invocations of a function are allowed at once.
NAME={name} SUFFIX={suffix} DATABASE={database} ZONE={zone} RECORD={record} STAGE={stage}
RATE_LIMIT={rate} BURST_LIMIT={burst}
FUNCTIONS='{functions}'
# This run: an id that no other has had, who drives it, and why.
RUN={kind}-1 OPERATOR=your-name REASON='why, in a sentence'
# The epoch of the control record before the run, and the one that the run reserves.
SEEN={seen}
EPOCH=$((SEEN + 1))

# Nobody waits for long for a Region that does not answer.
export AWS_PAGER='' AWS_MAX_ATTEMPTS=2
ACCOUNT=$(aws sts get-caller-identity --region {target} --query Account --output text)
CONTROL_TABLE=$NAME-$SUFFIX-control
GLOBAL_CLUSTER=$NAME-global-$SUFFIX
# Where the control table is asked. Any Region with a replica will do: when one does not answer, the other.
CONTROL_REGION={target}
"
    )
}

/// The functions that the commands are made of.
pub(super) fn functions() -> &'static str {
    FUNCTIONS
}
