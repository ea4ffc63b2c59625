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
}

/// The processor: declines amounts that end in 7, forgets keys when told.
#[derive(Clone, Default)]
pub(crate) struct Bank {
    pub(crate) charges: BTreeMap<ProcessorKey, Charge>,
}

impl Bank {
    pub(crate) fn send(&mut self, call: &Call) -> Sent {
        let verdict = self.verdict(call);
        let charge = self.charges.entry(call.key()).or_default();
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
            CallKind::Charge(_) => accepts(units),
            CallKind::Refund(of) => {
                let taken = self.charges.get(of).map_or(0, |charge| charge.minor_units);
                taken > 0
            }
        };
        if has_money { Verdict::Succeeded } else { Verdict::Declined }
    }

    pub(crate) fn status(&self, key: ProcessorKey) -> Status {
        let verdict = self.charges.get(&key).and_then(|charge| charge.verdict);
        verdict.map_or(Status::Unseen, Status::Known)
    }
}

/// Whether a card that is charged so much has the money.
pub(crate) fn accepts(minor_units: i64) -> bool {
    minor_units % 10 != 7
}
