//! The order that is safe, whatever plan and journal say, read from the effects themselves: what is
//! promoted, opened and directed, and when.

use fence::{ControlRecord, PointOfNoReturn, RunKind};
use runbook::ActionName;

use crate::history::{RunStep, Site, What};
use crate::judge::case::Case;
use crate::judge::detail::Premature;
use crate::judge::runs::Runs;
use crate::judge::subject::At;
use crate::judge::tenure::{Tenure, Turn};
use crate::judge::traffic::DNS_DETECTION_MS;
use crate::judge::violation::Violation;

pub(super) fn judge(case: &Case<'_>, found: &mut Vec<Violation>) {
    let mut reader = Reader::default();
    for moment in &case.history.moments {
        reader.read(moment.at_ms, &moment.what, found);
    }
}

#[derive(Default)]
struct Reader<'h> {
    runs: Runs<'h>,
    tenure: Tenure<'h>,
    /// Whose database is the writer, once one was promoted.
    writer: Option<Site>,
    /// The epoch row of each ledger, as far as it was raised.
    rows: [u64; 2],
    /// Until when traffic was meant for each Region; never, or for ever as far as was seen.
    announced_until: [Option<u64>; 2],
}

impl<'h> Reader<'h> {
    fn read(&mut self, ms: u64, what: &'h What, found: &mut Vec<Violation>) {
        match what {
            What::Run { run, step: RunStep::Journaled(entry) } => self.runs.run(run).write(entry),
            What::EpochRaised { site, epoch } => self.rows[*site as usize] = *epoch,
            What::Promoted { site, .. } => {
                let at = At { ms, site: *site };
                found.extend(self.promotes_too_early(*site).map(|what| premature(what, at)));
                self.writer = Some(*site);
            }
            What::Record(record) => {
                self.announce(ms, record);
                if let Turn::Opened(site) = self.tenure.turn(record) {
                    let at = At { ms, site };
                    found.extend(self.opens_too_early(site).map(|what| premature(what, at)));
                }
            }
            What::Dns { to } if self.is_directed_too_early(ms, *to) => {
                found.push(premature(Premature::DirectedBeforeOpen, At { ms, site: *to }));
            }
            _ => {}
        }
    }

    fn announce(&mut self, ms: u64, record: &ControlRecord) {
        let before = self.tenure.record().and_then(|record| Site::of(record.traffic_region()));
        let now = Site::of(record.traffic_region());
        if let Some(before) = before.filter(|_| before != now) {
            self.announced_until[before as usize] = Some(ms);
        }
        if let Some(now) = now {
            self.announced_until[now as usize] = Some(u64::MAX);
        }
    }

    /// DNS leads where traffic is meant to go, or was when the checks behind it began to look. When
    /// nobody can tell, it leads to the home primary.
    fn is_directed_too_early(&self, ms: u64, to: Site) -> bool {
        let until = self.announced_until[to as usize];
        let is_meant = until.is_some_and(|until| ms <= until.saturating_add(DNS_DETECTION_MS));
        self.tenure.record().is_some() && to == Site::Standby && !is_meant
    }

    fn promotes_too_early(&mut self, site: Site) -> Option<Premature> {
        let run = self.tenure.record()?.run();
        let Some(run) = run.filter(|run| Site::of(&run.target) == Some(site)) else {
            return Some(Premature::PromotedWithoutRun);
        };
        if run.point_of_no_return == PointOfNoReturn::Ahead {
            return Some(Premature::PromotedBeforePointOfNoReturn);
        }
        let was_fenced = self.runs.run(run.id.as_str()).was_ever_done(ActionName::WaitForFence);
        (!was_fenced).then_some(Premature::PromotedBeforeFence)
    }

    /// An abort opens the source again, with its own database, and whoever initializes the record
    /// opens the first Region.
    fn opens_too_early(&mut self, site: Site) -> Option<Premature> {
        let record = self.tenure.record()?;
        let run = record.run().filter(|run| Site::of(&run.target) == Some(site))?;
        if self.writer != Some(site) {
            return Some(Premature::OpenedBeforePromotion);
        }
        if self.rows[site as usize] < record.epoch().number() {
            return Some(Premature::OpenedBeforeEpoch);
        }
        let is_held = run.kind == RunKind::Switchover
            || self.runs.run(run.id.as_str()).is_done(ActionName::HoldMissing);
        (!is_held).then_some(Premature::OpenedBeforeHolding)
    }
}

fn premature(what: Premature, at: At) -> Violation {
    Violation::TooEarly { what, at }
}
