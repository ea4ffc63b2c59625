//! Beginning a run: from what is seen to a plan in its journal.

use runbook::{NotTaken, Plan, Request, Unmet, plan, write_plan};

use crate::account::NoAccount;
use crate::facts::facts;
use crate::reach::{Reach, now};

/// Why a run has not begun.
#[derive(Debug, Clone)]
pub enum NotBegun {
    /// It is not known that these credentials are the system's.
    Account(NoAccount),
    /// These conditions are not met.
    Unmet(Vec<Unmet>),
    /// The plan was not written into its journal.
    NotTaken(NotTaken),
}

/// Plans a run from what is seen now, and writes the plan down: the first write, after the account was asked for. Nothing
/// is done yet.
///
/// # Errors
/// When the account is another, a condition is not met, or the journal does not take the plan.
pub async fn begin(reach: &Reach, request: &Request) -> Result<Plan, NotBegun> {
    let plan = prepare(reach, request).await?;
    write(reach, &plan, request).await?;
    Ok(plan)
}

/// Plans a run from what is seen now, and writes nothing.
pub(crate) async fn prepare(reach: &Reach, request: &Request) -> Result<Plan, NotBegun> {
    reach.account().await.map_err(NotBegun::Account)?;
    let facts = facts(reach, request.kind, &request.settings).await;
    plan(request, &facts).map_err(NotBegun::Unmet)
}

/// Writes the plan down.
pub(crate) async fn write(reach: &Reach, plan: &Plan, request: &Request) -> Result<(), NotBegun> {
    let journal = reach.table().journal(&request.run);
    let written = write_plan(&journal, plan, &request.by, &request.reason, now()).await;
    written.map_err(NotBegun::NotTaken)
}

impl std::fmt::Display for NotBegun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account(no_account) => no_account.fmt(f),
            Self::Unmet(unmet) => {
                let reasons: Vec<String> = unmet.iter().map(ToString::to_string).collect();
                f.write_str(&reasons.join("; "))
            }
            Self::NotTaken(not_taken) => not_taken.fmt(f),
        }
    }
}

impl std::error::Error for NotBegun {}
