//! What an action saw or kept besides, as JSON. Lists that are empty are left out, and one that is missing is empty.

use fence::Millis;
use serde_json::{Map, Value, json};

use super::Unreadable;
use super::read::Fields;
use crate::notes::{AlarmNote, DnsNote, KeptNote, Notes};

pub(super) fn write(notes: &Notes) -> Value {
    let Notes { alarms, dns, kept, silent, lacking } = notes;
    let lists = [
        ("alarms", alarms.iter().map(write_alarm).collect::<Vec<_>>()),
        ("dns", dns.iter().map(write_dns).collect()),
        ("kept", kept.iter().map(write_kept).collect()),
        ("silent", silent.iter().map(|name| json!({"name": name})).collect()),
        ("lacking", lacking.iter().map(|text| json!({"what": text})).collect()),
    ];
    let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
    Value::Object(lists.map(|(name, list)| (name.to_owned(), list.into())).collect::<Map<_, _>>())
}

fn write_alarm(AlarmNote { region, name, state }: &AlarmNote) -> Value {
    json!({"region": region, "name": name, "state": state})
}

fn write_dns(DnsNote { at, asked, name, answer }: &DnsNote) -> Value {
    json!({"at": at.0, "asked": asked, "name": name, "answer": answer})
}

fn write_kept(KeptNote { place, sha256, locked_until }: &KeptNote) -> Value {
    json!({"place": place, "sha256": sha256, "locked_until": locked_until.map(|at| at.0)})
}

pub(super) fn read(fields: &Fields<'_>) -> Result<Notes, Unreadable> {
    Ok(Notes {
        alarms: list(fields, "alarms", read_alarm)?,
        dns: list(fields, "dns", read_dns)?,
        kept: list(fields, "kept", read_kept)?,
        silent: list(fields, "silent", |fields| Ok(fields.text("name")?.to_owned()))?,
        lacking: list(fields, "lacking", |fields| Ok(fields.text("what")?.to_owned()))?,
    })
}

fn list<T>(
    fields: &Fields<'_>,
    name: &str,
    read: impl Fn(&Fields<'_>) -> Result<T, Unreadable>,
) -> Result<Vec<T>, Unreadable> {
    fields.objects_or_none(name)?.iter().map(read).collect()
}

fn read_alarm(fields: &Fields<'_>) -> Result<AlarmNote, Unreadable> {
    let text = |name| Ok(fields.text(name)?.to_owned());
    Ok(AlarmNote { region: text("region")?, name: text("name")?, state: text("state")? })
}

fn read_dns(fields: &Fields<'_>) -> Result<DnsNote, Unreadable> {
    let text = |name| Ok(fields.text(name)?.to_owned());
    Ok(DnsNote {
        at: Millis(fields.number("at")?),
        asked: text("asked")?,
        name: text("name")?,
        answer: text("answer")?,
    })
}

fn read_kept(fields: &Fields<'_>) -> Result<KeptNote, Unreadable> {
    let text = |name| Ok(fields.text(name)?.to_owned());
    Ok(KeptNote {
        place: text("place")?,
        sha256: text("sha256")?,
        locked_until: fields.number_or_none("locked_until")?.map(Millis),
    })
}
