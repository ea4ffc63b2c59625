//! What actions saw or kept besides what they were for, out of the journal: evidence of that time.

use ::fence::Millis;
use runbook::{ActionName, Entry, Event, Notes, Observed};

use super::words;
use crate::known::Alarm;
use crate::report::{Kept, ProbeTold};

/// Who looks at alarms before the run is decided.
const DECIDING: &[ActionName] = &[ActionName::Triage, ActionName::MuteAlarms];
/// Who looks at them when users are served.
const SERVING: &[ActionName] =
    &[ActionName::Stabilize, ActionName::SwapMonitoring, ActionName::UnmuteAlarms];
/// Who asks DNS before the switch is turned.
const BEFORE: &[ActionName] = &[ActionName::CheckPreconditions, ActionName::Triage];
/// Who asks it after.
const AFTER: &[ActionName] = &[ActionName::ConfirmTraffic];

pub(super) fn alarms_at_decision(entries: &[Entry]) -> Option<Vec<Alarm>> {
    alarms(entries, DECIDING)
}

pub(super) fn alarms_at_end(entries: &[Entry]) -> Option<Vec<Alarm>> {
    alarms(entries, SERVING)
}

pub(super) fn dns_before(entries: &[Entry]) -> Option<Vec<ProbeTold>> {
    probes(entries, BEFORE)
}

pub(super) fn dns_after(entries: &[Entry]) -> Option<Vec<ProbeTold>> {
    probes(entries, AFTER)
}

/// Whether the run with this journal has written down what DNS answered after the switch was turned.
#[must_use]
pub fn has_asked_dns(entries: &[Entry]) -> bool {
    dns_after(entries).is_some()
}

/// What of the run was stored, and where: as it was stored last.
pub(super) fn kept(entries: &[Entry]) -> Vec<Kept> {
    let all = notes(entries, &[ActionName::WriteReport]).next();
    let told = all.into_iter().flat_map(|notes| &notes.kept).map(|kept| Kept {
        place: kept.place.clone(),
        sha256: kept.sha256.clone(),
        locked_until: kept.locked_until.map(words::instant),
    });
    told.collect()
}

/// Why alarms were not seen at the decision, where somebody wrote it down.
pub(super) fn why_no_alarms(entries: &[Entry]) -> Option<String> {
    let lacking = notes(entries, DECIDING).next()?.lacking.join("; ");
    (!lacking.is_empty()).then_some(lacking)
}

fn alarms(entries: &[Entry], by: &[ActionName]) -> Option<Vec<Alarm>> {
    let notes = notes(entries, by).find(|notes| !notes.alarms.is_empty())?;
    let mut alarms = notes.alarms.clone();
    alarms.sort();
    let alarms = alarms.into_iter();
    Some(alarms.map(|it| Alarm { region: it.region, name: it.name, state: it.state }).collect())
}

fn probes(entries: &[Entry], by: &[ActionName]) -> Option<Vec<ProbeTold>> {
    let notes = notes(entries, by).find(|notes| !notes.dns.is_empty())?;
    let probes = notes.dns.iter().map(|it| ProbeTold {
        at: words::instant(Millis(it.at.0)),
        asked: it.asked.clone(),
        name: it.name.clone(),
        answer: it.answer.clone(),
    });
    Some(probes.collect())
}

/// What these actions have noted, the latest first.
fn notes<'j>(entries: &'j [Entry], by: &'j [ActionName]) -> impl Iterator<Item = &'j Notes> {
    entries.iter().rev().filter_map(|entry| match &entry.event {
        Event::Ended { action, result: Ok(Observed::Noted(notes)), .. } => {
            by.contains(action).then_some(notes)
        }
        _ => None,
    })
}
