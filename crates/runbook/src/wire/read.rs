//! Members of a JSON object, each asked for as what it should be.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Unreadable;
use crate::action::ActionName;

/// The members of one object.
pub(super) struct Fields<'v> {
    /// Where the object is, with a dot behind it.
    path: String,
    members: &'v Map<String, Value>,
}

impl<'v> Fields<'v> {
    /// The members of the outermost object.
    pub(super) fn top(value: &'v Value) -> Result<Self, Unreadable> {
        let no_object = || Unreadable::NotJson { cause: "it is no object".to_owned() };
        Ok(Self { path: String::new(), members: value.as_object().ok_or_else(no_object)? })
    }

    fn at(&self, name: &str) -> String {
        format!("{}{name}", self.path)
    }

    fn malformed(&self, name: &str, wanted: &'static str) -> Unreadable {
        Unreadable::Malformed { field: self.at(name), wanted }
    }

    /// The error about a word that is not known.
    pub(super) fn unknown(&self, name: &str) -> Unreadable {
        let word = self.members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Unreadable::Unknown { field: self.at(name), word }
    }

    fn value(&self, name: &str) -> Result<&'v Value, Unreadable> {
        self.members.get(name).ok_or_else(|| Unreadable::Missing { field: self.at(name) })
    }

    pub(super) fn text(&self, name: &str) -> Result<&'v str, Unreadable> {
        self.value(name)?.as_str().ok_or_else(|| self.malformed(name, "a text"))
    }

    pub(super) fn number(&self, name: &str) -> Result<u64, Unreadable> {
        let wanted = "a whole number that is not negative";
        self.value(name)?.as_u64().ok_or_else(|| self.malformed(name, wanted))
    }

    pub(super) fn small(&self, name: &str) -> Result<u32, Unreadable> {
        let number = self.number(name)?;
        u32::try_from(number).map_err(|_| self.malformed(name, "a number of 32 bits"))
    }

    pub(super) fn truth(&self, name: &str) -> Result<bool, Unreadable> {
        self.value(name)?.as_bool().ok_or_else(|| self.malformed(name, "true or false"))
    }

    /// A member that may be missing, or null.
    fn present(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(|value| !value.is_null())
    }

    pub(super) fn text_or_none(&self, name: &str) -> Result<Option<&'v str>, Unreadable> {
        self.present(name).then(|| self.text(name)).transpose()
    }

    pub(super) fn number_or_none(&self, name: &str) -> Result<Option<u64>, Unreadable> {
        self.present(name).then(|| self.number(name)).transpose()
    }

    pub(super) fn object_or_none(&self, name: &str) -> Result<Option<Fields<'v>>, Unreadable> {
        self.present(name).then(|| self.object(name)).transpose()
    }

    pub(super) fn objects_or_none(&self, name: &str) -> Result<Vec<Fields<'v>>, Unreadable> {
        if self.present(name) { self.objects(name) } else { Ok(Vec::new()) }
    }

    /// A member that must be there, and may be null.
    pub(super) fn object_or_null(&self, name: &str) -> Result<Option<Fields<'v>>, Unreadable> {
        if self.value(name)?.is_null() { Ok(None) } else { self.object(name).map(Some) }
    }

    pub(super) fn object(&self, name: &str) -> Result<Fields<'v>, Unreadable> {
        let members =
            self.value(name)?.as_object().ok_or_else(|| self.malformed(name, "an object"))?;
        Ok(Fields { path: format!("{}.", self.at(name)), members })
    }

    pub(super) fn objects(&self, name: &str) -> Result<Vec<Fields<'v>>, Unreadable> {
        let wanted = "a list of objects";
        let values = self.value(name)?.as_array().ok_or_else(|| self.malformed(name, wanted))?;
        let object = |(index, value): (usize, &'v Value)| {
            let path = format!("{}[{index}].", self.at(name));
            let members = value.as_object().ok_or_else(|| self.malformed(name, wanted))?;
            Ok(Fields { path, members })
        };
        values.iter().enumerate().map(object).collect()
    }

    /// One of a closed set of words.
    pub(super) fn word<T: Copy>(
        &self,
        name: &str,
        all: &[T],
        text_of: impl Fn(T) -> &'static str,
    ) -> Result<T, Unreadable> {
        let text = self.text(name)?;
        let mut all = all.iter().copied();
        all.find(|word| text_of(*word) == text).ok_or_else(|| self.unknown(name))
    }

    /// Texts under words of a closed set; none where there is no such member, as in what was written before there was.
    pub(super) fn texts_by_word<T: Copy + Ord>(
        &self,
        name: &str,
        all: &[T],
        text_of: impl Fn(T) -> &'static str,
    ) -> Result<BTreeMap<T, String>, Unreadable> {
        if !self.present(name) {
            return Ok(BTreeMap::new());
        }
        let texts = self.object(name)?;
        let read = |word: &String| {
            let mut all = all.iter().copied();
            let known = all.find(|one| text_of(*one) == word.as_str());
            let unknown = || Unreadable::Unknown { field: self.at(name), word: word.clone() };
            Ok((known.ok_or_else(unknown)?, texts.text(word)?.to_owned()))
        };
        texts.members.keys().map(read).collect()
    }

    pub(super) fn action(&self, name: &str) -> Result<ActionName, Unreadable> {
        self.word(name, ActionName::ALL, ActionName::as_str)
    }
}
