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
    key: ScopedKey,
    minor_units: i64,
    fate: Option<Fate>,
    intent: IntentState,
    /// The phases in the books, when they are not those of the fate.
    phases: Option<Vec<Phase>>,
}

/// The ledger and the intents as the lines say.
#[derive(Default)]
pub(crate) struct Ledger(BTreeMap<MovementId, Row>);

impl Ledger {
    /// A movement with its whole life in the books, and a settled intent.
    pub(crate) fn write(
        &mut self,
        movement: MovementId,
        key: Option<ScopedKey>,
        minor_units: i64,
        state: State,
    ) {
        let row = self.row(movement, key);
        row.minor_units = minor_units;
        row.fate = Some(Fate::Taken(state));
    }

    /// `1234 succeeded`, `1234 refused`, `none`, or `books pending posted`.
    pub(crate) fn line(&mut self, movement: MovementId, words: &[&str]) -> Option<()> {
        match words {
            ["none"] => self.row(movement, None).fate = None,
            ["books", phases @ ..] => {
                let phases = phases.iter().map(|word| phase(word)).collect::<Option<_>>()?;
                self.row(movement, None).phases = Some(phases);
            }
            [units, "refused"] => {
                let row = self.row(movement, None);
                row.minor_units = units.parse().ok()?;
                row.fate = Some(Fate::Refused(Refusal::ExceedsCaptured));
            }
            [units, state] => {
                self.write(movement, None, units.parse().ok()?, State::find(state)?);
            }
            _ => return None,
        }
        Some(())
    }

    /// An intent in this state.
    pub(crate) fn intend(
        &mut self,
        movement: MovementId,
        key: Option<ScopedKey>,
        state: &str,
    ) -> Option<()> {
        self.row(movement, key).intent = match state {
            "accepted" => IntentState::Accepted,
            "posted" => IntentState::Posted,
            "settled" => IntentState::Settled,
            "quarantined" => IntentState::Quarantined,
            _ => return None,
        };
        Some(())
    }

    fn row(&mut self, movement: MovementId, key: Option<ScopedKey>) -> &mut Row {
        let own = scoped(&movement.to_string());
        let row = self.0.entry(movement).or_insert(Row {
            key: own,
            minor_units: PRICE,
            fate: None,
            intent: IntentState::Settled,
            phases: None,
        });
        if let Some(key) = key {
            row.key = key;
        }
        row
    }

    /// Records, postings and intents.
    pub(crate) fn finish(self) -> (Vec<PaymentRecord>, Vec<Posting>, Vec<Intent>) {
        let mut records: BTreeMap<PaymentId, PaymentRecord> = BTreeMap::new();
        let mut postings = Vec::new();
        // Payments come before refunds, so that a refund finds its record.
        for (movement, row) in &self.0 {
            let Some(fate) = row.fate else { continue };
            match (*movement, fate) {
                (MovementId::Payment(id), Fate::Taken(state)) => {
                    records.insert(id, record(id, row, state));
                }
                (MovementId::Payment(_), Fate::Refused(_)) => panic!("no payment is refused"),
                (MovementId::Refund(payment, id), fate) => {
                    let (key, amount) = (row.key, amount(row.minor_units));
                    let refund = RefundRecord { key, amount, accepted: Epoch::new(1), fate };
                    let record = records.get_mut(&payment).expect("its payment is in the ledger");
                    record.refunds.insert(id, refund);
                }
            }
            for phase in row.phases.clone().unwrap_or_else(|| phases(fate)) {
                postings.extend(transfer(*movement, row.minor_units, phase).postings());
            }
        }
        let intents = self.0.iter().map(|(movement, row)| intent(*movement, row)).collect();
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

fn record(id: PaymentId, row: &Row, state: State) -> PaymentRecord {
    let (accepted, refunds) = (Epoch::new(1), BTreeMap::new());
    let (key, order, version) = (row.key, payment_order(row.minor_units), Version(3));
    PaymentRecord { id, key, order, accepted, version, state, refunds }
}

fn payment_order(minor_units: i64) -> PaymentOrder {
    let (token, metadata) = ("tok_00000000".to_owned(), BTreeMap::new());
    PaymentOrder::from_stored(account(), money(minor_units), token, None, metadata)
        .expect("it is above zero")
}

fn intent(movement: MovementId, row: &Row) -> Intent {
    let order = match movement {
        MovementId::Payment(_) => Order::Payment(payment_order(row.minor_units)),
        MovementId::Refund(payment, _) => Order::Refund(RefundOrder {
            payment,
            account: account(),
            money: money(row.minor_units),
        }),
    };
    Intent {
        key: row.key,
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
