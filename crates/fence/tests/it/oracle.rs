//! What must hold in the model after every event.

use std::collections::BTreeSet;

use fence::{ControlRecord, Decision, Epoch, PointOfNoReturn, State, Timing};

use crate::event::{PROCESSES, Seen};
use crate::model::Model;

impl Model {
    /// At this very instant: which gates are open, and may they be?
    pub(crate) fn check_gates(&mut self) -> Result<(), String> {
        let Some(record) = self.records.last() else { return Ok(()) };
        let timing = Timing::default();
        let mut open = BTreeSet::new();
        for (index, actor) in self.actors[..PROCESSES].iter().enumerate() {
            let Decision::Open { epoch, nothing_lost_since, .. } =
                actor.gate.decide(self.clock(index))
            else {
                continue;
            };
            self.seen.open_gates += 1;
            let loss = latest_loss(&self.records, epoch);
            if nothing_lost_since != loss {
                return Err(format!("a gate says {nothing_lost_since}; the latest loss: {loss}"));
            }
            self.seen.open_after_loss += usize::from(loss > Epoch::FIRST);
            self.seen.open_after_none += usize::from(loss < epoch);
            let region = actor.gate.holder().region.clone();
            if let Some(run) = record.run()
                && run.point_of_no_return == PointOfNoReturn::Passed
                && run.source == region
            {
                return Err(format!("a gate of {region} is open past the point of no return"));
            }
            if epoch < record.epoch() {
                self.seen.open_under_old_epoch += 1;
                let moved_at = self.moved_at[count_of(epoch)];
                let closed_at = moved_at + timing.lease_length.0 + timing.clock_bound.0;
                if self.now >= closed_at {
                    return Err(format!(
                        "epoch {epoch} was left at {moved_at}, and a gate is open"
                    ));
                }
            }
            let first = self.opened.entry(epoch).or_insert_with(|| region.clone());
            if *first != region {
                return Err(format!("gates were open in {first} and {region} under {epoch}"));
            }
            open.insert(region);
        }
        if open.len() > 1 { Err(format!("gates are open in {open:?}")) } else { Ok(()) }
    }

    /// How often the record came to say these things.
    pub(crate) fn count(&mut self) -> Seen {
        for pair in self.records.windows(2) {
            let [before, after] = pair else { continue };
            if before.state() != State::Active && after.state() == State::Active {
                let run = after.run().expect("a run opened it");
                let turned = after.active_region() == Some(&run.source);
                let taken_back = turned && is_passed(before);
                self.seen.taken_back += usize::from(taken_back);
                self.seen.aborted += usize::from(turned && !taken_back);
                self.seen.opened += usize::from(!turned);
            }
            let escalated = before.state() == State::Draining && after.state() == State::Fenced;
            self.seen.escalated += usize::from(escalated);
        }
        self.seen
    }
}

/// How many epochs there were up to this one, which is the place in `moved_at` of the next.
pub(crate) fn count_of(epoch: Epoch) -> usize {
    usize::try_from(epoch.number()).expect("a test has few epochs")
}

/// Whether the target's database may have been promoted.
fn is_passed(record: &ControlRecord) -> bool {
    record.run().is_some_and(|run| run.point_of_no_return == PointOfNoReturn::Passed)
}

/// What may follow what in the record.
pub(crate) fn check_records(records: &[ControlRecord]) -> Result<(), String> {
    for pair in records.windows(2) {
        let [before, after] = pair else { continue };
        let (epoch, next) = (before.epoch(), before.epoch().next());
        let begins = before.run().is_none() && after.run().is_some();
        let escalates = before.state() == State::Draining && after.state() == State::Fenced;
        let expected = if begins || escalates { next } else { Some(epoch) };
        if Some(after.epoch()) != expected {
            return Err(format!("from epoch {epoch} to {}", after.epoch()));
        }
        if before.state() != State::Draining
            && is_passed(before)
            && !is_passed(after)
            && after.run().is_some()
        {
            return Err(format!("what is promoted or open was taken back in epoch {epoch}"));
        }
        if let (Some(run), Some(other)) = (before.run(), after.run())
            && run.id != other.id
        {
            return Err(format!("run {} took over from {}", other.id, run.id));
        }
        let active = |record: &ControlRecord| {
            (record.state() == State::Active).then(|| record.active_region().cloned())
        };
        if before.epoch() == after.epoch()
            && let (Some(before), Some(after)) = (active(before), active(after))
            && before != after
        {
            return Err(format!("epoch {epoch} is active in two Regions"));
        }
    }
    once(records)?;
    match records.last() {
        Some(record) => check_loss(records, record),
        None => Ok(()),
    }
}

/// The record knows of the latest loss, and of no other.
fn check_loss(records: &[ControlRecord], record: &ControlRecord) -> Result<(), String> {
    let (says, loss) = (record.nothing_lost_since(), latest_loss(records, record.epoch()));
    if says == loss {
        return Ok(());
    }
    Err(format!("epoch {} says {says}; the latest loss: {loss}", record.epoch()))
}

/// The latest epoch up to this one in which a Region was opened after all were fenced that was not
/// active before, by all that was ever stored.
fn latest_loss(records: &[ControlRecord], up_to: Epoch) -> Epoch {
    let pairs = records.windows(2).filter_map(|pair| {
        let [before, after] = pair else { return None };
        let source = before.run().filter(|_| before.state() == State::Fenced)?.source.clone();
        after.active_region().is_some_and(|region| *region != source).then(|| after.epoch())
    });
    pairs.filter(|epoch| *epoch <= up_to).max().unwrap_or(Epoch::FIRST)
}

/// Each step was taken once.
fn once(records: &[ControlRecord]) -> Result<(), String> {
    let mut steps = BTreeSet::new();
    for record in records {
        let step = format!("{:?}", record.version());
        if !steps.insert(step.clone()) {
            return Err(format!("twice: {step}"));
        }
    }
    Ok(())
}
