//! Rule 16.1, and 16.3: planned, no loss.
//!
//! Until the point of no return a failure turns the run back by itself; and after it, when the
//! database service has refused or cancelled the switch and the source is still the writer.

use super::{Row, row};
use crate::action::ActionName::{
    BeginRun, CheckPreconditions, Close, ConfirmTraffic, DirectTraffic, DrainOutbox, MuteAlarms,
    Open, PassPointOfNoReturn, RaiseEpoch, RecordTail, StartWorkers, StopIntake, SwapMonitoring,
    SwitchDatabase, TryPayment, VerifyDatabase, WaitForFence, WaitForReplication, WriteReport,
};
use crate::action::Side::{Global, Source, Target};
use crate::action::Stage::{Decide, Fence, Promote, Route, Stabilize, Verify};

pub(super) const ROWS: &[Row] = &[
    //                                         limit tries pause
    row(CheckPreconditions, Decide, Target, 30, 3, 5).or_abort(),
    row(BeginRun, Fence, Global, 15, 5, 2).or_abort(),
    row(MuteAlarms, Fence, Target, 20, 2, 2).or_go_on(),
    row(StopIntake, Fence, Source, 30, 3, 2).or_abort(),
    row(WaitForFence, Fence, Global, 15, 3, 2).after_leases().or_abort(),
    row(DrainOutbox, Fence, Source, 10, 1, 0).or_go_on(),
    row(WaitForReplication, Fence, Source, 60, 1, 0).or_go_on(),
    row(RecordTail, Fence, Source, 15, 3, 2).or_abort(),
    row(PassPointOfNoReturn, Promote, Global, 15, 5, 2).after_leases().or_abort(),
    row(SwitchDatabase, Promote, Source, 60, 20, 1),
    row(VerifyDatabase, Verify, Target, 30, 20, 3),
    row(RaiseEpoch, Verify, Target, 15, 10, 2),
    row(Open, Verify, Global, 15, 10, 2),
    row(StartWorkers, Route, Target, 30, 5, 2),
    row(TryPayment, Route, Target, 20, 10, 2).skippable(),
    row(DirectTraffic, Route, Global, 15, 10, 2),
    row(ConfirmTraffic, Route, Global, 60, 5, 1).or_go_on(),
    row(SwapMonitoring, Stabilize, Target, 60, 3, 5).or_go_on(),
    row(WriteReport, Stabilize, Target, 60, 3, 5).or_go_on(),
    row(Close, Stabilize, Global, 15, 10, 2),
];
