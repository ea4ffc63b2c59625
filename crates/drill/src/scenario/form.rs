//! What a part of a line may look like, and where a line stops looking like any of it.

use runbook::{ActionName, PlanKind};

use super::mistake::Mistake;
use super::value::{Blank, Value};
use super::words::{Word, nearest, or, shown};
use crate::history::Site;
use crate::scenario::Span;

/// Words as they stand in the file, with words in capitals where a value stands; `word(s)` is
/// either of both. `make` says what they mean.
#[derive(Debug)]
pub(super) struct Form<M: 'static> {
    pub(super) words: &'static str,
    pub(super) make: M,
}

/// The values of a form, from left to right.
#[derive(Debug, Default)]
pub(super) struct Values(Vec<Value>);

/// A form that words look like.
pub(super) struct Chosen<M: 'static> {
    pub(super) form: &'static Form<M>,
    pub(super) values: Values,
    /// How many words it took.
    pub(super) taken: usize,
}

/// Words look like no form from here on.
#[derive(Debug, Default)]
pub(super) struct Stuck {
    /// How many words did.
    pub(super) at: usize,
    /// What may follow them.
    pub(super) wanted: Vec<Wanted>,
}

/// Something that may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Word(&'static str),
    Value(Blank),
    /// No more words; what comes instead, for people.
    End(&'static str),
}

/// The form that takes the most of the words, whatever follows.
pub(super) fn longest<M>(
    forms: &'static [Form<M>],
    words: &[Word<'_>],
) -> Result<Chosen<M>, Stuck> {
    let tried: Vec<_> = forms.iter().map(|form| form.read(words)).collect();
    let mut stuck = Stuck::default();
    let mut best: Option<Chosen<M>> = None;
    for result in tried {
        match result {
            Ok(chosen) if best.as_ref().is_none_or(|best| best.taken < chosen.taken) => {
                best = Some(chosen);
            }
            Ok(_) => {}
            Err(other) => stuck.join(other),
        }
    }
    best.ok_or(stuck)
}

/// The form that takes all of the words; `end` says what may follow them, for people.
pub(super) fn whole<M>(
    forms: &'static [Form<M>],
    words: &[Word<'_>],
    end: &'static str,
) -> Result<Chosen<M>, Stuck> {
    let mut stuck = Stuck::default();
    for form in forms {
        match form.read(words) {
            Ok(chosen) if chosen.taken == words.len() => return Ok(chosen),
            Ok(Chosen { taken, .. }) => {
                stuck.join(Stuck { at: taken, wanted: vec![Wanted::End(end)] });
            }
            Err(other) => stuck.join(other),
        }
    }
    Err(stuck)
}

impl<M> Form<M> {
    fn read(&'static self, words: &[Word<'_>]) -> Result<Chosen<M>, Stuck> {
        let mut values = Values::default();
        let mut taken = 0;
        for piece in self.words.split(' ') {
            let wanted = Wanted::named(piece);
            let word = words.get(taken).map(|word| word.text);
            match word.and_then(|word| wanted.read(word)) {
                Some(value) => values.0.extend(value),
                None => return Err(Stuck { at: taken, wanted: vec![wanted] }),
            }
            taken += 1;
        }
        Ok(Chosen { form: self, values, taken })
    }
}

impl Wanted {
    fn named(piece: &'static str) -> Self {
        Blank::named(piece).map_or(Self::Word(piece), Self::Value)
    }

    /// The value of a word that is wanted, if words of its kind have one.
    fn read(self, word: &str) -> Option<Option<Value>> {
        match self {
            Self::Word(wanted) => {
                let singular = wanted.strip_suffix("(s)").unwrap_or(wanted);
                let rest = word.strip_prefix(singular)?;
                let is_same = rest.is_empty() || (rest == "s" && singular != wanted);
                is_same.then_some(None)
            }
            Self::Value(blank) => blank.read(word).map(Some),
            Self::End(_) => None,
        }
    }

    /// The words that may stand there, when they can be counted.
    fn words(self) -> Vec<&'static str> {
        match self {
            Self::Word(wanted) => vec![wanted.strip_suffix("(s)").unwrap_or(wanted)],
            Self::Value(blank) => blank.words(),
            Self::End(_) => Vec::new(),
        }
    }

    /// What may stand there, for people.
    fn allowed(self) -> Vec<String> {
        match self {
            Self::Word(wanted) => vec![format!("`{}`", wanted.replace("(s)", "s"))],
            Self::Value(blank) if blank.words().is_empty() => vec![blank.allowed()],
            Self::Value(blank) => blank.words().iter().map(|word| format!("`{word}`")).collect(),
            Self::End(instead) => vec![instead.to_owned()],
        }
    }
}

impl Stuck {
    /// Keeps of both what got further.
    pub(super) fn join(&mut self, other: Self) {
        match self.at.cmp(&other.at) {
            std::cmp::Ordering::Less => *self = other,
            std::cmp::Ordering::Greater => {}
            std::cmp::Ordering::Equal => {
                for wanted in other.wanted {
                    if !self.wanted.contains(&wanted) {
                        self.wanted.push(wanted);
                    }
                }
            }
        }
    }

    /// The same for people; `end` is what follows the words.
    pub(super) fn mistake(self, line: usize, words: &[Word<'_>], end: Word<'_>) -> Mistake {
        let word = words.get(self.at).copied().unwrap_or(end);
        let (words, other): (Vec<_>, Vec<_>) =
            self.wanted.into_iter().partition(|wanted| !wanted.words().is_empty());
        let known: Vec<_> = words.iter().flat_map(|wanted| wanted.words()).collect();
        let allowed: Vec<_> = words.iter().chain(&other).flat_map(|w| w.allowed()).collect();
        let meant = nearest(word.text, &known).filter(|_| allowed.len() > 1);
        Mistake {
            line,
            column: word.column,
            found: if word.text.is_empty() {
                "the end of the line".to_owned()
            } else {
                shown(word.text)
            },
            allowed: or(&allowed),
            meant,
        }
    }
}

/// Why a form's value is of the kind that is asked for.
const SAID_SO: &str = "the form asks for a value of this kind here";

impl Values {
    pub(super) fn site(&self) -> Site {
        let found = self.0.iter().find_map(|value| match value {
            Value::Site(site) => Some(*site),
            _ => None,
        });
        found.expect(SAID_SO)
    }

    pub(super) fn action(&self) -> ActionName {
        let found = self.0.iter().find_map(|value| match value {
            Value::Action(action) => Some(*action),
            _ => None,
        });
        found.expect(SAID_SO)
    }

    pub(super) fn kind(&self) -> PlanKind {
        let found = self.0.iter().find_map(|value| match value {
            Value::Kind(kind) => Some(*kind),
            _ => None,
        });
        found.expect(SAID_SO)
    }

    /// The first time, number or range.
    pub(super) fn range(&self) -> Span {
        self.ranges().next().expect(SAID_SO)
    }

    /// The first number.
    pub(super) fn number(&self) -> u64 {
        self.range().least
    }

    /// The first number, which is within the limits of a count, a factor or a percentage.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.number()).expect("limits are far below 2^32")
    }

    /// The last number.
    pub(super) fn last_number(&self) -> u64 {
        self.ranges().last().expect(SAID_SO).least
    }

    fn ranges(&self) -> impl Iterator<Item = Span> {
        self.0.iter().filter_map(|value| match value {
            Value::Range(span) => Some(*span),
            _ => None,
        })
    }
}
