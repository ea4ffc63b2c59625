//! A processor in memory.

use std::collections::BTreeMap;

use payments::{Call, CallKind, ProcessorKey, Sent, Status, Verdict};

/// What the processor knows of a key.
#[derive(Clone, Default)]
pub(crate) struct Charge {
    /// How often money moved. More than once is the disaster.
    pub(crate) moved: u32,
    pub(crate) minor_units: i64,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) is_remembered: bool,
    is_closed: bool,
    asked: u32,
}

/// The processor: declines amounts that end in 7, forgets keys when told, closes keys that are
/// asked about often.
#[derive(Clone, Default)]
pub(crate) struct Bank {
    pub(crate) charges: BTreeMap<ProcessorKey, Charge>,
}

/// How often a key that is not seen is asked about until the processor closes it.
const ASKED_MAX: u32 = 6;

impl Bank {
    pub(crate) fn send(&mut self, call: &Call) -> Sent {
        let verdict = self.verdict(call);
        let charge = self.charges.entry(call.key()).or_default();
        if charge.is_closed {
            return Sent::Answered(Verdict::Declined);
        }
        if let Some(verdict) = charge.verdict.filter(|_| charge.is_remembered) {
            return Sent::Answered(verdict);
        }
        if verdict == Verdict::Succeeded {
            charge.moved += 1;
            charge.minor_units = call.money().amount.minor_units();
        }
        charge.verdict = Some(verdict);
        charge.is_remembered = true;
        Sent::Answered(verdict)
    }

    fn verdict(&self, call: &Call) -> Verdict {
        let units = call.money().amount.minor_units();
        let has_money = match call.kind() {
            CallKind::Charge(_) => units % 10 != 7,
            CallKind::Refund(of) => {
                let taken = self.charges.get(of).map_or(0, |charge| charge.minor_units);
                taken > 0
            }
        };
        if has_money { Verdict::Succeeded } else { Verdict::Declined }
    }

    pub(crate) fn status(&mut self, key: ProcessorKey, is_on_its_way: bool) -> Status {
        let charge = self.charges.entry(key).or_default();
        match charge.verdict {
            Some(verdict) => Status::Known(verdict),
            None if charge.is_closed => Status::Closed,
            None if is_on_its_way => Status::Pending,
            None => {
                charge.asked += 1;
                charge.is_closed = charge.asked >= ASKED_MAX;
                Status::Unseen
            }
        }
    }
}
