//! Collects faults while a file is read, and what a schema needs to know of the keys.

use std::collections::{BTreeMap, BTreeSet};

use crate::fault::{Fault, Faults, Place};
use crate::shape::Asked;

/// What reading has found so far.
#[derive(Default)]
pub(crate) struct Report {
    /// Faults in the file, with their place as a byte offset.
    found: Vec<(usize, Fault)>,
    /// Faults in what was given beside the file.
    beside: Vec<Fault>,
    /// Dotted keys with a fault.
    unsound: BTreeSet<String>,
    /// Dotted keys in the file, and the byte offset of their value.
    places: BTreeMap<String, usize>,
    /// Byte offset up to which the file is surely understood; nothing when all of it is TOML.
    understood: Option<usize>,
    /// Lines that are not TOML, as byte offsets of an error in each.
    not_toml: BTreeSet<usize>,
    /// The keys asked for in each table; `[]` stands for any index.
    pub(crate) levels: BTreeMap<String, Vec<Asked>>,
}

impl Report {
    /// Notes that the value of `key` stands at this byte offset.
    pub(crate) fn locate(&mut self, key: &str, at: usize) {
        self.places.insert(key.to_owned(), at);
    }

    /// The byte offset of the value of `key`, if it is in the file.
    pub(crate) fn place(&self, key: &str) -> Option<usize> {
        self.places.get(key).copied()
    }

    /// Adds a fault at a byte offset.
    pub(crate) fn add(&mut self, at: usize, key: &str, found: String, allowed: String) {
        self.unsound.insert(key.to_owned());
        self.found.push((at, fault(key, found, allowed)));
    }

    /// Adds a fault between several keys, at the first of them that is in the file.
    pub(crate) fn add_between(&mut self, keys: &[&str], found: String, allowed: String) {
        let placed = keys.iter().find_map(|key| Some((*key, self.place(key)?)));
        let (key, at) = placed.unwrap_or((keys.first().copied().unwrap_or_default(), 0));
        self.add(at, key, found, allowed);
    }

    /// Adds a fault of a value that was given beside the file, by `source`.
    pub(crate) fn add_beside(&mut self, source: &str, key: &str, found: String, allowed: String) {
        self.beside.push(Fault { file: source.to_owned(), ..fault(key, found, allowed) });
    }

    /// Adds a place where the text is not TOML; with `lost`, nothing after it can be trusted.
    pub(crate) fn add_not_toml(&mut self, at: usize, lost: bool, found: String, allowed: String) {
        if self.not_toml.insert(at) {
            self.found.push((at, fault("", found, allowed)));
        }
        let limit = if lost { at } else { usize::MAX };
        self.understood = Some(self.understood.unwrap_or(usize::MAX).min(limit));
    }

    /// Whether the file is TOML and neither this key nor one below it has a fault: only then
    /// may its value be judged together with others.
    pub(crate) fn is_sound(&self, key: &str) -> bool {
        let below = |start: String| {
            let next = self.unsound.range(start.clone()..).next();
            next.is_some_and(|found| found.starts_with(&start))
        };
        self.understood.is_none()
            && !self.unsound.contains(key)
            && !below(format!("{key}."))
            && !below(format!("{key}["))
    }

    /// A table read so far in which this key may stand, as its header is written.
    pub(crate) fn table_of(&self, key: &str) -> Option<String> {
        let asks = |asked: &Vec<Asked>| asked.iter().any(|asked| asked.key == key);
        let (level, _) = self.levels.iter().find(|(_, asked)| asks(asked))?;
        Some(match level.strip_suffix("[]") {
            Some(array) => format!("[{array}]"),
            None => level.clone(),
        })
    }

    /// The faults, each with its line and column in `text`.
    pub(crate) fn into_faults(self, text: &str, file_name: &str) -> Option<Faults> {
        let mut places = Places::new(text);
        let broken = first_of_each_line(&self.not_toml, text);
        let broken_lines: BTreeSet<usize> = broken.values().map(|place| place.line).collect();
        let understood = self.understood.unwrap_or(usize::MAX);
        let mut found = self.found;
        found.sort_by_key(|(at, _)| *at);
        let mut faults = self.beside;
        for (at, fault) in found {
            let place = places.place(at);
            let shown = if fault.key.is_empty() {
                broken.contains_key(&at)
            } else {
                at < understood && !broken_lines.contains(&place.line)
            };
            if shown {
                faults.push(Fault { file: file_name.to_owned(), place: Some(place), ..fault });
            }
        }
        Faults::new(faults)
    }
}

/// Of several errors in one line only the first says what is wrong; the others follow from it.
fn first_of_each_line(errors: &BTreeSet<usize>, text: &str) -> BTreeMap<usize, Place> {
    let mut places = Places::new(text);
    let mut lines = BTreeSet::new();
    errors
        .iter()
        .map(|at| (*at, places.place(*at)))
        .filter(|(_, place)| lines.insert(place.line))
        .collect()
}

fn fault(key: &str, found: String, allowed: String) -> Fault {
    Fault { file: String::new(), place: None, key: key.to_owned(), found, allowed }
}

/// Turns growing byte offsets into lines and columns in one pass over the text.
struct Places<'t> {
    text: &'t str,
    at: usize,
    place: Place,
}

impl<'t> Places<'t> {
    fn new(text: &'t str) -> Self {
        let place = Place { line: 1, column: 1 };
        Self { text, at: 0, place }
    }

    /// The place of this byte offset, which is not before that of the last call.
    fn place(&mut self, at: usize) -> Place {
        let at = self.text.floor_char_boundary(at).max(self.at);
        for c in self.text[self.at..at].chars() {
            match c {
                '\n' => {
                    self.place.line += 1;
                    self.place.column = 1;
                }
                '\u{feff}' => {}
                _ => self.place.column += 1,
            }
        }
        self.at = at;
        self.place
    }
}
