//! What can be typed to move the service from one Region to the other.

use clap::ValueEnum;

use super::{CarryOutArgs, InputArgs};

#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) carry_out: CarryOutArgs,
    /// Show the plan, and do nothing. It is made from the file alone, as if the Region to be left were active and
    /// every condition held
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How to show the plan; of a run that is carried out `json` tells on one line where it stands at the end
    #[arg(long, value_enum, default_value_t = Form::Text)]
    pub(crate) output: Form,
    /// Name or ARN of the function that a state machine invokes; without it, ${RunbookFunction} stands there for a
    /// template to replace
    #[arg(long, value_name = "FUNCTION")]
    pub(crate) function: Option<String>,
}

/// Forms of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For people: each action with what it calls, and where
    Text,
    /// For programs
    Json,
    /// A page to follow by hand
    Markdown,
    /// A definition for AWS Step Functions
    StateMachine,
}

/// What all three end with. A macro, because `concat!` takes nothing else.
macro_rules! exit_codes {
    () => {
        "\
Exit codes:
  0    it is finished, or its target takes payments; with --state-machine: AWS carries it out; with --dry-run: shown
  1    something outside failed; where a run is planned already it is named, and resumed
  2    the command line is wrong
  3    tideover.toml is wrong; every fault is listed
  6    it waits for people, or has turned back
  7    refused, and nothing was written: a condition is not met, or another run is open
  130  stopped by Ctrl-C, between two actions
"
    };
}

pub(crate) const SWITCHOVER_HELP: &str = concat!(
    "\
Both Regions are well and nothing is lost: the active one drains, its database changes hands, DNS follows.

",
    exit_codes!(),
    "
Examples:
  tideover switchover --dry-run                     every action with its API, Region and plane
  tideover switchover --dry-run --output markdown   a page to follow by hand
  tideover switchover --by you --reason 'patching us-east-1'   carry it out, in AWS or on what `tideover up` runs
"
);

pub(crate) const FAILOVER_HELP: &str = concat!(
    "\
The active Region is lost. People accept the loss, the Region is fenced off, the other one's database is promoted
and checked, DNS follows. Nothing that is required asks the lost Region, or a control plane in us-east-1.

",
    exit_codes!(),
    "
Examples:
  tideover failover --dry-run                          every action with its API, Region and plane
  tideover failover --dry-run --output json            the same for programs
  tideover failover --dry-run --output state-machine   the same for AWS Step Functions
  tideover failover --by you --reason 'us-east-1 is gone'      carry it out, in AWS or on what `tideover up` runs
  tideover failover --by you --reason '...' --state-machine    have AWS carry it out, in the Region that is opened
"
);

pub(crate) const FAILBACK_HELP: &str = concat!(
    "\
A switchover home, once everything of the latest failover is reconciled.

",
    exit_codes!(),
    "
Examples:
  tideover failback --dry-run                     every action with its API, Region and plane
  tideover failback --dry-run --output markdown   a page to follow by hand
  tideover failback --by you --reason 'home' --change CHG-1   carry it out, in AWS or on what `tideover up` runs
"
);
