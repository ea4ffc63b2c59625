//! Faults planted into exported histories by hand, to see that both judges find them.

use serde_json::{Value, json};

/// A fault, and how it is planted; nothing when the history has no place for it.
pub(crate) struct Mutation {
    /// What is wrong then.
    pub(crate) name: &'static str,
    plant: fn(&mut Value) -> Option<()>,
}

/// All of them.
pub(crate) const MUTATIONS: [Mutation; 10] = [
    Mutation { name: "acknowledged with an id that nobody has", plant: acknowledge_another },
    Mutation { name: "acknowledged again with another id", plant: acknowledge_again },
    Mutation { name: "acknowledged, then refused", plant: take_back },
    Mutation { name: "acknowledged, then lost", plant: lose },
    Mutation { name: "money moved twice for a movement", plant: move_again },
    Mutation { name: "money moved for two movements of a key", plant: move_for_another },
    Mutation { name: "money given back that was not taken", plant: refund_too_much },
    Mutation { name: "booked as declined, and money moved", plant: decline },
    Mutation { name: "booked as paid, and no money moved", plant: move_nothing },
    Mutation { name: "a transfer missing in the books", plant: forget_transfer },
];

impl Mutation {
    /// The export with the fault in it.
    pub(crate) fn plant(&self, export: &str) -> Option<String> {
        let mut whole: Value = serde_json::from_str(export).expect("an export is JSON");
        (self.plant)(&mut whole)?;
        Some(whole.to_string())
    }
}

/// An id that no payment of a drill has.
const NOBODYS: &str = "pay_70000000000000000000000001";

fn acknowledge_another(whole: &mut Value) -> Option<()> {
    let at = acknowledgement(whole)?;
    moments(whole)[at]["movement"] = json!(NOBODYS);
    Some(())
}

fn acknowledge_again(whole: &mut Value) -> Option<()> {
    let at = acknowledgement(whole)?;
    let mut again = moments(whole)[at].clone();
    again["movement"] = json!(NOBODYS);
    moments(whole).insert(at + 1, again);
    Some(())
}

fn take_back(whole: &mut Value) -> Option<()> {
    let at = acknowledgement(whole)?;
    let mut again = moments(whole)[at].clone();
    again["answer"] = json!("refused");
    again.as_object_mut()?.remove("movement");
    moments(whole).insert(at + 1, again);
    Some(())
}

fn lose(whole: &mut Value) -> Option<()> {
    let at = acknowledgement(whole)?;
    let payment = moments(whole)[at]["movement"].as_str()?.to_owned();
    let is_of = |row: &Value, field: &str| {
        row[field].as_str().is_some_and(|movement| movement.starts_with(&payment))
    };
    rows(whole, "payments").retain(|row| !is_of(row, "payment"));
    rows(whole, "postings").retain(|row| !is_of(row, "movement"));
    rows(whole, "intents").retain(|row| !is_of(row, "movement"));
    Some(())
}

fn move_again(whole: &mut Value) -> Option<()> {
    let at = moved(whole, |_| true)?;
    let again = moments(whole)[at].clone();
    moments(whole).insert(at + 1, again);
    Some(())
}

fn move_for_another(whole: &mut Value) -> Option<()> {
    let at = moved(whole, |movement| !movement.contains('/'))?;
    let mut another = moments(whole)[at].clone();
    let accepted = moments(whole).iter().find(|moment| {
        moment["what"] == "intent-written" && moment["movement"] == another["movement"]
    });
    let mut accepted = accepted?.clone();
    accepted["at_ms"] = another["at_ms"].clone();
    for moment in [&mut another, &mut accepted] {
        moment["movement"] = json!(NOBODYS);
    }
    another["processor_key"] = json!(NOBODYS);
    moments(whole).splice(at + 1..at + 1, [accepted, another]);
    Some(())
}

fn refund_too_much(whole: &mut Value) -> Option<()> {
    let at = moved(whole, |movement| movement.contains('/'))?;
    let moment = &mut moments(whole)[at];
    moment["minor_units"] = json!(moment["minor_units"].as_i64()? + 1_000_000_000);
    Some(())
}

fn decline(whole: &mut Value) -> Option<()> {
    let at = paid(whole)?;
    let row = &mut rows(whole, "payments")[at];
    row["state"] = json!("declined");
    let payment = row["payment"].clone();
    for posting in rows(whole, "postings") {
        if posting["movement"] == payment && posting["phase"] == "posted" {
            posting["phase"] = json!("voided");
        }
    }
    Some(())
}

fn move_nothing(whole: &mut Value) -> Option<()> {
    let at = paid(whole)?;
    let payment = rows(whole, "payments")[at]["payment"].clone();
    moments(whole).retain(|moment| moment["what"] != "moved" || moment["movement"] != payment);
    Some(())
}

fn forget_transfer(whole: &mut Value) -> Option<()> {
    let at = paid(whole)?;
    let payment = rows(whole, "payments")[at]["payment"].clone();
    let is_posted = |row: &Value| row["movement"] == payment && row["phase"] == "posted";
    rows(whole, "postings").retain(|row| !is_posted(row));
    Some(())
}

fn moments(whole: &mut Value) -> &mut Vec<Value> {
    whole["moments"].as_array_mut().expect("there are moments")
}

fn rows<'w>(whole: &'w mut Value, list: &str) -> &'w mut Vec<Value> {
    whole["end"][list].as_array_mut().expect("it is a list of the end")
}

/// The last acknowledgement of a payment that the ledger has in the end, and that was not held: the
/// one that came last is what a loss would have taken.
fn acknowledgement(whole: &mut Value) -> Option<usize> {
    let in_ledger: Vec<Value> =
        rows(whole, "payments").iter().map(|row| row["payment"].clone()).collect();
    moments(whole).iter().rposition(|moment| {
        moment["answer"] == "acknowledged" && in_ledger.contains(&moment["movement"])
    })
}

/// The last time that money moved for such a movement.
fn moved(whole: &mut Value, is_such: fn(&str) -> bool) -> Option<usize> {
    moments(whole).iter().rposition(|moment| {
        moment["what"] == "moved" && moment["movement"].as_str().is_some_and(is_such)
    })
}

/// The last payment that succeeded and has no refunds.
fn paid(whole: &mut Value) -> Option<usize> {
    rows(whole, "payments").iter().rposition(|row| {
        row["state"] == "succeeded" && row["refunds"].as_array().is_some_and(Vec::is_empty)
    })
}
