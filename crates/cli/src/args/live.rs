//! What can be typed about the two Regions on this machine.

use std::num::NonZero;
use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use runbook::Precondition;

use super::{InputArgs, Output};

/// Which two Regions are meant: those that `tideover up` runs.
#[derive(Debug, clap::Args)]
pub(crate) struct UpFolder {
    /// Folder of the two Regions on this machine [default: one for each user, in the system's folder for temporary files]
    #[arg(long, env = "TIDEOVER_UP", hide_env = true, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

/// On which two Regions a command acts.
#[derive(Debug, clap::Args)]
pub(crate) struct OnArgs {
    /// Act on the two Regions of tideover.toml in AWS, or on those that `tideover up` runs here [default: here while
    /// they run in that folder, else aws]
    #[arg(long, value_enum, value_name = "WHERE")]
    pub(crate) on: Option<OnWhat>,
    #[command(flatten)]
    pub(crate) up: UpFolder,
}

/// Where two Regions are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnWhat {
    /// In AWS
    Aws,
    /// On this machine
    Here,
}

#[derive(Debug, clap::Args)]
#[command(after_help = UP_HELP)]
pub(crate) struct UpArgs {
    #[command(flatten)]
    pub(crate) up: UpFolder,
    /// How many payments a second demo clients offer; 0 for none
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) rate: u32,
    /// Give each database a disk of 1 GiB, in memory, that `tideover fault fill disk of SITE` can fill (root only)
    #[arg(long)]
    pub(crate) limit_disks: bool,
    /// What is between the places [default: namespaces where the system permits them]
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) network: Option<Between>,
}

/// What is between the places.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Between {
    /// Network namespaces: what is cut drops packets (root only)
    Namespaces,
    /// Proxies, which hold what is cut
    Proxies,
}

const UP_HELP: &str = "\
Two Regions on this machine: in each a PostgreSQL cluster, the payment service and a replica of the strongly consistent
store, as processes of their own; a witness, DNS with health checks, and the simulated card processor. Needs
PostgreSQL 14 to 18. Everything ends with this process, however it ends. Leases, health checks and TTLs are AWS's,
shrunk, so that a Region is lost and replaced in seconds.

While it runs, in another terminal:
  tideover status
  tideover fault lose primary          whatever a scenario can say: isolate, freeze, slow, lag replication, ...
  tideover failover --by you --reason 'the Region is gone'
  tideover fault restore primary
  tideover failback --by you --reason 'back home' --change CHG-1
";

#[derive(Debug, clap::Args)]
#[command(after_help = STATUS_HELP)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) on: OnArgs,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Look again every few seconds, until it is interrupted
    #[arg(long)]
    pub(crate) watch: bool,
    /// How to tell it
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
}

const STATUS_HELP: &str = "\
It tells whether a failover could be done now, each condition with what was seen of it and how old that is; in AWS
besides what runs have changed outside the templates.

Exit codes:
  0    a failover could be done now
  1    nothing could be asked; with --watch it is told, and asked again
  2    the command line is wrong
  3    tideover.toml is wrong; every fault is listed
  8    a failover could not be done now; why not stands in what was told
  130  stopped by Ctrl-C

Examples:
  tideover status
  tideover status --watch
  tideover status --output json
";

#[derive(Debug, clap::Args)]
#[command(after_help = FAULT_HELP)]
pub(crate) struct FaultArgs {
    #[command(flatten)]
    pub(crate) up: UpFolder,
    /// What is to fail, or to work again, in the words of scenarios
    #[arg(required = true, value_name = "WORDS")]
    pub(crate) words: Vec<String>,
}

const FAULT_HELP: &str = "\
Examples:
  tideover fault lose primary                       kill everything in it
  tideover fault restore primary
  tideover fault freeze primary                     it stands still, and wakes where it stood
  tideover fault isolate primary                    it lives, and reaches nothing but its own clients
  tideover fault cut from primary to standby        one way
  tideover fault lag replication 5s
  tideover fault lose store of primary
  tideover fault fill disk of primary               after `tideover up --limit-disks`
All of them: docs/scenarios.md
";

#[derive(Debug, clap::Args)]
#[command(after_help = ACTIVATE_HELP)]
pub(crate) struct ActivateArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Who lets it begin
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
}

const ACTIVATE_HELP: &str = "\
After the first `tideover deploy`: the ledger gets its tables, the control record says that the home primary is active,
and its workers are woken. Typed again it changes nothing, but for tables that a new version brings.

Examples:
  tideover activate --by you
";

#[derive(Debug, clap::Args)]
#[command(after_help = AUTOMATIC_HELP)]
pub(crate) struct AutomaticArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Whether alarms may start anything from now on; without it, how it is is told
    #[arg(value_enum, value_name = "SWITCH", requires_all = ["by", "reason"])]
    pub(crate) switch: Option<OnOff>,
    /// Who says so
    #[arg(long, value_name = "NAME", requires = "switch")]
    pub(crate) by: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT", requires = "switch")]
    pub(crate) reason: Option<String>,
    /// How to tell it
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
}

/// A switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnOff {
    /// As tideover.toml says
    On,
    /// Nothing
    Off,
}

const AUTOMATIC_HELP: &str = "\
What alarms may start stands in `[automatic]` of tideover.toml, and is deployed. This turns it off and on at once, in both
Regions, by the strongly consistent table. A run that an alarm has started already is turned back by `tideover abort`.

Examples:
  tideover automatic                                            what alarms may start, and what they have started
  tideover automatic off --by you --reason 'moving networks'    nothing, until somebody turns it on
  tideover automatic on --by you --reason 'moved'
";

/// What a run is asked for with, besides what its plan is made from.
#[derive(Debug, clap::Args)]
pub(crate) struct CarryOutArgs {
    #[command(flatten)]
    pub(crate) on: OnArgs,
    /// Who asks for it
    #[arg(long, value_name = "NAME", required_unless_present = "dry_run")]
    pub(crate) by: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    pub(crate) reason: Option<String>,
    /// The approved change under which a failback is done
    #[arg(long, value_name = "NUMBER")]
    pub(crate) change: Option<String>,
    /// A condition to do without, by the name that the refusal gives; may be repeated
    #[arg(long, value_name = "CONDITION", value_parser = condition())]
    pub(crate) despite: Vec<Precondition>,
    /// The switchover that is on its way, when it is to go on as a failover
    #[arg(long, value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// How many people must approve of a loss
    #[arg(long, default_value_t = NonZero::<u32>::MIN.saturating_add(1), value_name = "N")]
    pub(crate) approvers: NonZero<u32>,
    /// Have the state machine in the Region that is opened carry it out, instead of this process. In AWS only
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) state_machine: bool,
}

/// A condition that people may do without.
fn condition() -> impl TypedValueParser<Value = Precondition> {
    let known = || Precondition::ALL.iter().copied().filter(|one| one.may_be_overridden());
    PossibleValuesParser::new(known().map(Precondition::as_str))
        .map(move |name| known().find(|one| one.as_str() == name).expect("it is one of them"))
}
