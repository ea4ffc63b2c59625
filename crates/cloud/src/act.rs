//! What each action does in AWS, by the SDK, HTTPS and DNS: looks first, then acts, then looks whether it is so. What is
//! so already is a success.
//!
//! Actions on the control record, and approvals, are the loop's own and never come here.

mod databases;
mod ledgers;
mod returned;
mod serving;
mod standing;
mod switching;

use std::time::Duration;

use fence::{Millis, RegionName};
use recovery::{Answer, Ask};
use runbook::{Action, ActionName, Entry, Failure, Observed, Plan, Refused};

use crate::account::Account;
use crate::fault::Fault;
use crate::reach::Reach;
use crate::site::Site;

/// What came of an attempt.
pub(crate) type Attempt = Result<Observed, Failure>;

/// One attempt of an action.
pub(crate) struct Act<'a> {
    pub(crate) reach: &'a Reach,
    pub(crate) account: &'a Account,
    pub(crate) plan: &'a Plan,
    pub(crate) action: &'a Action,
    /// The run's journal, as far as it is known.
    pub(crate) entries: &'a [Entry],
}

pub(crate) fn again(cause: impl Into<String>) -> Failure {
    Failure::TryAgain(cause.into())
}

impl Act<'_> {
    /// Makes it.
    pub(crate) async fn perform(&self) -> Attempt {
        match self.action.name {
            ActionName::CheckPreconditions => self.check_preconditions().await,
            ActionName::Triage => self.triage().await,
            ActionName::SnapshotEvidence => self.snapshot_evidence().await,
            ActionName::MuteAlarms => self.mute_alarms().await,
            ActionName::StopIntake => self.turn_sources(&self.plan.source, false).await,
            ActionName::StopSource => self.stop_source().await,
            ActionName::DrainOutbox => self.drain_outbox().await,
            ActionName::WaitForReplication | ActionName::Converge => self.replicated().await,
            ActionName::RecordTail => self.record_tail().await,
            ActionName::SwitchDatabase => self.switch_database().await,
            ActionName::PromoteDatabase => self.promote_database().await,
            ActionName::DetachDatabase => self.detach_database().await,
            ActionName::VerifyDatabase => self.verify_database().await,
            ActionName::RaiseEpoch => self.raise_epoch().await,
            ActionName::HoldMissing => self.hold_missing().await,
            ActionName::AskProcessor | ActionName::SettleMissing => self.settle().await,
            ActionName::StartWorkers => self.start_workers().await,
            ActionName::TryPayment => self.try_payment().await,
            ActionName::ConfirmTraffic => self.confirm_traffic().await,
            ActionName::Stabilize => self.look_after().await,
            ActionName::UnmuteAlarms => self.unmute_alarms().await,
            ActionName::SwapMonitoring => self.swap_monitoring().await,
            ActionName::WriteReport => self.write_report().await,
            ActionName::AwaitSource => self.await_source().await,
            ActionName::HoldSource => self.hold_source().await,
            ActionName::RescueTail => self.rescue_tail().await,
            ActionName::RestoreProtection => self.restore_protection().await,
            ActionName::ConfirmWriter => self.confirm_writer().await,
            ActionName::ReopenSource => self.reopen_source().await,
            ActionName::ApproveLoss
            | ActionName::CloseEarlier
            | ActionName::BeginRun
            | ActionName::WaitForFence
            | ActionName::PassPointOfNoReturn
            | ActionName::ApproveDetach
            | ActionName::Open
            | ActionName::DirectTraffic
            | ActionName::Close
            | ActionName::Abort => {
                let name = self.action.name;
                Err(Failure::Refused(Refused::Other, format!("`{name}` is not done in AWS")))
            }
        }
    }

    fn source(&self) -> &Site {
        self.reach.site(&self.plan.source)
    }

    fn target(&self) -> &Site {
        self.reach.site(&self.plan.target)
    }

    /// When the run was planned: the time of its first entry.
    fn planned_at(&self) -> Millis {
        self.entries.first().map_or(Millis(0), |entry| entry.at)
    }

    /// For how long one call is waited for.
    fn limit(&self) -> Duration {
        self.reach.ways.call_limit
    }

    /// The pause between two looks.
    fn pause(&self) -> Duration {
        self.reach.ways.look_interval
    }

    /// The ARN of a Region's cluster.
    fn cluster_arn(&self, region: &RegionName) -> String {
        self.account.cluster_arn(&self.reach.system, region)
    }

    /// Asks the ledger of a Region, for as long as one call may take.
    async fn ledger(&self, site: &Site, ask: Ask) -> Result<Answer, Fault> {
        site.ask(&self.reach.system.ledger_function(), &ask, self.limit()).await
    }

    /// Asks the ledger of a Region for work that may take as long as the attempt.
    async fn ledger_work(&self, site: &Site, ask: Ask) -> Attempt {
        self.ledger_answer(site, ask).await?.observed()
    }

    /// The same, as it was answered.
    async fn ledger_answer(&self, site: &Site, ask: Ask) -> Result<Answer, Fault> {
        let limit = self.action.time_limit.into();
        site.ask(&self.reach.system.ledger_function(), &ask, limit).await
    }
}
