//! Reads the configuration of endpoints: JSON in, endpoints or every fault out.

use std::collections::BTreeSet;

use payments::{AccountId, EventKind};
use serde_json::{Map, Value};

use crate::endpoint::Endpoint;
use crate::fault::{EndpointFault, EndpointFaults};
use crate::ports::EndpointId;
use crate::signature::Secret;
use crate::url::{self, Url};

const ENDPOINT_KEYS: [&str; 6] = ["id", "account", "url", "secrets", "revision", "events"];

/// How many secrets may be current at once: the new one, the old one, and one more when two exchanges overlap.
const SECRETS_MAX: usize = 3;

pub(crate) fn read(json: &str) -> Result<Vec<Endpoint>, EndpointFaults> {
    let mut reader = Reader::default();
    let endpoints = reader.document(json);
    match endpoints {
        Some(endpoints) if reader.faults.is_empty() => Ok(endpoints),
        _ => Err(EndpointFaults(reader.faults)),
    }
}

/// What is wrong so far.
#[derive(Default)]
struct Reader {
    faults: Vec<EndpointFault>,
    names: BTreeSet<EndpointId>,
}

impl Reader {
    fn fault<T>(&mut self, place: &str, what: &str, allowed: &str) -> Option<T> {
        let [place, what, allowed] = [place, what, allowed].map(str::to_owned);
        self.faults.push(EndpointFault { place, what, allowed });
        None
    }

    fn document(&mut self, json: &str) -> Option<Vec<Endpoint>> {
        const ALLOWED: &str = "`{\"endpoints\": […]}`";
        let value: Value = match serde_json::from_str(json) {
            Ok(value) => value,
            Err(error) => {
                let place = format!("line {}, column {}", error.line(), error.column());
                return self.fault(&place, "is not JSON", ALLOWED);
            }
        };
        let Value::Object(object) = &value else {
            return self.fault("the document", "is not an object", ALLOWED);
        };
        self.unknown("", object, &["endpoints"]);
        let list = self.list("endpoints", object.get("endpoints"), "a list of endpoints")?;
        let places = (0..list.len()).map(|index| format!("endpoints[{index}]"));
        let endpoints: Vec<_> =
            places.zip(list).map(|(place, value)| self.endpoint(&place, value)).collect();
        endpoints.into_iter().collect()
    }

    fn endpoint(&mut self, place: &str, value: &Value) -> Option<Endpoint> {
        let Value::Object(object) = value else {
            return self.fault(
                place,
                "is not an object",
                "an object with `id`, `url` and `secrets`",
            );
        };
        self.unknown(&format!("{place}."), object, &ENDPOINT_KEYS);
        let at = |key: &str| (format!("{place}.{key}"), object.get(key).filter(|v| !v.is_null()));
        let (id, account, url) = (at("id"), at("account"), at("url"));
        let (secrets, revision, events) = (at("secrets"), at("revision"), at("events"));
        let id = self.name(id);
        let account = self.optional(account, |reader, field| {
            reader.text(field, "the id of an account, or nothing for all", AccountId::parse)
        });
        let url = self.text(url, url::ALLOWED, Url::parse);
        let secrets = self.secrets(secrets);
        let revision = self.optional(revision, Self::revision);
        let events = self.optional(events, Self::events);
        Some(Endpoint {
            id: id?,
            account: account?,
            url: url?,
            secrets: secrets?,
            revision: revision?.unwrap_or(1),
            events: events?,
        })
    }

    fn name(&mut self, field: Field<'_>) -> Option<EndpointId> {
        let place = field.0.clone();
        let allowed = "1 to 64 lower-case letters, digits and hyphens";
        let id = self.text(field, allowed, EndpointId::parse)?;
        match self.names.insert(id.clone()) {
            true => Some(id),
            false => self.fault(&place, "is there twice", "a name of its own for each"),
        }
    }

    /// Reads what need not be there.
    fn optional<T>(
        &mut self,
        field: Field<'_>,
        read: impl FnOnce(&mut Self, Field<'_>) -> Option<T>,
    ) -> Option<Option<T>> {
        match field.1 {
            None => Some(None),
            Some(_) => read(self, field).map(Some),
        }
    }

    fn text<T>(
        &mut self,
        (place, value): Field<'_>,
        allowed: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        match value {
            None => self.fault(&place, "is missing", allowed),
            Some(Value::String(text)) => match parse(text) {
                None => self.fault(&place, "has another form", allowed),
                parsed => parsed,
            },
            Some(_) => self.fault(&place, "is not a text", allowed),
        }
    }

    fn list<'v>(
        &mut self,
        place: &str,
        value: Option<&'v Value>,
        allowed: &str,
    ) -> Option<&'v [Value]> {
        match value {
            None => self.fault(place, "is missing", allowed),
            Some(Value::Array(list)) => Some(list),
            Some(_) => self.fault(place, "is not a list", allowed),
        }
    }

    fn secrets(&mut self, (place, value): Field<'_>) -> Option<Vec<Secret>> {
        const ALLOWED: &str = "1 to 3 secrets, newest first";
        let list = self.list(&place, value, ALLOWED)?;
        if !(1..=SECRETS_MAX).contains(&list.len()) {
            return self.fault(&place, &format!("has {}", list.len()), ALLOWED);
        }
        let secrets =
            self.each(&place, list, "`whsec_` and the base64 of 24 to 64 bytes", |text| {
                Secret::parse(text)
            })?;
        let is_repeated = |(index, secret): (usize, &Secret)| secrets[..index].contains(secret);
        match secrets.iter().enumerate().any(is_repeated) {
            true => self.fault(&place, "has one of them twice", ALLOWED),
            false => Some(secrets),
        }
    }

    fn events(&mut self, (place, value): Field<'_>) -> Option<BTreeSet<EventKind>> {
        let kinds = EventKind::ALL.map(|kind| format!("`{kind}`")).join(", ");
        let list = self.list(&place, value, &kinds)?;
        if list.is_empty() {
            return self.fault(&place, "is empty", "at least one kind, or no `events` for all");
        }
        Some(self.each(&place, list, &kinds, EventKind::find)?.into_iter().collect())
    }

    /// Reads every entry of a list of texts.
    fn each<T>(
        &mut self,
        place: &str,
        list: &[Value],
        allowed: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let places = (0..list.len()).map(|index| format!("{place}[{index}]"));
        let read: Vec<_> = places
            .zip(list)
            .map(|(place, value)| self.text((place, Some(value)), allowed, &parse))
            .collect();
        read.into_iter().collect()
    }

    fn revision(&mut self, (place, value): Field<'_>) -> Option<u64> {
        match value.and_then(Value::as_u64) {
            Some(revision @ 1..=REVISION_MAX) => Some(revision),
            _ => self.fault(&place, "has another form", "a whole number from 1 to 4294967295"),
        }
    }

    /// Keys that nobody reads: most likely a typing error. A key that does not look like one is not repeated.
    fn unknown(&mut self, prefix: &str, object: &Map<String, Value>, known: &[&str]) {
        let is_word =
            |key: &str| key.len() <= 32 && key.bytes().all(|byte| byte.is_ascii_lowercase());
        let allowed = known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let shown = if is_word(key) { key.as_str() } else { "(not shown)" };
            let _: Option<()> =
                self.fault(&format!("{prefix}{shown}"), "is an unknown key", &allowed);
        }
    }
}

/// Where something stands, and what stands there; nothing for `null` too.
type Field<'v> = (String, Option<&'v Value>);

/// Revisions fit into every store's numbers.
const REVISION_MAX: u64 = u32::MAX as u64;
