//! The words of a scenario that stand for a value: times, numbers, Regions, actions, kinds of runs.

use runbook::{ActionName, PlanKind};

use crate::history::Site;
use crate::scenario::Span;

/// The longest time that a scenario may name: a day.
pub(super) const LONGEST_MS: u64 = 24 * 60 * 60 * 1_000;

/// The most clients, payments, accounts and so on.
pub(super) const MOST: u64 = 10_000;

/// What a word stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    Site(Site),
    Action(ActionName),
    Kind(PlanKind),
    /// Milliseconds, or any other number or range.
    Range(Span),
}

/// What kind of value a form asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blank {
    Site,
    Action,
    Kind,
    /// A time or a range of times.
    Span,
    /// The same without 0.
    Gap,
    /// One time, not 0.
    Time,
    Percent,
    Count,
    Steps,
    Factor,
}

impl Blank {
    /// The kind of value that a form's word asks for; none for a word that stands for itself.
    pub(super) fn named(word: &str) -> Option<Self> {
        Some(match word {
            "SITE" => Self::Site,
            "ACTION" => Self::Action,
            "KIND" => Self::Kind,
            "SPAN" => Self::Span,
            "GAP" => Self::Gap,
            "TIME" => Self::Time,
            "PERCENT" => Self::Percent,
            "COUNT" => Self::Count,
            "STEPS" => Self::Steps,
            "FACTOR" => Self::Factor,
            _ => return None,
        })
    }

    /// The value of a word, if it is of this kind and within its limits.
    pub(super) fn read(self, word: &str) -> Option<Value> {
        let range = match self {
            Self::Site => return site(word).map(Value::Site),
            Self::Action => return action(word).map(Value::Action),
            Self::Kind => return kind(word).map(Value::Kind),
            Self::Span => range(word, time).filter(|span| span.most <= LONGEST_MS),
            Self::Gap => range(word, time).filter(|span| span.least > 0 && span.most <= LONGEST_MS),
            Self::Time => exactly(time(word), 1..=LONGEST_MS),
            Self::Percent => exactly(word.strip_suffix('%').and_then(number), 0..=100),
            Self::Count => exactly(number(word), 1..=MOST),
            Self::Steps => range(word, number).filter(|span| span.most <= MOST),
            Self::Factor => exactly(word.strip_suffix('x').and_then(number), 2..=MOST),
        };
        range.map(Value::Range)
    }

    /// What may stand there, for people.
    pub(super) fn allowed(self) -> String {
        match self {
            Self::Span => "a time such as `500ms`, `30s` or `20s..2m`, at most `24h`".to_owned(),
            Self::Gap => "a time such as `500ms` or `1s..3s`, not 0, at most `24h`".to_owned(),
            Self::Time => {
                "one time such as `500ms`, `30s` or `3m`, not 0, at most `24h`".to_owned()
            }
            Self::Percent => "a percentage from `0%` to `100%`".to_owned(),
            Self::Count => format!("a number from 1 to {MOST}"),
            Self::Steps => format!("a number or a range such as `0..60`, at most {MOST}"),
            Self::Factor => format!("a factor from `2x` to `{MOST}x`"),
            Self::Site => "a Region's home role".to_owned(),
            Self::Action => "the name of an action".to_owned(),
            Self::Kind => "a kind of run".to_owned(),
        }
    }

    /// The words that may stand there, when they can be counted.
    pub(super) fn words(self) -> Vec<&'static str> {
        match self {
            Self::Site => Site::ALL.map(Site::role).to_vec(),
            Self::Kind => KINDS.map(|(_, word)| word).to_vec(),
            Self::Action => ActionName::ALL.iter().map(|name| name.as_str()).collect(),
            _ => Vec::new(),
        }
    }
}

const KINDS: [(PlanKind, &str); 3] = [
    (PlanKind::Switchover, "switchover"),
    (PlanKind::Failover, "failover"),
    (PlanKind::Failback, "failback"),
];

const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

/// The word for a kind of run.
pub(super) fn kind_word(kind: PlanKind) -> &'static str {
    let row = KINDS.iter().find(|row| row.0 == kind);
    row.expect("every kind has a word").1
}

/// A time in the largest unit that leaves no rest.
pub(super) fn time_words(ms: u64) -> String {
    if ms == 0 {
        return "0s".to_owned();
    }
    let whole = UNITS.iter().rev().find(|unit| ms.is_multiple_of(unit.1));
    let (unit, length) = whole.expect("every number is a multiple of 1");
    format!("{}{unit}", ms / length)
}

/// A range of times, or the one time that it holds.
pub(super) fn span_words(span: Span) -> String {
    range_words(span, time_words)
}

/// A range of numbers, or the one number that it holds.
pub(super) fn steps_words(span: Span) -> String {
    range_words(span, |number| number.to_string())
}

fn range_words(span: Span, write: fn(u64) -> String) -> String {
    match span.least == span.most {
        true => write(span.least),
        false => format!("{}..{}", write(span.least), write(span.most)),
    }
}

fn site(word: &str) -> Option<Site> {
    Site::ALL.into_iter().find(|site| site.role() == word)
}

fn kind(word: &str) -> Option<PlanKind> {
    KINDS.iter().find(|row| row.1 == word).map(|row| row.0)
}

fn action(word: &str) -> Option<ActionName> {
    ActionName::ALL.iter().copied().find(|name| name.as_str() == word)
}

/// A number written with digits only.
fn number(word: &str) -> Option<u64> {
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { word.parse().ok() } else { None }
}

/// Milliseconds, of a number and its unit.
fn time(word: &str) -> Option<u64> {
    let end = word.find(|character: char| !character.is_ascii_digit())?;
    let (digits, unit) = word.split_at(end);
    let (_, length) = UNITS.iter().find(|row| row.0 == unit)?;
    number(digits)?.checked_mul(*length)
}

fn range(word: &str, read: fn(&str) -> Option<u64>) -> Option<Span> {
    let Some((least, most)) = word.split_once("..") else { return read(word).map(Span::exactly) };
    let span = Span { least: read(least)?, most: read(most)? };
    (span.least <= span.most).then_some(span)
}

fn exactly(number: Option<u64>, limits: std::ops::RangeInclusive<u64>) -> Option<Span> {
    number.filter(|number| limits.contains(number)).map(Span::exactly)
}
