//! Which Region the control record lets write, as it is written again and again.

use fence::{ControlRecord, PointOfNoReturn, State};

use crate::history::Site;

/// What the control record says now.
#[derive(Clone, Copy, Default)]
pub(super) struct Tenure<'h> {
    record: Option<&'h ControlRecord>,
}

/// What a write of the record changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// A Region became active: it may take money from now on.
    Opened(Site),
    /// A run gave up its way back.
    Passed,
    /// Anything else.
    Other,
}

impl<'h> Tenure<'h> {
    /// The record now.
    pub(super) fn record(&self) -> Option<&'h ControlRecord> {
        self.record
    }

    /// Takes the record as it was written, and says what that changed.
    pub(super) fn turn(&mut self, record: &'h ControlRecord) -> Turn {
        let before = self.record.replace(record);
        let turned = |of: fn(&ControlRecord) -> bool| of(record) && !before.is_some_and(of);
        if let Some(site) = active(record)
            && before.and_then(active) != Some(site)
        {
            return Turn::Opened(site);
        }
        if turned(has_passed) { Turn::Passed } else { Turn::Other }
    }

    /// Whether a gate of this Region may be open: it is active, or it is the source of a run that can
    /// still turn back.
    pub(super) fn lets(&self, site: Site) -> bool {
        let Some(record) = self.record else { return false };
        let is_source = record.run().is_some_and(|run| {
            Site::of(&run.source) == Some(site) && run.point_of_no_return == PointOfNoReturn::Ahead
        });
        active(record) == Some(site) || is_source
    }
}

/// The Region that the record makes active, and not only lets finish.
pub(super) fn active(record: &ControlRecord) -> Option<Site> {
    let region = record.active_region().filter(|_| record.state() == State::Active)?;
    Site::of(region)
}

fn has_passed(record: &ControlRecord) -> bool {
    record.run().is_some_and(|run| run.point_of_no_return == PointOfNoReturn::Passed)
}
