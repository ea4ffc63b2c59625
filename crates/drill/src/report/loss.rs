//! What a failover took out of the ledger, row by row, and what became of each: the RPO.

use payments::{Money, MovementId};

use crate::history::{Answer, History, Site, What};
use crate::judge::{LostRow, RowFate};

/// What all promotions of a drill lost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loss {
    /// The measured RPO in milliseconds: from the first commit that was lost to the fault after which
    /// the old writer committed no more, or to its last commit when no fault came after that; the
    /// largest of all promotions, and 0 when no row was lost.
    pub rpo_ms: u64,
    /// The rows, in the order of their loss and their ids.
    pub rows: Vec<LossRow>,
}

/// A payment or refund that the old writer had committed and the promoted one has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LossRow {
    /// What the judge found of it.
    pub row: LostRow,
    /// The number of the client's request; none when no client ever heard of the movement.
    pub request: Option<u32>,
    /// Its idempotency key.
    pub key: Option<String>,
    /// How much the client asked for.
    pub money: Option<Money>,
    /// When the processor moved its money; more than once is a fault.
    pub moved_ms: Vec<u64>,
    /// When it was put into quarantine after the loss.
    pub held_ms: Option<u64>,
    /// When it left it.
    pub settled_ms: Option<u64>,
}

/// What was lost.
pub(super) fn loss(history: &History, lost: &[LostRow]) -> Loss {
    Loss { rpo_ms: rpo_ms(history), rows: lost.iter().map(|row| follow(history, *row)).collect() }
}

/// The largest loss in time of all promotions.
pub(super) fn rpo_ms(history: &History) -> u64 {
    let of = |(at_ms, site, lost): (u64, Site, &[MovementId])| {
        lost_time_ms(history, site.other(), at_ms, lost)
    };
    promotions(history).filter(|(.., lost)| !lost.is_empty()).map(of).max().unwrap_or_default()
}

/// When a database became the writer, whose it is, and what it lacks.
fn promotions(history: &History) -> impl Iterator<Item = (u64, Site, &[MovementId])> {
    history.moments.iter().filter_map(|moment| match &moment.what {
        What::Promoted { site, lost } => Some((moment.at_ms, *site, lost.as_slice())),
        _ => None,
    })
}

/// The newest commits of a Region's database until this moment, the newest first.
fn commits(history: &History, of: Site, until_ms: u64) -> impl Iterator<Item = (u64, MovementId)> {
    let until = history.moments.iter().rev().skip_while(move |moment| moment.at_ms > until_ms);
    until.filter_map(move |moment| match moment.what {
        What::Committed { site, movement, .. } if site == of => Some((moment.at_ms, movement)),
        _ => None,
    })
}

/// Rows are lost from the end of the old writer's log: from the first of them on, time is lost, until
/// the writer stood still. Between them it may have moved on what survived.
fn lost_time_ms(history: &History, of: Site, until_ms: u64, lost: &[MovementId]) -> u64 {
    let tail = || commits(history, of, until_ms).filter(|(_, id)| lost.contains(id));
    let (Some((newest_ms, _)), Some((first_ms, _))) = (tail().next(), tail().last()) else {
        return 0;
    };
    let fault = history.moments.iter().find(|moment| {
        let is_later = (newest_ms..=until_ms).contains(&moment.at_ms);
        is_later && matches!(moment.what, What::Happened { is_fault: true, .. })
    });
    fault.map_or(newest_ms, |fault| fault.at_ms) - first_ms
}

fn follow(history: &History, row: LostRow) -> LossRow {
    let request = request(history, row.movement);
    let wanted = request.map(|number| &history.requests[number as usize]);
    let mut followed = LossRow {
        row,
        request,
        key: wanted.map(|request| request.key.clone()),
        money: wanted.map(|request| request.money()),
        moved_ms: Vec::new(),
        held_ms: None,
        settled_ms: None,
    };
    for moment in &history.moments {
        followed.note(moment.at_ms, &moment.what);
    }
    followed
}

impl LossRow {
    fn note(&mut self, at_ms: u64, what: &What) {
        match what {
            What::Moved { movement, .. } if *movement == self.row.movement => {
                self.moved_ms.push(at_ms);
            }
            What::Quarantine { movement, held }
                if *movement == self.row.movement && at_ms >= self.row.promoted.ms =>
            {
                let noted = if *held { &mut self.held_ms } else { &mut self.settled_ms };
                noted.get_or_insert(at_ms);
            }
            _ => {}
        }
    }

    /// What became of it, in a word for files.
    #[must_use]
    pub const fn fate(&self) -> &'static str {
        match self.row.fate {
            RowFate::Settled => "succeeded",
            RowFate::Declined => "declined",
            RowFate::Refused => "refused",
            RowFate::Open => "open",
            RowFate::Held => "held",
            RowFate::Gone => "gone",
        }
    }
}

/// The request that a client was told this movement for.
fn request(history: &History, wanted: MovementId) -> Option<u32> {
    history.moments.iter().find_map(|moment| match moment.what {
        What::Told { request, answer: Answer::Acknowledged(movement), .. } => {
            (movement == wanted).then_some(request)
        }
        _ => None,
    })
}
