//! Which alarms a run has muted: what is to be undone, whatever became of the run meanwhile.

use std::collections::BTreeSet;

use fence::RegionName;

use crate::action::ActionName;
use crate::journal::{Entry, Event};
use crate::observed::Observed;

/// The alarms of this Region that people had muted before the run with this journal muted the others;
/// nothing when it has muted none, or has unmuted them again.
///
/// They were looked at before the first attempt to mute any, so that one which died half-way takes
/// nothing for people's wish. Of a journal without that look nothing is known, and all are unmuted: an
/// alarm too many harms less than a Region without any.
#[must_use]
pub fn muted(entries: &[Entry], region: &RegionName) -> Option<BTreeSet<String>> {
    let (mut is_of_region, mut is_muted, mut silent) = (false, false, BTreeSet::new());
    for entry in entries {
        match &entry.event {
            Event::Planned { plan, .. } => is_of_region = plan.target == *region,
            Event::Began { action: ActionName::MuteAlarms, .. } => is_muted |= is_of_region,
            Event::Ended { action, result: Ok(observed), .. } => match (action, observed) {
                (ActionName::CheckPreconditions, Observed::Noted(notes)) if is_of_region => {
                    silent = notes.silent.iter().cloned().collect();
                }
                (ActionName::UnmuteAlarms | ActionName::SwapMonitoring, _) if is_of_region => {
                    is_muted = false;
                }
                _ => {}
            },
            _ => {}
        }
    }
    is_muted.then_some(silent)
}
