//! A deployed system begins: its ledger gets its tables, the first control record is written, and the home primary
//! takes payments. Everything may be done again.

use std::time::Duration;

use fence::{Author, ControlStore as _, Epoch, RegionName, Unsettled};
use recovery::{Answer, Ask};
use region::{Initialized, NotInitialized, initialize};

use crate::account::NoAccount;
use crate::fault::Fault;
use crate::reach::Reach;
use crate::site::Site;

/// How long making the ledger's tables may take.
const LEDGER_LIMIT: Duration = Duration::from_secs(60);

/// Which Region takes payments, and under which epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Active {
    /// The Region.
    pub region: RegionName,
    /// The epoch.
    pub epoch: Epoch,
}

/// Why a system did not begin.
#[derive(Debug, thiserror::Error)]
pub enum NotActivated {
    /// It is not known that these credentials are the system's.
    #[error(transparent)]
    Account(#[from] NoAccount),
    /// The control table does not answer.
    #[error("the control table does not answer: {0}")]
    Silent(String),
    /// A run is under way, and no Region is active.
    #[error("no Region is active: a run is under way")]
    UnderWay,
    /// The ledger of the Region is not ready.
    #[error("the ledger of `{region}` is not ready: {said}")]
    Ledger {
        /// The Region.
        region: RegionName,
        /// What was said instead.
        said: String,
    },
    /// The record was not written for certain.
    #[error("the first control record was not written")]
    Record(#[source] Unsettled),
    /// Its event sources are not turned on.
    #[error("the event sources of `{region}` are not turned on: {said}")]
    Sources {
        /// The Region.
        region: RegionName,
        /// What was said instead.
        said: String,
    },
}

/// What a ledger said instead of doing what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Said(String);

/// Brings the tables of the active Region's ledger up to date, and where no Region has ever been active makes the home
/// primary so: the first control record, the epoch in its ledger, its event sources.
///
/// # Errors
/// When AWS does not answer, when these are credentials of another account, or while a run is under way.
pub async fn activate(reach: &Reach, by: Author) -> Result<Active, NotActivated> {
    reach.account().await?;
    let record = reach.table().read_record().await;
    let record = record.map_err(|silent| NotActivated::Silent(silent.cause))?;
    let region = match &record {
        None => reach.system().homes.primary.clone(),
        Some(record) => record.active_region().cloned().ok_or(NotActivated::UnderWay)?,
    };
    let not_ready = |said: String| NotActivated::Ledger { region: region.clone(), said };
    let site = reach.site(&region);
    ask(reach, site, Ask::Migrate).await.map_err(|Said(said)| not_ready(said))?;
    let raise = async |epoch: Epoch| {
        let region = region.to_string();
        ask(reach, site, Ask::RaiseEpoch { epoch: epoch.number(), region }).await
    };
    let begun = initialize(reach.table(), &region, by, raise).await;
    let epoch = match begun {
        Ok(Initialized::First) => Epoch::FIRST,
        Ok(Initialized::MovedOn(epoch)) => return Ok(Active { region, epoch }),
        Err(NotInitialized::Record(cause)) => return Err(NotActivated::Record(cause)),
        Err(NotInitialized::Ledger(Said(said))) => return Err(not_ready(said)),
    };
    // They follow by themselves.
    let turned = site.turn_all(&reach.system().beginning(), true, reach.ways.call_limit).await;
    let off = |fault: Fault| NotActivated::Sources { region: region.clone(), said: fault.said() };
    turned.map_err(off)?;
    Ok(Active { region, epoch })
}

async fn ask(reach: &Reach, site: &Site, ask: Ask) -> Result<(), Said> {
    let answer = site.ask(&reach.system().ledger_function(), &ask, LEDGER_LIMIT).await;
    match answer.map_err(|fault| Said(fault.said()))? {
        Answer::Done | Answer::Epoch { .. } => Ok(()),
        Answer::TryAgain { cause } | Answer::Refused { cause } => Err(Said(cause)),
        other => Err(Said(format!("it answered {other:?}"))),
    }
}
