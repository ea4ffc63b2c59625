//! What the drill looked like over time: faults, gates, DNS, lag, and who was served where.

use crate::history::{Answer, History, Site, What};

/// The most points that a series over time has: as many as can be told apart on paper.
const POINTS_MAX: u64 = 240;

/// Series over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// What the scenario did.
    pub happenings: Vec<HappeningLine>,
    /// When gates were open.
    pub gates: Vec<GateSpan>,
    /// Which Region DNS answered with.
    pub dns: Vec<DnsSpan>,
    /// How far the standby's database was behind.
    pub lag: Vec<LagPoint>,
    /// How long one entry of `traffic` lasts, in milliseconds.
    pub bin_ms: u64,
    /// Answers to clients in each span of `bin_ms`, from the beginning; the last may be cut short.
    pub traffic: Vec<Traffic>,
}

/// Something of the scenario's happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HappeningLine {
    /// When.
    pub at_ms: u64,
    /// The scenario's words.
    pub line: String,
    /// Whether it is a fault that began.
    pub is_fault: bool,
}

/// A time in which at least one gate of a Region was open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateSpan {
    /// The Region.
    pub site: Site,
    /// The epoch.
    pub epoch: u64,
    /// From when.
    pub from_ms: u64,
    /// Until when.
    pub until_ms: u64,
    /// Why it closed; empty when the drill ended first.
    pub reason: &'static str,
}

/// A time in which authoritative DNS servers answered with one Region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DnsSpan {
    /// The Region.
    pub site: Site,
    /// From when.
    pub from_ms: u64,
    /// Until when.
    pub until_ms: u64,
}

/// How far the standby's database was behind at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LagPoint {
    /// When.
    pub at_ms: u64,
    /// So far.
    pub lag_ms: u64,
}

/// Answers to clients in one span of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Acknowledged or refused for good by the home primary.
    pub by_primary: u32,
    /// Acknowledged or refused for good by the home standby.
    pub by_standby: u32,
    /// Asked to try again, or to wait: switching, pending, any other.
    pub put_off: u32,
    /// No answer at all.
    pub unanswered: u32,
}

impl Traffic {
    /// What a Region answered for good.
    #[must_use]
    pub const fn by(&self, site: Site) -> u32 {
        match site {
            Site::Primary => self.by_primary,
            Site::Standby => self.by_standby,
        }
    }

    /// All answers, and those that did not come.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.by_primary + self.by_standby + self.put_off + self.unanswered
    }
}

/// The course of a drill.
pub(super) fn course(history: &History) -> Course {
    let bin_ms = bin_ms(history.end.at_ms);
    Course {
        happenings: happenings(history),
        gates: gates(history),
        dns: dns(history),
        lag: lag(history, bin_ms),
        bin_ms,
        traffic: traffic(history, bin_ms),
    }
}

/// A whole number of seconds, or a fraction that people count in.
fn bin_ms(end_ms: u64) -> u64 {
    let sizes = [100, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000];
    let least_ms = end_ms / POINTS_MAX;
    sizes.into_iter().find(|size_ms| *size_ms > least_ms).unwrap_or(least_ms + 1)
}

fn happenings(history: &History) -> Vec<HappeningLine> {
    let happened = history.moments.iter().filter_map(|moment| match &moment.what {
        What::Happened { line, is_fault } => {
            let line = line.clone();
            Some(HappeningLine { at_ms: moment.at_ms, line, is_fault: *is_fault })
        }
        _ => None,
    });
    happened.collect()
}

fn gates(history: &History) -> Vec<GateSpan> {
    let mut spans: Vec<GateSpan> = Vec::new();
    let mut open: [Option<usize>; 2] = [None; 2];
    for moment in &history.moments {
        let What::Gate { site, open: epoch, reason } = moment.what else { continue };
        let current = &mut open[site as usize];
        if current.is_some_and(|at| Some(spans[at].epoch) == epoch) {
            continue;
        }
        if let Some(at) = current.take() {
            (spans[at].until_ms, spans[at].reason) = (moment.at_ms, reason);
        }
        if let Some(epoch) = epoch {
            *current = Some(spans.len());
            let (from_ms, until_ms) = (moment.at_ms, history.end.at_ms);
            spans.push(GateSpan { site, epoch, from_ms, until_ms, reason: "" });
        }
    }
    spans
}

/// From the first control record on, which says where traffic goes before anything changes it.
fn dns(history: &History) -> Vec<DnsSpan> {
    let mut spans: Vec<DnsSpan> = Vec::new();
    for moment in &history.moments {
        let to = match &moment.what {
            What::Dns { to } => Some(*to),
            What::Record(record) if spans.is_empty() => Site::of(record.traffic_region()),
            _ => None,
        };
        let Some(site) = to.filter(|to| spans.last().is_none_or(|last| last.site != *to)) else {
            continue;
        };
        if let Some(last) = spans.last_mut() {
            last.until_ms = moment.at_ms;
        }
        spans.push(DnsSpan { site, from_ms: moment.at_ms, until_ms: history.end.at_ms });
    }
    spans
}

/// The largest lag of each span of time.
fn lag(history: &History, bin_ms: u64) -> Vec<LagPoint> {
    let mut points: Vec<LagPoint> = Vec::new();
    for moment in &history.moments {
        let What::Lag { ms } = moment.what else { continue };
        let point = LagPoint { at_ms: moment.at_ms, lag_ms: ms };
        match points.last_mut() {
            Some(last) if last.at_ms / bin_ms == point.at_ms / bin_ms => {
                if point.lag_ms >= last.lag_ms {
                    *last = point;
                }
            }
            _ => points.push(point),
        }
    }
    points
}

fn traffic(history: &History, bin_ms: u64) -> Vec<Traffic> {
    let bins = usize::try_from(history.end.at_ms / bin_ms + 1).expect("there are few bins");
    let mut traffic = vec![Traffic::default(); bins];
    for moment in &history.moments {
        let What::Told { from, answer, .. } = moment.what else { continue };
        let bin = usize::try_from(moment.at_ms / bin_ms).expect("there are few bins");
        let Some(bin) = traffic.get_mut(bin) else { continue };
        *match (answer, from) {
            (Answer::Acknowledged(_) | Answer::Refused, Site::Primary) => &mut bin.by_primary,
            (Answer::Acknowledged(_) | Answer::Refused, Site::Standby) => &mut bin.by_standby,
            (Answer::Pending | Answer::Switching | Answer::TryAgain, _) => &mut bin.put_off,
            (Answer::Silence | Answer::NoConnection, _) => &mut bin.unanswered,
        } += 1;
    }
    traffic
}
