//! What disturbed the service, and when it was back each time.
//!
//! Only a request that was sent after a fault shows that users are served in spite of it. A Region that is cut off serves on
//! until its lease ends: where a failover was the answer to a fault, what the Region that it opened served counts.

use std::collections::BTreeMap;

use fence::{ControlRecord, RunKind, State};

use crate::history::{Answer, Moment, Site, What};
use crate::judge::subject::At;
use crate::judge::tenure::{Tenure, Turn};

/// A disturbance of the service, and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// When the fault began, or the run where nothing failed.
    pub began_ms: u64,
    /// The first acknowledgement by the Region that is active then, of a request that was sent after that.
    pub served: Option<At>,
}

/// One for each fault, or for each run where nothing failed.
pub(super) fn outages(moments: &[Moment]) -> Vec<Outage> {
    let fails = |moment: &Moment| matches!(moment.what, What::Happened { is_fault: true, .. });
    let mut reader = Reader { has_faults: moments.iter().any(fails), ..Reader::default() };
    moments.iter().for_each(|moment| reader.read(moment.at_ms, &moment.what));
    reader.outages
}

#[derive(Default)]
struct Reader<'h> {
    has_faults: bool,
    outages: Vec<Outage>,
    /// How many of them had begun when a run closed the Region that was active, while none is open since.
    when_closed: Option<usize>,
    runs: Vec<&'h str>,
    tenure: Tenure<'h>,
    active: Option<Site>,
    /// When attempts were sent, since something was disturbed.
    sent: BTreeMap<(u32, u32), u64>,
}

impl<'h> Reader<'h> {
    fn read(&mut self, ms: u64, what: &'h What) {
        match what {
            What::Happened { is_fault: true, .. } => self.begin(ms),
            What::Run { run, .. } if !self.has_faults && !self.runs.contains(&run.as_str()) => {
                self.runs.push(run);
                self.begin(ms);
            }
            What::Record(record) => self.turn(record),
            What::Sent { request, attempt, .. } if !self.outages.is_empty() => {
                self.sent.insert((*request, *attempt), ms);
            }
            What::Told { request, attempt, from, answer: Answer::Acknowledged(_), .. }
                if self.active == Some(*from) =>
            {
                if let Some(sent_ms) = self.sent.get(&(*request, *attempt)) {
                    self.serve(*sent_ms, At { ms, site: *from });
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, ms: u64) {
        self.outages.push(Outage { began_ms: ms, served: None });
    }

    fn serve(&mut self, sent_ms: u64, at: At) {
        let waiting = self.outages.iter_mut().filter(|outage| outage.served.is_none());
        for outage in waiting.filter(|outage| outage.began_ms <= sent_ms) {
            outage.served = Some(at);
        }
    }

    fn turn(&mut self, record: &'h ControlRecord) {
        if let Turn::Opened(site) = self.tenure.turn(record) {
            let is_first = self.active.replace(site).is_none();
            if !is_first && self.is_answer(record) {
                self.reopen();
            }
        }
        match record.state() {
            State::Active => self.when_closed = None,
            _ => _ = self.when_closed.get_or_insert(self.outages.len()),
        }
    }

    /// Whether a Region that is opened is the answer to what happened last: by a failover, or by the run that is all that
    /// happened.
    fn is_answer(&self, record: &ControlRecord) -> bool {
        !self.has_faults || record.run().is_none_or(|run| run.kind == RunKind::Failover)
    }

    /// What was served before the answer to the latest disturbance does not count.
    fn reopen(&mut self) {
        let before = self.when_closed.unwrap_or(self.outages.len());
        if let Some(outage) = self.outages[..before].last_mut() {
            outage.served = None;
        }
    }
}
