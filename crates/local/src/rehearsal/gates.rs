//! When each Region's gate was open: by its log, and by what ended its process where it could write
//! none.
//!
//! A gate that closed by itself says so later, and when it was. A process that was killed writes
//! nothing any more, and one that stands still for ever neither: the gate of the one ended with it,
//! that of the other with its lease.

use drill::{Fault, Happening, Site, What};

use super::evidence::{Evidence, GateLine};
use crate::store::ChosenValue;

/// A time in which a gate was open, in microseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) site: Site,
    pub(super) epoch: u64,
    pub(super) from_us: u64,
    /// Until when; none: it is open in the end.
    pub(super) until_us: Option<u64>,
    /// Why it closed.
    pub(super) reason: &'static str,
}

impl Span {
    pub(super) fn is_open_at(&self, at_us: u64) -> bool {
        (self.from_us..self.until_us.unwrap_or(u64::MAX)).contains(&at_us)
    }
}

/// What becomes of a Region's process, of which it writes nothing into its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    Killed,
    Frozen,
    Thawed,
}

/// Every time in which a gate was open, in order for each Region.
pub(super) fn spans(evidence: &Evidence) -> Vec<Span> {
    let mut spans = Vec::new();
    for site in Site::ALL {
        let lines: Vec<GateLine> =
            evidence.gates.iter().filter(|line| line.site == site).copied().collect();
        for (number, line) in lines.iter().enumerate() {
            let Some(epoch) = line.open else { continue };
            let next = lines.get(number + 1);
            let (until_us, reason) = end(evidence, *line, next);
            spans.push(Span { site, epoch, from_us: line.at_us, until_us, reason });
        }
    }
    spans
}

/// When a gate that opened with this line closed again, and why: of a kill, the end of the lease of a
/// process that stood still, and the next line, whatever was first.
fn end(
    evidence: &Evidence,
    line: GateLine,
    next: Option<&GateLine>,
) -> (Option<u64>, &'static str) {
    let by_line = next.map(|next| (next.at_us, next.reason));
    let until_us = by_line.map_or(u64::MAX, |(at_us, _)| at_us);
    let stops: Vec<(u64, Stop)> = stops(evidence, line.site)
        .filter(|(at_us, _)| (line.at_us..until_us).contains(at_us))
        .collect();
    let killed_us = stops.iter().find(|(_, stop)| *stop == Stop::Killed).map(|(at_us, _)| *at_us);
    let by_kill = killed_us.map(|at_us| (at_us, "ended"));
    let Some(end) = by_kill.or(by_line) else {
        let by_lease = frozen(&stops, u64::MAX).map(|at_us| lease_end(evidence, line.site, at_us));
        return by_lease.map_or((None, ""), |at_us| (Some(at_us), "lease_expired"));
    };
    // Whoever stood still until it was killed has written nothing of its lease.
    let by_lease = killed_us
        .and_then(|killed_us| Some(lease_end(evidence, line.site, frozen(&stops, killed_us)?)));
    match by_lease {
        Some(at_us) if at_us < end.0 => (Some(at_us), "lease_expired"),
        _ => (Some(end.0), end.1),
    }
}

/// Since when the Region stood still at this moment; none when it did not.
fn frozen(stops: &[(u64, Stop)], at_us: u64) -> Option<u64> {
    let mut before =
        stops.iter().filter(|(stopped_us, stop)| *stopped_us < at_us && *stop != Stop::Killed);
    before.next_back().filter(|(_, stop)| *stop == Stop::Frozen).map(|(stopped_us, _)| *stopped_us)
}

/// When the gate of a process closed that stood still from this moment on.
fn lease_end(evidence: &Evidence, site: Site, frozen_us: u64) -> u64 {
    lease_us(evidence, site, frozen_us).unwrap_or(frozen_us).max(frozen_us)
}

/// When processes of a Region's service stopped or went on, and how.
fn stops(evidence: &Evidence, site: Site) -> impl Iterator<Item = (u64, Stop)> {
    let killing = [
        Happening::Fault(Fault::RegionLost(site)).to_string(),
        Happening::Fault(Fault::ApiLost(site)).to_string(),
        Happening::RestartService(site).to_string(),
    ];
    let freezing = Happening::Fault(Fault::RegionFrozen(site)).to_string();
    let thawing = Happening::Mend(Fault::RegionFrozen(site)).to_string();
    evidence.notes.iter().filter_map(move |noted| match &noted.what {
        What::Happened { line, .. } if killing.contains(line) => Some((noted.at_us, Stop::Killed)),
        What::Happened { line, .. } if *line == freezing => Some((noted.at_us, Stop::Frozen)),
        What::Happened { line, .. } if *line == thawing => Some((noted.at_us, Stop::Thawed)),
        _ => None,
    })
}

/// When a Region that stood still went on.
pub(super) fn thaws(evidence: &Evidence, site: Site) -> impl Iterator<Item = u64> {
    let thawed = stops(evidence, site).filter(|(_, stop)| *stop == Stop::Thawed);
    thawed.map(|(at_us, _)| at_us)
}

/// Until when the Region's lease was, as it was written last before this moment.
fn lease_us(evidence: &Evidence, site: Site, at_us: u64) -> Option<u64> {
    let chosen = evidence.chosen.iter().rev().skip_while(|chosen| chosen.at_us > at_us);
    let mut leases = chosen.filter_map(|chosen| match &chosen.value {
        ChosenValue::Lease(lease) if Site::of(&lease.region) == Some(site) => Some(lease),
        _ => None,
    });
    // A holder that has left is in it no more.
    leases.next()?.expires_at().map(|until| until.0 * 1_000)
}
