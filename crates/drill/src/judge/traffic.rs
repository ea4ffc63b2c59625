//! Traffic: DNS does not lead to a closed gate while the other one is open, for longer than it takes
//! to notice and to forget.

use crate::history::{Site, What};
use crate::judge::case::Case;
use crate::judge::subject::At;
use crate::judge::violation::Violation;

/// For how long resolvers keep an answer: 60 s, the TTL of alias records.
pub const DNS_TTL_MS: u64 = 60_000;

/// For how long the health checks behind DNS need to notice: three of them in a row, 10 s apart.
pub const DNS_DETECTION_MS: u64 = 30_000;

/// What DNS and gates are at.
#[derive(Default)]
struct Traffic {
    dns: Option<Site>,
    /// Where the control record sends traffic.
    meant: Option<Site>,
    is_open: [bool; 2],
    /// Since when DNS leads to a closed gate although the other one is open.
    astray_since: Option<u64>,
}

pub(super) fn judge(case: &Case<'_>, found: &mut Vec<Violation>) {
    let mut traffic = Traffic::default();
    for moment in &case.history.moments {
        let dns = traffic.dns;
        match &moment.what {
            What::Gate { site, open, .. } => traffic.is_open[*site as usize] = open.is_some(),
            What::Dns { to } => traffic.dns = Some(*to),
            What::Record(record) => traffic.meant = Site::of(record.traffic_region()),
            _ => continue,
        }
        // Another wrong answer is a new one.
        if !traffic.is_astray() || dns != traffic.dns {
            traffic.end(dns, moment.at_ms, found);
        }
        if traffic.is_astray() {
            traffic.astray_since.get_or_insert(moment.at_ms);
        }
    }
    traffic.end(traffic.dns, case.history.end.at_ms, found);
}

impl Traffic {
    fn is_astray(&self) -> bool {
        // A run that stands still between opening and directing is told by how long nobody is served.
        self.dns.is_some_and(|dns| {
            let is_meant = self.meant.is_none_or(|meant| meant == dns.other());
            is_meant && !self.is_open[dns as usize] && self.is_open[dns.other() as usize]
        })
    }

    fn end(&mut self, dns: Option<Site>, until_ms: u64, found: &mut Vec<Violation>) {
        let (Some(since_ms), Some(site)) = (self.astray_since.take(), dns) else { return };
        let allowed_ms = DNS_TTL_MS + DNS_DETECTION_MS;
        if until_ms - since_ms > allowed_ms {
            let since = At { ms: since_ms, site };
            found.push(Violation::DnsAtClosedGate { since, until_ms, allowed_ms });
        }
    }
}
