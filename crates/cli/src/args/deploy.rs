//! What can be typed to bring an assembly into AWS, to compare it, and to take it away.

use std::path::PathBuf;

use super::{InputArgs, Output};

/// Which stacks of which assembly, where.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ChosenArgs {
    /// Stacks by id or name, in which * stands for any text, such as '*Secondary*'; all without one
    #[arg(value_name = "PATTERN")]
    pub(crate) patterns: Vec<String>,
    /// The assembly of any CDK app; without it, that of tideover.toml is written to cdk.out first
    #[arg(long, value_name = "DIR")]
    pub(crate) assembly: Option<PathBuf>,
    /// Only these stacks, without those that they wait for
    #[arg(long)]
    pub(crate) exclusively: bool,
    /// The account that it must be, or nothing is done
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    /// The Region of stacks whose assembly does not say theirs
    #[arg(long, env = "AWS_REGION", hide_env = true, value_name = "REGION")]
    pub(crate) region: Option<String>,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// How to tell what was done
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
}

#[derive(Debug, clap::Args)]
#[command(after_help = DEPLOY_HELP)]
pub(crate) struct DeployArgs {
    #[command(flatten)]
    pub(crate) chosen: ChosenArgs,
    /// A value of a parameter; the others keep theirs
    #[arg(long, value_name = "STACK:NAME=VALUE", value_parser = parameter)]
    pub(crate) parameters: Vec<((String, String), String)>,
    /// A resource, by logical id or construct path, that may be replaced, deleted, or leave its global cluster
    #[arg(long, value_name = "RESOURCE")]
    pub(crate) allow_replace: Vec<String>,
    /// A resource that may be changed though the active Region is not the home primary
    #[arg(long, value_name = "RESOURCE")]
    pub(crate) allow_role_change: Vec<String>,
    /// Deploy though nobody can tell from the control record whether a run is open
    #[arg(long)]
    pub(crate) without_control_record: bool,
    /// A stack whose creation failed: what is left of it is deleted first
    #[arg(long, value_name = "STACK")]
    pub(crate) recreate: Vec<String>,
    /// Take resources into the stacks that exist under the names in the templates
    #[arg(long)]
    pub(crate) import_existing: bool,
    /// CloudFormation's Express mode: do not wait until what is made is ready. Not for what holds data
    #[arg(long)]
    pub(crate) express: bool,
    /// Change back what was changed outside CloudFormation, but for what runs have changed on purpose
    #[arg(long)]
    pub(crate) revert_drift: bool,
    /// Only what was shown under this name by the same command without it, and nothing else; without it `--revert-drift`
    /// only shows what would be changed back
    #[arg(long, value_name = "REVIEW", requires = "revert_drift")]
    pub(crate) reviewed: Option<String>,
    /// Only tell what would be done: change sets are made, shown and deleted, and nothing is carried out
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Deploy functions without a package, and a zone under example.com, as an emulator takes them and AWS does not
    #[arg(long)]
    pub(crate) unfinished: bool,
    /// The container images that stacks need are in their repositories, as `npx cdk-assets publish` puts them there
    #[arg(long)]
    pub(crate) images_published: bool,
    /// The name of the stack that `cdk bootstrap` made
    #[arg(long, default_value = "CDKToolkit", value_name = "STACK")]
    pub(crate) toolkit_stack_name: String,
}

#[derive(Debug, clap::Args)]
#[command(after_help = DIFF_HELP)]
pub(crate) struct DiffArgs {
    #[command(flatten)]
    pub(crate) chosen: ChosenArgs,
    /// End with exit code 5 when anything differs
    #[arg(long)]
    pub(crate) fail: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = DESTROY_HELP)]
pub(crate) struct DestroyArgs {
    #[command(flatten)]
    pub(crate) chosen: ChosenArgs,
    /// A resource, by logical id, construct path or name in AWS, that is removed with all that is in it
    #[arg(long, value_name = "RESOURCE")]
    pub(crate) delete_data: Vec<String>,
    /// Remove databases that are named without a snapshot of the last that was in them
    #[arg(long)]
    pub(crate) without_final_snapshot: bool,
    /// Only tell what would be removed and what would stay
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Stacks, as a pattern, whose protection from being deleted is taken off
    #[arg(long, value_name = "PATTERN")]
    pub(crate) unprotect: Vec<String>,
    /// Destroy though nobody can tell from the control record whether a run is open
    #[arg(long)]
    pub(crate) without_control_record: bool,
}

const DEPLOY_HELP: &str = "\
Both Regions and that of the witness must be bootstrapped, and a new zone comes first: its stack alone, then the
delegation of its domain to it, because certificates wait until the zone answers. What would be replaced or deleted is shown before it is; what holds data is only
replaced or deleted when its name is said. Whatever ends the command, typing it again goes on where AWS is.

Exit codes:
  0  done, or nothing to be done
  1  AWS did not do something, or something was refused after a part was done: what was done, what was not and why are
     told, with what to type next
  2  the command line is wrong
  3  tideover.toml or the assembly is wrong: a function has no package, the zone is an example, the check finds a blocker
  7  refused, and nothing was changed: something would be lost, a run is open, or a failover would be taken back

Environment:
  AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                    as whom to speak to AWS
  AWS_ENDPOINT_URL  the address of every service instead of AWS's

Examples:
  tideover deploy                                    both Regions
  tideover deploy --dry-run                          what would be done, by AWS's own change sets
  tideover deploy SecondaryZoneprod --exclusively    the zone alone, before the first whole deployment
  tideover deploy '*Secondary*' --exclusively        the stacks of one Region alone
  tideover deploy --assembly cdk.out                 what any CDK app has written
  tideover deploy --allow-replace SessionTable       let this table be replaced by an empty one
";

const DIFF_HELP: &str = "\
Compares with the templates that are deployed, and leaves nothing behind. [replaces] marks a property that can only
be set when a resource is made.

Exit codes:
  0  compared
  1  AWS did not answer
  5  something differs, and --fail was given

Examples:
  tideover diff
  tideover diff '*Primary*' --output json
";

const DESTROY_HELP: &str = "\
Takes stacks away in the reverse of the order in which they came, so that members of a global database leave before
it ends. What their templates retain stays, and is listed in the end, unless its name was said: then it is told before
it is removed. Databases leave a final snapshot; secrets and keys can be restored for 30 days. Whatever ends the
command, typing it again goes on.

Exit codes:
  0  done
  1  AWS did not do something, or something was refused after a part was done, which is told
  2  the command line is wrong
  3  tideover.toml or the assembly is wrong
  7  refused, and nothing was changed: a stack is protected, data would be lost, or a run is open

Examples:
  tideover destroy --unprotect '*'                  everything, and what holds data stays
  tideover destroy --unprotect '*' --dry-run        what would go, and what would stay
  tideover destroy '*Sessions*' --unprotect '*' --delete-data SessionTable
  tideover destroy '*Monitoring*' --exclusively     some stacks alone
";

impl DestroyArgs {
    /// The stacks that are named, without others.
    pub(crate) fn chosen_alone(&self) -> ChosenArgs {
        ChosenArgs { exclusively: true, ..self.chosen.clone() }
    }
}

fn parameter(text: &str) -> Result<((String, String), String), String> {
    let parts = text.split_once(':').and_then(|(stack, rest)| Some((stack, rest.split_once('=')?)));
    let (stack, (name, value)) = parts.ok_or("it is STACK:NAME=VALUE")?;
    Ok(((stack.to_owned(), name.to_owned()), value.to_owned()))
}
