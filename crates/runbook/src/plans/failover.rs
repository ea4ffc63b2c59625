//! Rule 16.2: unplanned, loss bounded and named.
//!
//! Whatever asks the lost Region is best effort until that Region has come back. Nothing turns back
//! by itself: its source is lost.

use super::{FOREVER, Row, row};
use crate::action::ActionName::{
    ApproveDetach, ApproveLoss, AskProcessor, AwaitSource, BeginRun, Close, CloseEarlier,
    ConfirmTraffic, Converge, DetachDatabase, DirectTraffic, HoldMissing, HoldSource, Open,
    PassPointOfNoReturn, PromoteDatabase, RaiseEpoch, RescueTail, RestoreProtection, SettleMissing,
    SnapshotEvidence, Stabilize as LookAfter, StartWorkers, StopSource, Triage, TryPayment,
    UnmuteAlarms, VerifyDatabase, WaitForFence, WriteReport,
};
use crate::action::Condition::{IfDone, IfRefused};
use crate::action::Side::{Global, Source, Target};
use crate::action::Stage::{Decide, Fence, Promote, Restore, Route, Stabilize, Verify};

pub(super) const ROWS: &[Row] = &[
    //                                         limit tries pause
    row(Triage, Decide, Source, 10, 1, 0).or_go_on(),
    row(SnapshotEvidence, Decide, Target, 20, 2, 1).or_go_on(),
    row(ApproveLoss, Decide, Global, 15, 1, 0).by_people(),
    row(CloseEarlier, Fence, Global, 15, 10, 2),
    row(BeginRun, Fence, Global, 15, 10, 2),
    row(StopSource, Fence, Source, 20, 1, 0).or_go_on(),
    row(WaitForFence, Fence, Global, 15, 10, 2).after_leases(),
    row(PassPointOfNoReturn, Promote, Global, 15, 10, 2).after_leases(),
    row(PromoteDatabase, Promote, Target, 60, 20, 1),
    row(ApproveDetach, Promote, Global, 15, 1, 0).when(IfRefused(PromoteDatabase)).by_people(),
    row(DetachDatabase, Promote, Target, 60, 20, 1).when(IfRefused(PromoteDatabase)),
    row(VerifyDatabase, Verify, Target, 30, 20, 3),
    row(RaiseEpoch, Verify, Target, 15, 10, 2),
    row(HoldMissing, Verify, Target, 120, 10, 2),
    row(Open, Verify, Global, 15, 10, 2),
    row(StartWorkers, Route, Target, 30, 5, 2),
    row(TryPayment, Route, Target, 20, 10, 2).skippable(),
    row(DirectTraffic, Route, Global, 15, 10, 2),
    row(ConfirmTraffic, Route, Global, 60, 5, 1).or_go_on(),
    row(UnmuteAlarms, Stabilize, Target, 20, 3, 5).or_go_on(),
    row(AskProcessor, Stabilize, Target, 120, 4, 30).or_go_on(),
    row(LookAfter, Stabilize, Target, 60, 1, 0).or_go_on(),
    row(WriteReport, Stabilize, Target, 60, 3, 5).or_go_on(),
    row(AwaitSource, Restore, Source, 60, FOREVER, 30).skippable(),
    row(HoldSource, Restore, Source, 60, FOREVER, 30).when(IfDone(AwaitSource)),
    row(RescueTail, Restore, Source, 3_600, 10, 60).when(IfDone(AwaitSource)).skippable(),
    row(SettleMissing, Restore, Target, 600, FOREVER, 30),
    row(Converge, Restore, Source, 3_600, 1, 0).when(IfDone(AwaitSource)).or_go_on(),
    row(RestoreProtection, Restore, Target, 600, FOREVER, 60).skippable(),
    row(Close, Restore, Global, 15, 10, 2),
];
