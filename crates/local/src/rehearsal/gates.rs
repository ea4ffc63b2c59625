//! When each Region's gate was open: by its log where its process could write one, and by its lease
//! where it could not.
//!
//! A gate closes by itself when its lease ends, and the line about it comes at the next look. A
//! process that was killed writes none, and one that stands still writes it when it wakes. So an open
//! gate ends with its line, with its process, or with its lease, whichever is first; but as long as it
//! let something through, it was open.

use drill::{Fault, Happening, Site, What};

use super::evidence::{Evidence, GateLine};
use super::kept::ChosenValue;

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

/// When a Region's process could not write its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    Killed,
    Frozen,
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

/// When a gate that opened with this line closed again, and why.
fn end(
    evidence: &Evidence,
    line: GateLine,
    next: Option<&GateLine>,
) -> (Option<u64>, &'static str) {
    let by_line = next.map(|next| (next.at_us, next.reason));
    let until_us = by_line.map_or(u64::MAX, |(at_us, _)| at_us);
    let stop = stops(evidence, line.site).find(|(at_us, _)| (line.at_us..until_us).contains(at_us));
    match stop {
        Some((at_us, Stop::Killed)) => (Some(at_us), "ended"),
        Some((at_us, Stop::Frozen)) => {
            let lease_us = lease_us(evidence, line.site, at_us).unwrap_or(at_us);
            (Some(lease_us.max(at_us).min(until_us)), "lease_expired")
        }
        None => by_line.map_or((None, ""), |(at_us, reason)| {
            let lease_us = lease_us(evidence, line.site, at_us).unwrap_or(at_us);
            let used_us = last_commit_us(evidence, line.site, at_us).unwrap_or_default();
            // The end of an earlier line's lease is not the end of this gate.
            (Some(lease_us.max(used_us).max(line.at_us).min(at_us)), reason)
        }),
    }
}

/// When processes of a Region's service stopped, and how.
fn stops(evidence: &Evidence, site: Site) -> impl Iterator<Item = (u64, Stop)> {
    let killing = [
        Happening::Fault(Fault::RegionLost(site)).to_string(),
        Happening::Fault(Fault::ApiLost(site)).to_string(),
        Happening::RestartService(site).to_string(),
    ];
    let freezing = Happening::Fault(Fault::RegionFrozen(site)).to_string();
    evidence.notes.iter().filter_map(move |noted| match &noted.what {
        What::Happened { line, .. } if killing.contains(line) => Some((noted.at_us, Stop::Killed)),
        What::Happened { line, .. } if *line == freezing => Some((noted.at_us, Stop::Frozen)),
        _ => None,
    })
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

/// When the Region's ledger committed last before this moment.
fn last_commit_us(evidence: &Evidence, site: Site, at_us: u64) -> Option<u64> {
    let by_tail = evidence.tails.iter().filter(|tail| tail.site == site);
    let commits = evidence.commits.iter().chain(by_tail.flat_map(|tail| &tail.commits));
    let of = commits.filter(|commit| {
        commit.at_us < at_us && super::history::site_of(evidence, commit.row_epoch) == site
    });
    of.map(|commit| commit.at_us).max()
}
