//! What the control record says, told when it says something else than before.

use fence::{ControlRecord, PointOfNoReturn, State};

use super::{Teller, Topic};
use crate::history::Site;

/// What was told of the record last.
#[derive(Default)]
pub(super) struct Told {
    record: Option<ControlRecord>,
}

impl Teller<'_> {
    pub(super) fn record(&mut self, at_ms: u64, record: &ControlRecord) {
        let before = self.record.record.replace(record.clone());
        for text in changes(before.as_ref(), record) {
            self.say(at_ms, Topic::Record, text);
        }
        let opened = before.is_some_and(|before| before.state() != State::Active);
        if opened && record.state() == State::Active {
            self.awaited = record.active_region().and_then(Site::of);
        }
    }
}

/// In the order in which they matter.
fn changes(before: Option<&ControlRecord>, now: &ControlRecord) -> Vec<String> {
    let Some(before) = before else { return vec![granted(now)] };
    let mut changes = Vec::new();
    if (before.state(), before.active_region(), before.epoch())
        != (now.state(), now.active_region(), now.epoch())
    {
        changes.push(granted(now));
    } else if !is_passed(before) && is_passed(now) {
        changes.push("the point of no return is passed: the run can only be finished".to_owned());
    }
    if before.traffic_region() != now.traffic_region() {
        changes.push(format!("traffic is to go to {}", now.traffic_region()));
    }
    if before.run().is_some() && now.run().is_none() {
        changes.push("the run lock is given back".to_owned());
    }
    changes
}

fn is_passed(record: &ControlRecord) -> bool {
    record.run().is_some_and(|run| run.point_of_no_return == PointOfNoReturn::Passed)
}

fn granted(record: &ControlRecord) -> String {
    let (state, epoch) = (record.state(), record.epoch());
    let region = record.active_region().map_or("no Region", |region| region.as_str());
    match state {
        State::Active => format!("{state}: {region} may take money, under epoch {epoch}"),
        State::Draining => {
            format!("{state}: {region} finishes what it began; epoch {epoch} is reserved")
        }
        State::Fenced => format!("{state}: {region} may take money; epoch {epoch} is reserved"),
    }
}
