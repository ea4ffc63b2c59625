//! What happened in a drill, in the order in which it happened: all that the judge, the story, the
//! report and the export see.

use fence::{ControlRecord, RegionName};
use payments::{
    Amount, Currency, Intent, Money, MovementId, PaymentRecord, Posting, ProcessorKey, ScopedKey,
    State,
};
use runbook::ActionName;

/// A Region by its home role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Site {
    /// The home primary.
    Primary,
    /// The home standby.
    Standby,
}

/// The instant at which every drill begins, in milliseconds since the Unix epoch: Saturday,
/// 22 November 2025, 08:26:40 UTC. Entries of journals have such times.
pub const START_MS: u64 = 1_763_800_000_000;

/// The Region with the third vote of every drill.
pub const WITNESS_REGION: &str = "us-west-2";

/// The currency that every client of a drill pays in.
pub const CURRENCY: &str = "USD";

impl Site {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Primary, Self::Standby];

    /// The word for the home role.
    #[must_use]
    pub const fn role(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Standby => "standby",
        }
    }

    /// The Region that has the role in every drill; those of a system that says nothing else.
    #[must_use]
    pub const fn region(self) -> &'static str {
        match self {
            Self::Primary => "us-east-1",
            Self::Standby => "us-east-2",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Primary => Self::Standby,
            Self::Standby => Self::Primary,
        }
    }

    /// The role of the Region of this name; none for a Region that has no role.
    #[must_use]
    pub fn of(region: &RegionName) -> Option<Self> {
        Self::ALL.into_iter().find(|site| site.region() == region.as_str())
    }
}

/// A recorded drill.
#[derive(Debug, Clone)]
pub struct History {
    /// The name of the scenario.
    pub scenario: String,
    /// The seed.
    pub seed: u64,
    /// What clients want, by number.
    pub requests: Vec<ClientRequest>,
    /// What happened, in order; times never go back.
    pub moments: Vec<Moment>,
    /// What there is at the end.
    pub end: End,
}

/// Something that a client wants, under one idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRequest {
    /// The client.
    pub client: u32,
    /// The idempotency key.
    pub key: String,
    /// What it wants.
    pub kind: RequestKind,
    /// The number of its account.
    pub account: u32,
    /// How much, in minor units.
    pub minor_units: i64,
    /// What the card does that is to pay.
    pub card: Card,
}

/// What a card does when it is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Card {
    /// It has the money: the charge succeeds, if only the processor gets to know of it.
    Accepts,
    /// It has not.
    Declines,
    /// Nobody says, or no card is charged.
    NotKnown,
}

impl ClientRequest {
    /// How much, in the currency of all drills.
    ///
    /// # Panics
    /// When it is below zero, which no client asks for.
    #[must_use]
    pub fn money(&self) -> Money {
        let amount = Amount::new(self.minor_units).expect("clients ask for zero or more");
        Money::new(amount, Currency::find(CURRENCY).expect("the currency of drills is one"))
    }
}

/// What a client wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    /// To pay.
    Payment,
    /// To have the payment of this other request back.
    Refund {
        /// The number of that request.
        of: u32,
    },
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// When: milliseconds since the beginning of the drill, on no process's clock.
    pub at_ms: u64,
    /// What.
    pub what: What,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A client sends a request, for the first time or again.
    Sent {
        /// The request's number.
        request: u32,
        /// The number of the try, from 1.
        attempt: u32,
        /// The Region that its DNS answer leads to.
        to: Site,
    },
    /// A client hears an answer, or that there is none.
    Told {
        /// The request's number.
        request: u32,
        /// The number of the try.
        attempt: u32,
        /// The Region that was asked.
        from: Site,
        /// What it hears.
        answer: Answer,
    },
    /// The database of a Region has committed a transaction.
    Committed {
        /// Whose database.
        site: Site,
        /// The epoch that the transaction carried.
        epoch: u64,
        /// The epoch row at that moment.
        row_epoch: u64,
        /// What it is about.
        movement: MovementId,
        /// The state that the movement has now; none when it was refused.
        state: Option<State>,
        /// Whether the gate of the process that sent it is open at this moment, by its own clock.
        /// A run's own transactions have no gate.
        gate: Option<bool>,
    },
    /// The processor has moved money, out of a card or back to it.
    Moved {
        /// The key that it was called with.
        key: ProcessorKey,
        /// The movement that it was called for.
        movement: MovementId,
        /// How much, in minor units.
        minor_units: i64,
        /// The Region that called.
        from: Site,
    },
    /// A gate has opened, or closed.
    Gate {
        /// The Region.
        site: Site,
        /// The epoch under which it is open; none: it is closed.
        open: Option<u64>,
        /// Why it is closed.
        reason: &'static str,
    },
    /// The control record was written.
    Record(Box<ControlRecord>),
    /// The strongly consistent store has this intent now.
    IntentWritten {
        /// Whose.
        movement: MovementId,
        /// Its name: what tells a second movement for the same wish from one for another.
        key: ScopedKey,
        /// The Region whose process wrote it.
        site: Site,
    },
    /// The database service made this Region's database the writer.
    Promoted {
        /// The Region.
        site: Site,
        /// What the old writer had committed and the new one has not.
        lost: Vec<MovementId>,
    },
    /// The epoch row of a Region's ledger was raised.
    EpochRaised {
        /// The Region.
        site: Site,
        /// The epoch.
        epoch: u64,
    },
    /// A movement was put into quarantine, or left it.
    Quarantine {
        /// The movement.
        movement: MovementId,
        /// Whether it is in it now.
        held: bool,
    },
    /// The authoritative DNS servers answer with this Region from now on.
    Dns {
        /// The Region.
        to: Site,
    },
    /// How far the standby's database is behind, in milliseconds.
    Lag {
        /// So far.
        ms: u64,
    },
    /// Something about a run.
    Run {
        /// The run's id.
        run: String,
        /// What.
        step: RunStep,
    },
    /// Something of the scenario's happened; its words.
    Happened {
        /// The line of the scenario.
        line: String,
        /// Whether it is a fault that began, and not one that was mended or an order.
        is_fault: bool,
    },
}

/// Something about a run.
#[derive(Debug, Clone, PartialEq)]
pub enum RunStep {
    /// An entry of its journal was written.
    Journaled(Box<runbook::Entry>),
    /// An action has had its effect in the world.
    Performed {
        /// The action.
        action: ActionName,
        /// What came of it.
        done: bool,
    },
    /// Its runner died.
    Died,
    /// Its runner began, or began again.
    Began,
    /// Its runner stopped, and says why.
    Stopped(String),
    /// Its journal has lost everything behind its first lines, so many.
    Shortened(u64),
    /// It was not begun: its plan was refused, for these reasons.
    NotPlanned(String),
}

/// What a client hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A 2xx for this movement.
    Acknowledged(MovementId),
    /// A refusal that stays: the same for ever.
    Refused,
    /// It is in quarantine: `pending`.
    Pending,
    /// 503: the Region is switching.
    Switching,
    /// Any other answer that asks to try again.
    TryAgain,
    /// No answer in time.
    Silence,
    /// No connection.
    NoConnection,
}

/// What there is when the drill ends.
#[derive(Debug, Clone)]
pub struct End {
    /// When it ended, in milliseconds.
    pub at_ms: u64,
    /// Whether nothing was left to do: every request answered for good, every outbox empty, every
    /// run over.
    pub is_at_rest: bool,
    /// What was left to do, for people.
    pub left: Vec<String>,
    /// The control record.
    pub record: Option<ControlRecord>,
    /// The payments of the active Region's ledger.
    pub payments: Vec<PaymentRecord>,
    /// Its postings.
    pub postings: Vec<Posting>,
    /// The intents.
    pub intents: Vec<Intent>,
}
