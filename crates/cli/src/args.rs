//! What can be typed: the commands and their options.

mod check;
mod children;
mod deploy;
mod drill;
mod live;
mod order;
mod permissions;
mod report;
mod run;
mod serve;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

pub(crate) use self::check::{CheckArgs, ExplainArgs, FailOn, PageForm, ReportForm};
pub(crate) use self::children::{Child, ReplicaArgs, RunnerArgs};
pub(crate) use self::deploy::{ChosenArgs, DeployArgs, DestroyArgs, DiffArgs};
pub(crate) use self::drill::DrillArgs;
pub(crate) use self::live::{
    ActivateArgs, AutomaticArgs, Between, CarryOutArgs, FaultArgs, OnArgs, OnOff, OnWhat,
    StatusArgs, UpArgs, UpFolder,
};
pub(crate) use self::order::{
    AbortArgs, ApproveArgs, GivenArgs, PauseArgs, ResumeArgs, RunsArgs, SkipArgs,
};
pub(crate) use self::permissions::{PermissionsArgs, Purpose};
pub(crate) use self::report::{Paper, ReportArgs, Signer};
pub(crate) use self::run::{Form, RunArgs};
pub(crate) use self::serve::{ProcessorArgs, ServeArgs};

/// The name of the file that describes the system.
pub(crate) const FILE: &str = "tideover.toml";

const AFTER_HELP: &str = "\
Exit codes:
  0  done
  1  something outside failed: a file cannot be read or written, a service does not answer
  2  the command line is wrong, or asks for what this version cannot do
  3  tideover.toml, what follows from it, or a scenario is wrong; every fault is listed
  4  a drill found that a rule was broken
  5  a check found something that counts
  6  a run waits for people, or has turned back
  7  a deployment, a run or an order about one was refused, and nothing was changed
  8  a failover could not be done now, as `status` has it
  130  stopped by Ctrl-C, with nothing half-done

Environment:
  CDK_DEFAULT_ACCOUNT  account number, where the file has none
  CDK_CONTEXT_JSON     context from the CDK CLI; environmentSuffix is read
  CDK_OUTDIR           output directory, set by the CDK CLI
  REPOSITORY           value of the tag Repository (default: unknown)
  COMMIT_AUTHOR        value of the tag Author (default: unknown)
  AWS_*                credentials and settings of the AWS SDK, for what acts on AWS
  TIDEOVER_SERVICES    where Regions' services are called when their names are not in DNS: REGION=URL,REGION=URL
  TIDEOVER_RESOLVER    DNS server that runs in AWS ask, as 192.0.2.1:53, instead of the machine's resolver
  TIDEOVER_POSTGRES_URL
                       where `serve` keeps the ledger; may hold a password, which the command line may not

Examples:
  tideover drill                   lose a Region under load, many times over, and see what becomes of the payments
  tideover init                    write tideover.toml here
  tideover package                 build the functions' zips
  tideover synth                   write both Regions' templates to cdk.out
  tideover synth --suffix prod     the same for another environment
  tideover check                   judge the pair of Regions before it is deployed: this one, or anybody's
  cdk deploy --app cdk.out --all   deploy them with the stock CDK CLI
  tideover serve                   take payments on this machine, with nothing installed
  tideover up                      both Regions on this machine, with real PostgreSQL replication; then lose one
  tideover failover --dry-run      what would be done if a Region were lost: action, API, Region and plane
";

const PACKAGE_HELP: &str = "\
The functions payment-validation, transaction-processing and notification are tideover's, and so are runbook and
ledger, which every system has; the ledger's executable is the payment service's. Others in the file are left
alone. Zips have the same bytes whenever and wherever the same compiler builds the same source. With
cargo-zigbuild on the path, it links; otherwise the C compiler of this machine does, or Debian's for the other
architecture.

Exit codes:
  0  done: every zip is written
  1  something outside failed: what is missing is named, or what cargo says stands above; no zip is replaced
     by one that Lambda could not start
  2  the command line is wrong
  3  tideover.toml is wrong; every fault is listed

Environment:
  TIDEOVER_ZIGBUILD  the program cargo-zigbuild, as --zigbuild

Examples:
  tideover package                        in tideover's source, for the tideover.toml there
  tideover package --source ../tideover   elsewhere, with a copy of the source
  tideover package --only runbook         the function that carries out runs, alone
  tideover package --output json          tell programs which zips were written
";

/// Gives a payment service a second AWS Region, and proves that losing the first one loses nothing
/// acknowledged.
#[derive(Debug, Parser)]
#[command(name = "tideover", version, after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Rehearse the loss of a Region: play scenarios over many seeds, judge them, and tell one drill's story
    Drill(DrillArgs),
    /// Write a commented tideover.toml, and its JSON schema for editors
    Init(InitArgs),
    /// Write the infrastructure of both Regions as an assembly that the CDK CLI accepts
    Synth(SynthArgs),
    /// List the stacks, with Region, name and number of resources
    List(ListArgs),
    /// Judge both Regions as one design: what would be lost, and what to change. Ours, or anybody's templates
    Check(CheckArgs),
    /// Print the page of a rule, or list all rules
    Explain(ExplainArgs),
    /// Build the functions of the payment service and of runs, and write their zips where tideover.toml wants them
    Package(PackageArgs),
    /// Bring both Regions into AWS, or any CDK app's stacks, with change sets
    Deploy(DeployArgs),
    /// Compare with what is deployed
    Diff(DiffArgs),
    /// Take stacks away, without what they retain
    Destroy(DestroyArgs),
    /// Print the IAM policy of people who type commands: to look, to approve, to carry out runs, to deploy
    Permissions(PermissionsArgs),
    /// Let a deployed system take its first payment: ledger, control record, event sources of the home primary
    Activate(ActivateArgs),
    /// Move the service to the home standby as planned, without loss
    #[command(after_help = run::SWITCHOVER_HELP)]
    Switchover(RunArgs),
    /// Move the service out of a Region that is lost
    #[command(after_help = run::FAILOVER_HELP)]
    Failover(RunArgs),
    /// Move the service home as planned, without loss
    #[command(after_help = run::FAILBACK_HELP)]
    Failback(RunArgs),
    /// Carry a run on that stopped, was paused, or has lost its runner
    Resume(ResumeArgs),
    /// Approve of what a run waits for: the loss, as it is shown
    Approve(ApproveArgs),
    /// Have a run go on without an action that people know better about: a Region that is lost for good
    Skip(SkipArgs),
    /// Stop a run after the action in hand, until somebody resumes it
    Pause(PauseArgs),
    /// Turn a run back that has not passed its point of no return
    Abort(AbortArgs),
    /// Tell what alarms may start and have started, or turn it off and on at once
    Automatic(AutomaticArgs),
    /// List the runs that there were, or tell the journal of one
    Runs(RunsArgs),
    /// A run as evidence: what was done, by whom, what was lost and became of it; signed
    Report(ReportArgs),
    /// Both Regions side by side: who is active, who takes money, how far the standby is behind, what is broken
    Status(StatusArgs),
    /// Run both Regions on this machine, with demo payments, until it is told to end
    Up(UpArgs),
    /// Let something fail in the two Regions on this machine, or work again
    Fault(FaultArgs),
    /// Serve one Region's payment service on this machine
    Serve(ServeArgs),
    /// Run the simulated card processor by itself
    Processor(ProcessorArgs),
    /// The child processes of `tideover up` and of live drills
    #[command(hide = true)]
    Local {
        #[command(subcommand)]
        child: Child,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell to complete for
        shell: clap_complete::Shell,
    },
    /// Print the manual page, for `man -l -`
    Man,
}

#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// Directory to write to; it is created if it is not there
    #[arg(default_value = ".", value_name = "DIR")]
    pub(crate) directory: PathBuf,
    /// Replace the files that are there
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SynthArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Directory of the assembly; replaced as a whole when everything has been written
    #[arg(
        long,
        env = "CDK_OUTDIR",
        default_value = "cdk.out",
        hide_env = true,
        value_name = "DIR"
    )]
    pub(crate) out: PathBuf,
    /// How to tell what was written
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// How to write the list
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
}

#[derive(Debug, clap::Args)]
#[command(after_help = PACKAGE_HELP)]
pub(crate) struct PackageArgs {
    /// The file that says which functions there are, where their zips go, and for which architecture
    #[arg(long, default_value = FILE, value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Directory in tideover's source, which the functions are built from
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub(crate) source: PathBuf,
    /// Package this function only; may be given for several
    #[arg(long, value_name = "FUNCTION")]
    pub(crate) only: Vec<String>,
    /// The program cargo-zigbuild, where it is not on the path
    #[arg(long, env = "TIDEOVER_ZIGBUILD", hide_env = true, value_name = "PROGRAM")]
    pub(crate) zigbuild: Option<PathBuf>,
    /// How to tell what was written
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
}

/// Where the system's description comes from.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct InputArgs {
    /// The file that describes the system
    #[arg(long, default_value = FILE, value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Environment suffix, before the CDK context's `environmentSuffix` and the file's `environment_suffix`
    #[arg(long)]
    pub(crate) suffix: Option<String>,
}

/// Forms of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    Text,
    /// For programs
    Json,
}
