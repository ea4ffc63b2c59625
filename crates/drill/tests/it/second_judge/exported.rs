//! Reads of an export what the second judge wants.

use std::collections::BTreeMap;

use serde_json::Value;

/// The parts of an exported history that are about keys and money.
pub(crate) struct Exported {
    /// Every try of every request, in the order in which they were sent.
    pub(crate) tries: Vec<Try>,
    /// The name of the key of each movement.
    pub(crate) keys: BTreeMap<String, String>,
    /// The account of each movement.
    pub(crate) accounts: BTreeMap<String, String>,
    /// Every time that money moved, in order.
    pub(crate) moved: Vec<Moved>,
    /// What the ledger says of each movement in the end: its state, or that it was refused.
    pub(crate) ledger: BTreeMap<String, (String, i64)>,
    /// The movements in quarantine in the end.
    pub(crate) held: Vec<String>,
    /// What the books say that each account has.
    pub(crate) balances: BTreeMap<String, i64>,
    /// Whether nothing was left to do.
    pub(crate) is_at_rest: bool,
}

/// One try of a request.
pub(crate) struct Try {
    /// The request's number.
    pub(crate) request: u64,
    /// The number of the try.
    attempt: u64,
    /// When it was sent: the place of the moment.
    pub(crate) sent: usize,
    /// When the client heard a final answer, and which; none when it heard none.
    pub(crate) heard: Option<(usize, Heard)>,
}

/// A final answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Heard {
    /// A 2xx for this movement.
    Movement(String),
    /// A refusal.
    Refusal,
}

/// Money that moved.
pub(crate) struct Moved {
    /// The place of the moment.
    pub(crate) at: usize,
    /// For which movement.
    pub(crate) movement: String,
    /// How much: below zero when it was given back.
    pub(crate) minor_units: i64,
}

impl Exported {
    /// Reads an export, which has the shape that is documented.
    pub(crate) fn read(json: &str) -> Self {
        let whole: Value = serde_json::from_str(json).expect("an export is JSON");
        assert_eq!(whole["format"], "tideover-history/1");
        let end = &whole["end"];
        let mut exported = Self {
            tries: Vec::new(),
            keys: BTreeMap::new(),
            accounts: BTreeMap::new(),
            moved: Vec::new(),
            ledger: BTreeMap::new(),
            held: Vec::new(),
            balances: BTreeMap::new(),
            is_at_rest: end["is_at_rest"] == true,
        };
        for (at, moment) in list(&whole["moments"]).enumerate() {
            exported.see(at, moment);
        }
        list(&end["payments"]).for_each(|row| exported.see_payment(row));
        list(&end["intents"]).for_each(|row| exported.see_intent(row));
        list(&end["postings"]).for_each(|row| exported.see_posting(row));
        exported
    }

    fn see(&mut self, at: usize, moment: &Value) {
        match text(&moment["what"]).as_str() {
            "sent" => {
                let (request, attempt) = (number(&moment["request"]), number(&moment["attempt"]));
                self.tries.push(Try { request, attempt, sent: at, heard: None });
            }
            "told" => self.hear(at, moment),
            "intent-written" => {
                self.keys.insert(text(&moment["movement"]), text(&moment["key"]));
            }
            "moved" => {
                let (movement, units) = (text(&moment["movement"]), units(moment));
                let minor_units = if movement.contains('/') { -units } else { units };
                self.moved.push(Moved { at, movement, minor_units });
            }
            _ => {}
        }
    }

    fn hear(&mut self, at: usize, moment: &Value) {
        let heard = match text(&moment["answer"]).as_str() {
            "acknowledged" => Heard::Movement(text(&moment["movement"])),
            "refused" => Heard::Refusal,
            _ => return,
        };
        let (request, attempt) = (number(&moment["request"]), number(&moment["attempt"]));
        let is_it = |asked: &&mut Try| {
            asked.request == request && asked.attempt == attempt && asked.heard.is_none()
        };
        match self.tries.iter_mut().find(is_it) {
            Some(asked) => asked.heard = Some((at, heard)),
            // Told without having been asked: as if asked at once.
            None => self.tries.push(Try { request, attempt, sent: at, heard: Some((at, heard)) }),
        }
    }

    fn see_payment(&mut self, row: &Value) {
        let payment = text(&row["payment"]);
        let account = text(&row["account"]);
        self.see_row(&payment, row, &account);
        for refund in list(&row["refunds"]) {
            let id = format!("{payment}/{}", text(&refund["refund"]));
            self.see_row(&id, refund, &account);
        }
    }

    fn see_row(&mut self, movement: &str, row: &Value, account: &str) {
        let state = row["state"].as_str().unwrap_or("refused").to_owned();
        if state == "quarantined" {
            self.held.push(movement.to_owned());
        }
        self.keys.insert(movement.to_owned(), text(&row["key"]));
        self.accounts.insert(movement.to_owned(), account.to_owned());
        self.ledger.insert(movement.to_owned(), (state, units(row)));
    }

    fn see_intent(&mut self, row: &Value) {
        let movement = text(&row["movement"]);
        if row["state"] == "quarantined" {
            self.held.push(movement.clone());
        }
        self.keys.insert(movement.clone(), text(&row["key"]));
        self.accounts.insert(movement, text(&row["account"]));
    }

    fn see_posting(&mut self, row: &Value) {
        let (book, phase) = (text(&row["book"]), text(&row["phase"]));
        if book == "clearing" || !["posted", "corrected"].contains(&phase.as_str()) {
            return;
        }
        let sign = if row["side"] == "credit" { 1 } else { -1 };
        *self.balances.entry(book).or_default() += sign * units(row);
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().expect("it is a list").iter()
}

fn text(value: &Value) -> String {
    value.as_str().expect("it is a text").to_owned()
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("it is a number")
}

fn units(row: &Value) -> i64 {
    row["minor_units"].as_i64().expect("it is an amount")
}
