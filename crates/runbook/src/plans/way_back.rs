//! Rule 16.4: back to the source, under the reserved epoch and never under its old one.
//!
//! The record is turned back only after the source's database was seen to be the writer, with no
//! change of that under way. A run that never took the run lock has nothing to turn back.
//!
//! A request to switch that arrives late all the same, after the record was turned back, moves the
//! writer away from the Region that is active. That costs availability until a person acts, and no
//! money: the ledger that it moves to takes no payment, because its Region is not active.

use super::{Row, row};
use crate::action::ActionName::{
    Abort, Close, ConfirmWriter, RaiseEpoch, ReopenSource, SwapMonitoring, WriteReport,
};
use crate::action::Condition::IfBegun;
use crate::action::Side::{Global, Source};
use crate::action::Stage::{Route, Stabilize, Verify};

pub(super) const ROWS: &[Row] = &[
    //                                         limit tries pause
    row(ConfirmWriter, Verify, Source, 30, 20, 3).when(IfBegun),
    row(Abort, Verify, Global, 15, 20, 2).when(IfBegun),
    row(RaiseEpoch, Verify, Source, 15, 20, 2).when(IfBegun),
    row(ReopenSource, Route, Source, 30, 20, 2).when(IfBegun),
    row(SwapMonitoring, Stabilize, Source, 60, 3, 5).when(IfBegun).or_go_on(),
    row(WriteReport, Stabilize, Source, 60, 3, 5).or_go_on(),
    row(Close, Stabilize, Global, 15, 20, 2).when(IfBegun),
];
