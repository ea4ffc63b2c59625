//! What can be typed for the policies of people.

use clap::ValueEnum;

use super::InputArgs;

#[derive(Debug, clap::Args)]
#[command(after_help = PERMISSIONS_HELP)]
pub(crate) struct PermissionsArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// What the policy is for
    #[arg(long = "for", value_enum, value_name = "WHAT", default_value_t = Purpose::Run)]
    pub(crate) purpose: Purpose,
    /// The AWS account, where neither the file nor the environment says it
    #[arg(long, value_name = "NUMBER", value_parser = account)]
    pub(crate) account: Option<String>,
    /// Which of several policies to print, from 1; without it, all are printed, one behind the other
    #[arg(long, value_name = "NUMBER")]
    pub(crate) part: Option<usize>,
}

/// What somebody types commands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Purpose {
    /// status, runs, report, automatic, and --dry-run of switchover and failover
    Look,
    /// approve, automatic on and off, and all of look
    Approve,
    /// activate, and all of look
    Activate,
    /// switchover, failover, failback, resume, abort, and all of approve
    Run,
    /// deploy, diff, destroy: to act as the roles of the CDK's bootstrap
    Deploy,
}

fn account(text: &str) -> Result<String, String> {
    let is_one = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_one.then(|| text.to_owned()).ok_or_else(|| "an account number has 12 digits".to_owned())
}

const PERMISSIONS_HELP: &str = "\
The policies are made from the calls that the plans of runs declare, as those of the functions of runs are. A managed
policy of IAM has 6,144 characters at most; where one would have more there are several, all of which are needed.
What is for everybody alike, such as STS's GetCallerIdentity, needs no permission. A report that is signed in KMS needs
kms:Sign and kms:GetPublicKey on that key besides.

Examples:
  tideover permissions --for look                  for whoever only looks
  tideover permissions > operator.json             for whoever types runs
  tideover permissions --for run --part 2          the second of several
";
