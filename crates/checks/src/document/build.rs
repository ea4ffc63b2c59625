//! The value of a text, built step by step within bounds.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::mem;

use serde_json::{Map, Value};

use super::walk::{Fault, Listener, Step};
use super::{MAX_DOCUMENT_DEPTH, line};

/// How much a text may hold once its aliases are written out: values, and 64 bytes of words for each.
const MAX_WEIGHT: usize = 1_000_000;

/// Listens to a walk and builds what it walks through.
pub(super) struct Builder<'text> {
    text: &'text str,
    open: Vec<Open<'text>>,
    root: Option<Value>,
    /// The number of the anchor that the next value has.
    anchor: Option<usize>,
    anchored: BTreeMap<usize, Anchored>,
    weight: usize,
}

/// A map or list that has begun.
struct Open<'text> {
    body: Body<'text>,
    anchor: Option<usize>,
    /// The weight of everything before it.
    before: usize,
    /// How many levels there are below it.
    height: usize,
}

enum Body<'text> {
    Map { entries: Vec<Entry<'text>>, key: Option<Key<'text>>, merged: Vec<Map<String, Value>> },
    List(Vec<Value>),
}

enum Key<'text> {
    Word(Cow<'text, str>, usize),
    Merge,
}

struct Entry<'text> {
    key: Cow<'text, str>,
    at: usize,
    value: Value,
}

/// A value that can be meant again.
struct Anchored {
    value: Value,
    weight: usize,
    height: usize,
}

impl<'text> Listener<'text> for Builder<'text> {
    fn step(&mut self, step: Step<'text>, at: usize) -> Result<(), Fault> {
        match step {
            Step::Map => {
                self.begin(Body::Map { entries: Vec::new(), key: None, merged: Vec::new() }, at)
            }
            Step::List => self.begin(Body::List(Vec::new()), at),
            Step::End => self.end(at),
            Step::Key(word) => {
                self.weigh(word.len() / 64, at)?;
                self.key(Key::Word(word, at));
                Ok(())
            }
            Step::Merge => {
                self.key(Key::Merge);
                Ok(())
            }
            Step::Text(word) => {
                self.scalar(1 + word.len() / 64, Value::String(word.into_owned()), at)
            }
            Step::Plain(value) => self.scalar(1, value, at),
            Step::Anchor(id) => {
                self.anchor = Some(id);
                Ok(())
            }
            Step::Alias(id) => self.alias(id, at),
        }
    }
}

impl<'text> Builder<'text> {
    pub(super) fn new(text: &'text str) -> Self {
        Self {
            text,
            open: Vec::new(),
            root: None,
            anchor: None,
            anchored: BTreeMap::new(),
            weight: 0,
        }
    }

    /// The value, once the walk is over.
    pub(super) fn finish(self) -> Result<Value, Fault> {
        let found = match self.root {
            Some(root @ Value::Object(_)) => return Ok(root),
            None | Some(Value::Null) => return Err(Fault::nowhere("there is nothing in the file")),
            Some(Value::Array(_)) => "a list",
            Some(Value::String(_)) => "a word",
            Some(Value::Bool(_) | Value::Number(_)) => "a single value",
        };
        Err(Fault::nowhere(format!("expected a map with keys such as `Resources`, found {found}")))
    }

    fn begin(&mut self, body: Body<'text>, at: usize) -> Result<(), Fault> {
        if self.open.len() == MAX_DOCUMENT_DEPTH {
            return Err(too_deep(at));
        }
        let open = Open { body, anchor: self.anchor.take(), before: self.weight, height: 0 };
        self.open.push(open);
        self.weigh(1, at)
    }

    fn key(&mut self, next: Key<'text>) {
        if let Some(Open { body: Body::Map { key, .. }, .. }) = self.open.last_mut() {
            *key = Some(next);
        }
    }

    fn scalar(&mut self, weight: usize, value: Value, at: usize) -> Result<(), Fault> {
        let (anchor, before) = (self.anchor.take(), self.weight);
        self.weigh(weight, at)?;
        self.complete(value, anchor, before, 0, at)
    }

    fn alias(&mut self, id: usize, at: usize) -> Result<(), Fault> {
        let Some(anchored) = self.anchored.get(&id) else {
            return Err(Fault::new(
                at,
                "an alias within the very value that it means, or of a key",
            ));
        };
        let (weight, height) = (anchored.weight, anchored.height);
        if self.open.len() + height > MAX_DOCUMENT_DEPTH {
            return Err(too_deep(at));
        }
        self.weigh(weight, at)?;
        let value =
            self.anchored.get(&id).map(|anchored| anchored.value.clone()).unwrap_or_default();
        self.put(value, height, at)
    }

    fn end(&mut self, at: usize) -> Result<(), Fault> {
        let Some(Open { body, anchor, before, height }) = self.open.pop() else {
            return Ok(());
        };
        let value = match body {
            Body::List(items) => Value::Array(items),
            Body::Map { entries, merged, .. } => Value::Object(self.map(entries, merged)?),
        };
        self.complete(value, anchor, before, height + 1, at)
    }

    /// The map of its entries; none may be there twice, and each goes before those that are merged.
    fn map(
        &self,
        mut entries: Vec<Entry<'text>>,
        merged: Vec<Map<String, Value>>,
    ) -> Result<Map<String, Value>, Fault> {
        entries.sort_by(|one, other| one.key.cmp(&other.key));
        if let Some([first, second]) =
            entries.array_windows().find(|[one, other]| one.key == other.key)
        {
            let line = line(self.text, first.at);
            let what = format!("the key `{}` is already on line {line}", second.key);
            return Err(Fault::new(second.at, what));
        }
        let mut map: Map<String, Value> =
            entries.into_iter().map(|entry| (entry.key.into_owned(), entry.value)).collect();
        for (key, value) in merged.into_iter().flatten() {
            map.entry(key).or_insert(value);
        }
        Ok(map)
    }

    /// Remembers a value that can be meant again, and puts it where it belongs.
    fn complete(
        &mut self,
        value: Value,
        anchor: Option<usize>,
        before: usize,
        height: usize,
        at: usize,
    ) -> Result<(), Fault> {
        if let Some(id) = anchor {
            let weight = self.weight - before;
            // The copy that is kept weighs as much, so that anchors within anchors are bounded too.
            self.weigh(weight, at)?;
            self.anchored.insert(id, Anchored { value: value.clone(), weight, height });
        }
        self.put(value, height, at)
    }

    fn put(&mut self, value: Value, height: usize, at: usize) -> Result<(), Fault> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(value);
            return Ok(());
        };
        open.height = open.height.max(height);
        match &mut open.body {
            Body::List(items) => items.push(value),
            Body::Map { entries, key, merged } => match key.take() {
                Some(Key::Word(key, at)) => entries.push(Entry { key, at, value }),
                Some(Key::Merge) | None => merge(value, merged, at)?,
            },
        }
        Ok(())
    }

    fn weigh(&mut self, more: usize, at: usize) -> Result<(), Fault> {
        self.weight = self.weight.saturating_add(more);
        if self.weight <= MAX_WEIGHT {
            return Ok(());
        }
        let what =
            format!("the file holds more than {MAX_WEIGHT} values, with its aliases written out");
        Err(Fault::new(at, what))
    }
}

/// That a text is nested too deep.
pub(super) fn too_deep(at: usize) -> Fault {
    Fault::new(at, format!("maps and lists are nested more than {MAX_DOCUMENT_DEPTH} deep"))
}

/// Takes the maps that are to be merged: one, or a list of them.
fn merge(mut value: Value, merged: &mut Vec<Map<String, Value>>, at: usize) -> Result<(), Fault> {
    let values = match &mut value {
        Value::Array(values) => mem::take(values),
        _ => vec![value],
    };
    for value in values {
        match value {
            Value::Object(map) => merged.push(map),
            _ => return Err(Fault::new(at, "`<<` merges maps, and this is none")),
        }
    }
    Ok(())
}
