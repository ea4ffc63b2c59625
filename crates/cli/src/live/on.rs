//! The two Regions that a command acts on: those of the file in AWS, or those on this machine. What both can do.

use std::env;
use std::io::{Write, stderr};

use aws::Notice;
use cloud::{LetGo, NoAccount, Ways};
use fence::{Author, NoAnswer, RunId};
use region::Trust;
use runbook::{Control, Entry, NotTaken, PlanKind};
use service::Source;
use topology::Topology;

use crate::args::{InputArgs, OnArgs, OnWhat};
use crate::failure::with_hint;
use crate::input;
use crate::live::reached::{folder, reach};

/// Two Regions.
pub(crate) enum On {
    /// On this machine.
    Here(Box<local::Reach>),
    /// In AWS.
    Aws(cloud::Reach),
}

impl On {
    /// The runs that there were.
    pub(crate) async fn runs(&self) -> Result<Vec<RunId>, NoAnswer> {
        match self {
            Self::Here(reach) => reach.runs().await,
            Self::Aws(reach) => reach.runs().await,
        }
    }

    /// The journal of a run.
    pub(crate) async fn entries(&self, run: &RunId) -> Result<Vec<Entry>, NoAnswer> {
        match self {
            Self::Here(reach) => reach.entries(run).await,
            Self::Aws(reach) => reach.entries(run).await,
        }
    }

    /// Somebody of this name; in AWS as the principal whose credentials these are, which nobody can say of themselves.
    pub(crate) async fn author(&self, name: &str) -> Result<Author, NoAccount> {
        match self {
            Self::Here(_) => Ok(Author::new(name)),
            Self::Aws(reach) => reach.author(name).await,
        }
    }

    /// Writes what somebody orders into the journal of a run; what became of the state machine that waits for it.
    pub(crate) async fn order(
        &self,
        run: &RunId,
        control: &Control,
        by: &Author,
    ) -> Result<LetGo, NotTaken> {
        match self {
            Self::Here(reach) => reach.order(run, control, by).await.map(|()| LetGo::NoneWaits),
            Self::Aws(reach) => reach.order(run, control, by).await,
        }
    }
}

/// The Regions that are meant, after saying on the first line which they are. `kind` is the run that is about to begin:
/// it says which Region is asked first.
pub(crate) async fn on(
    on: &OnArgs,
    input: &InputArgs,
    kind: Option<PlanKind>,
) -> anyhow::Result<On> {
    let is_up = std::os::unix::net::UnixStream::connect(local::socket_in(&folder(&on.up))).is_ok();
    let usual = if is_up { OnWhat::Here } else { OnWhat::Aws };
    match on.on.unwrap_or(usual) {
        OnWhat::Here => {
            let reach = reach(&on.up).await?;
            writeln!(stderr().lock(), "on: this machine, `{}`", folder(&on.up).display())?;
            Ok(On::Here(Box::new(reach)))
        }
        OnWhat::Aws => in_aws(&input::topology(input)?, kind).await.map(On::Aws),
    }
}

/// The system of the file in AWS, when these are credentials of its account.
pub(crate) async fn in_aws(
    topology: &Topology,
    kind: Option<PlanKind>,
) -> anyhow::Result<cloud::Reach> {
    let system = stacks::system(topology);
    // The home standby is asked first, which is what one has while the home primary is lost.
    let here = match kind {
        Some(PlanKind::Failback) => system.homes.primary.clone(),
        _ => system.homes.standby.clone(),
    };
    let usual = Ways { account: topology.account.clone(), ..Ways::of_operator(&here) };
    let ways = usual.told_by(|name| env::var(name).ok())?;
    let trust = Trust::native().or_else(|none| {
        // Without TLS nothing but addresses of this machine is reached.
        if ways.services.is_empty() { Err(none) } else { Ok(Trust::nobody()) }
    })?;
    let reach = cloud::Reach::new(system, ways, trust, random, |_: &Notice| {});
    let account = reach.account().await.map_err(|none| {
        with_hint(
            none.to_string(),
            "`aws sts get-caller-identity` shows whose credentials these are; or say `--on here`",
        )
    })?;
    let (primary, standby) = (&reach.system().homes.primary, &reach.system().homes.standby);
    let prefix = reach.system().prefix();
    writeln!(
        stderr().lock(),
        "on: AWS account {}, {primary} and {standby}, `{prefix}`",
        account.id
    )?;
    Ok(reach)
}

fn random() -> u64 {
    u64::try_from(Source::system().bits() & u128::from(u64::MAX)).unwrap_or(0)
}
