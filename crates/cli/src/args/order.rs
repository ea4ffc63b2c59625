//! What can be typed about runs that there are: to look at them, and to order something of one.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use runbook::ActionName;

use super::{InputArgs, OnArgs, Output};

#[derive(Debug, clap::Args)]
#[command(after_help = RUNS_HELP)]
pub(crate) struct RunsArgs {
    #[command(flatten)]
    pub(crate) on: OnArgs,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// The run whose journal is to be told; without it, all runs are listed
    #[arg(value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// How to tell it
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
}

const RUNS_HELP: &str = "\
Exit codes:
  0  it was told
  1  nothing could be asked, or there is no such run

Examples:
  tideover runs                                     all that there were
  tideover runs failover-1a2b3c4d                   what was done in one, and when
  tideover runs --output json                       all, with where each stands
";

/// An order, and who gives it.
#[derive(Debug, clap::Args)]
pub(crate) struct GivenArgs {
    #[command(flatten)]
    pub(crate) on: OnArgs,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Who orders it
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
    /// How to tell what came of it
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
}

/// An order about a run that need not be named.
#[derive(Debug, clap::Args)]
pub(crate) struct OrderArgs {
    /// The run [default: the one that is open]
    #[arg(value_name = "RUN")]
    pub(crate) run: Option<String>,
    #[command(flatten)]
    pub(crate) given: GivenArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = RESUME_HELP)]
pub(crate) struct ResumeArgs {
    #[command(flatten)]
    pub(crate) order: OrderArgs,
    /// Take the run from whoever has it at once, because that process is gone for certain; else it is waited for as
    /// long as it may have something in hand. In AWS only
    #[arg(long)]
    pub(crate) take_over: bool,
}

const RESUME_HELP: &str = "\
What was paused goes on, what failed is tried again, and what has lost its runner gets another: in AWS this process.

Exit codes:
  0    it goes on, by its runner or its state machine; in AWS: it is finished, or its target serves
  1    something outside failed
  2    the command line is wrong
  6    it waits for people, or has turned back
  7    refused, and nothing was written: there is nothing to resume
  130  stopped by Ctrl-C, between two actions

Examples:
  tideover resume --by you                          the run that is open
  tideover resume failover-1a2b3c4d --by you --take-over    the machine that drove it is gone
";

#[derive(Debug, clap::Args)]
#[command(after_help = ABORT_HELP)]
pub(crate) struct AbortArgs {
    #[command(flatten)]
    pub(crate) order: OrderArgs,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

const ABORT_HELP: &str = "\
Its source is opened again, under an epoch of its own. Past the point of no return a run can only be finished.

Exit codes:
  0    it turns back, by its runner or its state machine
  1    something outside failed
  2    the command line is wrong
  6    in AWS: it has turned back, or waits for people on the way
  7    refused, and nothing was written: the point of no return is passed, it turns back already, or it is over
  130  stopped by Ctrl-C, between two actions

Examples:
  tideover abort --by you --reason 'the alarm has gone quiet'
";

#[derive(Debug, clap::Args)]
#[command(after_help = PAUSE_HELP)]
pub(crate) struct PauseArgs {
    #[command(flatten)]
    pub(crate) order: OrderArgs,
}

const PAUSE_HELP: &str = "\
The action in hand is seen to its end; nothing more begins until somebody resumes the run. Users wait meanwhile, where
the run has closed a Region and opened none.

Exit codes:
  0  it pauses after the action in hand
  1  something outside failed
  2  the command line is wrong
  7  refused, and nothing was written: it is paused already, or over

Examples:
  tideover pause --by you
  tideover resume --by you                          it goes on
";

#[derive(Debug, clap::Args)]
#[command(after_help = SKIP_HELP)]
pub(crate) struct SkipArgs {
    /// The run
    #[arg(value_name = "RUN")]
    pub(crate) run: String,
    /// The action that is to be left out: what is due, or what comes after it
    #[arg(value_name = "ACTION", value_parser = action(), hide_possible_values = true)]
    pub(crate) action: ActionName,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) given: GivenArgs,
}

const SKIP_HELP: &str = "\
Of what a run is waiting for, a person may know better: a Region that is lost for good does not come back, and a payment
that cannot be tried need not keep users from the Region that was opened. Each plan says what may be left out
(`tideover failover --dry-run`). The report names what was, who did it, and why.

Exit codes:
  0    the run goes on without it, by its runner or its state machine; in AWS: it is finished, or its target serves
  1    something outside failed
  2    the command line is wrong
  6    in AWS: it waits for people at another action
  7    refused, and nothing was written: the run cannot do without it, does not do it, or has done it
  130  stopped by Ctrl-C, between two actions

Examples:
  tideover skip failover-1a2b3c4d await-source --by you --reason 'us-east-1 will not come back'
  tideover skip failover-1a2b3c4d restore-protection --by you --reason 'another Region is set up instead'
  tideover skip failover-1a2b3c4d try-payment --by you --reason 'the processor refuses the test card'
";

/// Any action; which may be left out its run says.
fn action() -> impl TypedValueParser<Value = ActionName> {
    let names = ActionName::ALL.iter().map(|action| action.as_str());
    PossibleValuesParser::new(names).map(|name| {
        let mut all = ActionName::ALL.iter().copied();
        all.find(|action| action.as_str() == name).expect("it is one of them")
    })
}

#[derive(Debug, clap::Args)]
#[command(after_help = APPROVE_HELP)]
pub(crate) struct ApproveArgs {
    #[command(flatten)]
    pub(crate) order: OrderArgs,
    /// Approve without being asked, for scripts; what is approved is shown all the same
    #[arg(long)]
    pub(crate) yes: bool,
}

const APPROVE_HELP: &str = "\
What is lost is shown before it is asked whether that is accepted: how far the database that is to be promoted is behind,
and which payments its ledger lacks. Each person counts once; in AWS that is each principal, as STS names it. An approval
counts for 10 minutes: the loss grows for as long as the run waits.

Exit codes:
  0  it is approved; whether that is enough, and what goes on with it, is told
  1  something outside failed, or the approval stands and the state machine could not be told of it
  2  the command line is wrong, or nobody could be asked
  6  whoever was asked did not say yes
  7  refused, and nothing was written: the run waits for no approval, or this person has approved already

Examples:
  tideover approve --by you                         of what the open run waits for
  tideover approve failover-1a2b3c4d --by you --yes
";
