//! What there is at the end of a table: ledger, books and intents.

use std::collections::BTreeMap;

use drill::CURRENCY;
use payments::{
    Amount, Attempt, Book, Claim, Currency, Epoch, Fate, Fingerprint, Intent, IntentState, Money,
    MovementId, Order, PaymentId, PaymentOrder, PaymentRecord, Phase, Posting, RefundOrder,
    RefundRecord, Refusal, Revision, ScopedKey, State, Time, Transfer, TransferId, Version,
};

use crate::history_table::{PRICE, account, scoped};

/// One movement at the end.
#[derive(Clone)]
struct Row {
    minor_units: i64,
    fate: Option<Fate>,
    intent: IntentState,
    /// The phases in the books, when they are not those of the fate.
    phases: Option<Vec<Phase>>,
}

/// The ledger and the intents as the lines say.
#[derive(Default)]
pub(crate) struct Ledger {
    rows: BTreeMap<MovementId, Row>,
    keys: BTreeMap<MovementId, ScopedKey>,
}

impl Ledger {
    /// Keeps the name of a movement's intent, for its row if it has one.
    pub(crate) fn name(&mut self, movement: MovementId, key: ScopedKey) {
        self.keys.insert(movement, key);
    }

    /// A movement with its whole life in the books, and a settled intent.
    pub(crate) fn write(&mut self, movement: MovementId, minor_units: i64, state: State) {
        let row = self.row(movement);
        row.minor_units = minor_units;
        row.fate = Some(Fate::Taken(state));
    }

    /// `1234 succeeded`, `1234 refused`, `none`, or `books pending posted`.
    pub(crate) fn line(&mut self, movement: MovementId, words: &[&str]) -> Option<()> {
        match words {
            ["none"] => self.row(movement).fate = None,
            ["books", phases @ ..] => {
                let phases = phases.iter().map(|word| phase(word)).collect::<Option<_>>()?;
                self.row(movement).phases = Some(phases);
            }
            [units, "refused"] => {
                let row = self.row(movement);
                row.minor_units = units.parse().ok()?;
                row.fate = Some(Fate::Refused(Refusal::ExceedsCaptured));
            }
            [units, state] => {
                self.write(movement, units.parse().ok()?, State::find(state)?);
            }
            _ => return None,
        }
        Some(())
    }

    /// An intent in this state.
    pub(crate) fn intend(&mut self, movement: MovementId, state: &str) -> Option<()> {
        self.row(movement).intent = match state {
            "accepted" => IntentState::Accepted,
            "posted" => IntentState::Posted,
            "settled" => IntentState::Settled,
            "quarantined" => IntentState::Quarantined,
            _ => return None,
        };
        Some(())
    }

    fn row(&mut self, movement: MovementId) -> &mut Row {
        self.rows.entry(movement).or_insert(Row {
            minor_units: PRICE,
            fate: None,
            intent: IntentState::Settled,
            phases: None,
        })
    }

    /// The name of a movement's intent: one that no other has when no moment gave it one.
    fn key(&self, movement: MovementId) -> ScopedKey {
        let own = || scoped(&movement.to_string(), movement);
        self.keys.get(&movement).copied().unwrap_or_else(own)
    }

    /// Records, postings and intents.
    pub(crate) fn finish(self) -> (Vec<PaymentRecord>, Vec<Posting>, Vec<Intent>) {
        let mut records: BTreeMap<PaymentId, PaymentRecord> = BTreeMap::new();
        let mut postings = Vec::new();
        // Payments come before refunds, so that a refund finds its record.
        for (movement, row) in &self.rows {
            let key = self.key(*movement);
            let Some(fate) = row.fate else { continue };
            match (*movement, fate) {
                (MovementId::Payment(id), Fate::Taken(state)) => {
                    records.insert(id, record(id, key, row, state));
                }
                (MovementId::Payment(_), Fate::Refused(_)) => panic!("no payment is refused"),
                (MovementId::Refund(payment, id), fate) => {
                    let amount = amount(row.minor_units);
                    let refund = RefundRecord { key, amount, accepted: Epoch::new(1), fate };
                    let record = records.get_mut(&payment).expect("its payment is in the ledger");
                    record.refunds.insert(id, refund);
                }
            }
            for phase in row.phases.clone().unwrap_or_else(|| phases(fate)) {
                postings.extend(transfer(*movement, row.minor_units, phase).postings());
            }
        }
        let intents = self.rows.iter();
        let intents =
            intents.map(|(movement, row)| intent(*movement, self.key(*movement), row)).collect();
        (records.into_values().collect(), postings, intents)
    }
}

fn phase(word: &str) -> Option<Phase> {
    Some(match word {
        "pending" => Phase::Pending,
        "posted" => Phase::Posted,
        "voided" => Phase::Voided,
        _ => return None,
    })
}

fn phases(fate: Fate) -> Vec<Phase> {
    match fate {
        Fate::Refused(_) | Fate::Taken(State::Accepted | State::Quarantined) => Vec::new(),
        Fate::Taken(State::Succeeded) => vec![Phase::Pending, Phase::Posted],
        Fate::Taken(State::Declined) => vec![Phase::Pending, Phase::Voided],
        Fate::Taken(State::Posted | State::Processing | State::Unknown) => vec![Phase::Pending],
    }
}

fn transfer(movement: MovementId, minor_units: i64, phase: Phase) -> Transfer {
    let version = Version(phase as u64 + 1);
    let id = TransferId { movement, version, phase };
    let (ours, merchants) = (Book::Clearing, Book::Merchant(account()));
    let (debit, credit) = match movement {
        MovementId::Payment(_) => (ours, merchants),
        MovementId::Refund(..) => (merchants, ours),
    };
    Transfer { id, debit, credit, money: money(minor_units) }
}

fn record(id: PaymentId, key: ScopedKey, row: &Row, state: State) -> PaymentRecord {
    let (accepted, refunds) = (Epoch::new(1), BTreeMap::new());
    let (order, version) = (payment_order(row.minor_units), Version(3));
    PaymentRecord { id, key, order, accepted, version, state, refunds }
}

fn payment_order(minor_units: i64) -> PaymentOrder {
    let (token, metadata) = ("tok_00000000".to_owned(), BTreeMap::new());
    PaymentOrder::from_stored(account(), money(minor_units), token, None, metadata)
        .expect("it is above zero")
}

fn intent(movement: MovementId, key: ScopedKey, row: &Row) -> Intent {
    let order = match movement {
        MovementId::Payment(_) => Order::Payment(payment_order(row.minor_units)),
        MovementId::Refund(payment, _) => Order::Refund(RefundOrder {
            payment,
            account: account(),
            money: money(row.minor_units),
        }),
    };
    Intent {
        key,
        fingerprint: Fingerprint::from_bytes([0; 32]),
        movement,
        order,
        epoch: Epoch::new(1),
        state: row.intent,
        claim: Claim { by: Attempt::new(movement), until: Time::from_ms(0) },
        revision: Revision(1),
    }
}

fn amount(minor_units: i64) -> Amount {
    Amount::new(minor_units).expect("it is not below zero")
}

fn money(minor_units: i64) -> Money {
    Money::new(amount(minor_units), Currency::find(CURRENCY).expect("it is a currency"))
}
