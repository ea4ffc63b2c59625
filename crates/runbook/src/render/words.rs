//! What people are told of an action: what it does, what must be so before it, what verifies it, how
//! to see that by hand, and what to do when it fails. One entry for each name of an action.
//!
//! Entries name Regions and epochs in braces, such as `{target}`; `{here}` is the Region of the action.

mod back;
mod begin;
mod move_database;
mod restore;
mod serve;

use crate::action::{Action, ActionName, Side};
use crate::plan::{Plan, PlanKind};

/// What people are told of an action, with the plan's Regions and epochs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    /// What it does.
    pub(super) does: String,
    /// What must be so before it.
    pub(super) precondition: String,
    /// What verifies it.
    pub(super) verification: String,
    /// How a person sees that it is done.
    pub(super) by_hand: String,
    /// What a person does when all attempts failed.
    pub(super) when_it_fails: String,
}

/// An entry of the table.
struct Entry {
    does: &'static str,
    precondition: &'static str,
    verification: &'static str,
    by_hand: &'static str,
    when_it_fails: &'static str,
}

impl Words {
    /// The words for an action of this plan.
    pub(super) fn of(plan: &Plan, action: &Action) -> Self {
        let (seen, epoch) = (plan.seen.to_string(), plan.epoch.to_string());
        Self::filled(
            plan.kind,
            action,
            &regions(plan, action),
            &[("{seen}", &seen), ("{epoch}", &epoch)],
        )
    }

    /// The same, with the names of epochs that the commands of a page use.
    pub(super) fn on_page(plan: &Plan, action: &Action) -> Self {
        let epochs = [("{seen}", "`$SEEN`"), ("{epoch}", "`$EPOCH`")];
        Self::filled(plan.kind, action, &regions(plan, action), &epochs)
    }

    /// The words that hold for every plan of this kind, whichever Regions it is about.
    pub(super) fn neutral(kind: PlanKind, action: &Action) -> Self {
        let here = if action.side == Side::Source { "the source" } else { "the target" };
        let regions = [
            ("{source}", "the source"),
            ("{target}", "the target"),
            ("{witness}", "the witness"),
            ("{here}", here),
        ];
        let epochs = [
            ("epoch {seen}", "the epoch of the plan"),
            ("epoch {epoch}", "the reserved epoch"),
            ("{epoch}", "the reserved epoch"),
        ];
        Self::filled(kind, action, &regions, &epochs)
    }

    fn filled(
        kind: PlanKind,
        action: &Action,
        regions: &[(&str, &str)],
        epochs: &[(&str, &str)],
    ) -> Self {
        let states = [("{state}", state(kind))];
        let fill = |text: &str| {
            let all = regions.iter().chain(epochs).chain(&states);
            all.fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
        };
        let entry = entry(action.name);
        Self {
            does: fill(entry.does),
            precondition: fill(entry.precondition),
            verification: fill(entry.verification),
            by_hand: fill(entry.by_hand),
            when_it_fails: fill(entry.when_it_fails),
        }
    }
}

fn regions<'p>(plan: &'p Plan, action: &'p Action) -> [(&'static str, &'p str); 4] {
    [
        ("{source}", plan.source.as_str()),
        ("{target}", plan.target.as_str()),
        ("{witness}", plan.witness.as_str()),
        ("{here}", action.region.as_str()),
    ]
}

/// The state of the control record in which a run of this kind begins.
fn state(kind: PlanKind) -> &'static str {
    match kind {
        PlanKind::Switchover | PlanKind::Failback => "DRAINING",
        PlanKind::Failover => "FENCED",
    }
}

/// The table: a function, so that the compiler asks for an entry when there is a new name.
fn entry(name: ActionName) -> Entry {
    match name {
        ActionName::CheckPreconditions => begin::CHECK_PRECONDITIONS,
        ActionName::Triage => begin::TRIAGE,
        ActionName::SnapshotEvidence => begin::SNAPSHOT_EVIDENCE,
        ActionName::ApproveLoss => begin::APPROVE_LOSS,
        ActionName::CloseEarlier => begin::CLOSE_EARLIER,
        ActionName::BeginRun => begin::BEGIN_RUN,
        ActionName::MuteAlarms => begin::MUTE_ALARMS,
        ActionName::StopIntake => begin::STOP_INTAKE,
        ActionName::StopSource => begin::STOP_SOURCE,
        ActionName::WaitForFence => begin::WAIT_FOR_FENCE,
        ActionName::DrainOutbox => begin::DRAIN_OUTBOX,
        ActionName::WaitForReplication => begin::WAIT_FOR_REPLICATION,
        ActionName::RecordTail => begin::RECORD_TAIL,
        ActionName::PassPointOfNoReturn => move_database::PASS_POINT_OF_NO_RETURN,
        ActionName::SwitchDatabase => move_database::SWITCH_DATABASE,
        ActionName::PromoteDatabase => move_database::PROMOTE_DATABASE,
        ActionName::ApproveDetach => move_database::APPROVE_DETACH,
        ActionName::DetachDatabase => move_database::DETACH_DATABASE,
        ActionName::VerifyDatabase => move_database::VERIFY_DATABASE,
        ActionName::RaiseEpoch => move_database::RAISE_EPOCH,
        ActionName::HoldMissing => move_database::HOLD_MISSING,
        ActionName::Open => serve::OPEN,
        ActionName::StartWorkers => serve::START_WORKERS,
        ActionName::TryPayment => serve::TRY_PAYMENT,
        ActionName::DirectTraffic => serve::DIRECT_TRAFFIC,
        ActionName::ConfirmTraffic => serve::CONFIRM_TRAFFIC,
        ActionName::Stabilize => serve::STABILIZE,
        ActionName::UnmuteAlarms => serve::UNMUTE_ALARMS,
        ActionName::SwapMonitoring => serve::SWAP_MONITORING,
        ActionName::WriteReport => serve::WRITE_REPORT,
        ActionName::Close => serve::CLOSE,
        ActionName::AwaitSource => restore::AWAIT_SOURCE,
        ActionName::HoldSource => restore::HOLD_SOURCE,
        ActionName::RescueTail => restore::RESCUE_TAIL,
        ActionName::AskProcessor => serve::ASK_PROCESSOR,
        ActionName::SettleMissing => restore::SETTLE_MISSING,
        ActionName::Converge => restore::CONVERGE,
        ActionName::RestoreProtection => restore::RESTORE_PROTECTION,
        ActionName::ConfirmWriter => back::CONFIRM_WRITER,
        ActionName::Abort => back::ABORT,
        ActionName::ReopenSource => back::REOPEN_SOURCE,
    }
}
