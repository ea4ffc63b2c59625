//! A history as JSON, so that another checker can judge it, and back.
//!
//! The same history gives the same bytes. `docs/history.md` describes the shape; the shapes here are
//! private, so that the history can change without the format.

mod end;
mod intent;
mod moment;
mod money;
mod posting;
mod record;
mod request;
mod step;
mod word;

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::history::{CURRENCY, History, Site};
use end::EndShape;
use moment::MomentShape;
use request::RequestShape;

/// The name of the format; another one when a field changes its meaning or goes.
pub const FORMAT: &str = "tideover-history/1";

/// Why a text is no history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not JSON of this shape: the words of the parser.
    Shape(String),
    /// It is of another format, which it names.
    Format(String),
    /// A moment, a request or the end has something in it that cannot be there.
    Value {
        /// In which: `moment 12`, say.
        place: String,
        /// The field.
        field: &'static str,
    },
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape(fault) => write!(f, "this is not an exported history: {fault}"),
            Self::Format(found) => {
                write!(f, "this history is of format `{found}`, and `{FORMAT}` is what is read")
            }
            Self::Value { place, field } => write!(f, "{place}: `{field}` makes no sense"),
        }
    }
}

impl std::error::Error for Unreadable {}

/// Everything but the lists, in the order in which it is written.
#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
    scenario: String,
    seed: u64,
    regions: Regions,
    currency: String,
}

#[derive(Serialize, Deserialize)]
struct Regions {
    primary: String,
    standby: String,
}

/// All of it, as it is read.
#[derive(Deserialize)]
struct Whole {
    #[serde(flatten)]
    head: Head,
    requests: Vec<RequestShape>,
    moments: Vec<MomentShape>,
    end: EndShape,
}

/// Writes a history down: one JSON object, with a line for each request, moment and row of the end.
#[must_use]
pub fn to_json(history: &History) -> String {
    let head = Head {
        format: FORMAT.to_owned(),
        scenario: history.scenario.clone(),
        seed: history.seed,
        regions: Regions {
            primary: Site::Primary.region().to_owned(),
            standby: Site::Standby.region().to_owned(),
        },
        currency: CURRENCY.to_owned(),
    };
    let requests = (0..).zip(&history.requests).map(|(number, it)| RequestShape::of(number, it));
    let moments = history.moments.iter().map(MomentShape::of);
    let head = json(&head);
    let head = head.strip_suffix('}').expect("an object ends with a brace");
    format!(
        "{head},\n\"requests\":{},\n\"moments\":{},\n\"end\":{}}}\n",
        lines(requests.map(|request| json(&request))),
        lines(moments.map(|moment| json(&moment))),
        EndShape::of(&history.end).json(),
    )
}

/// Reads what [`to_json`] wrote. What is not exported (the tokens of cards, descriptions) is made up,
/// so that the same judge says the same, and the same bytes come of it when it is written again.
///
/// # Errors
/// When the text is no history, or one of another format.
pub fn from_json(text: &str) -> Result<History, Unreadable> {
    let Format { format } = parse(text)?;
    if format != FORMAT {
        return Err(Unreadable::Format(format));
    }
    let Whole { head, requests, moments, end } = parse(text)?;
    let requests = read_each("request", requests, RequestShape::read)?;
    let asked = requests.len();
    let moments = read_each("moment", moments, |moment| moment.read(asked))?;
    let end = end.read().map_err(|field| Unreadable::Value { place: "end".to_owned(), field })?;
    Ok(History { scenario: head.scenario, seed: head.seed, requests, moments, end })
}

#[derive(Deserialize)]
struct Format {
    format: String,
}

/// The field that makes no sense, or the value that was read.
type Field<T> = Result<T, &'static str>;

fn read_each<S, T>(
    what: &str,
    shapes: Vec<S>,
    read: impl Fn(S) -> Field<T>,
) -> Result<Vec<T>, Unreadable> {
    let place = |number| format!("{what} {number}");
    let read = |(number, shape)| {
        read(shape).map_err(|field| Unreadable::Value { place: place(number), field })
    };
    shapes.into_iter().enumerate().map(read).collect()
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|fault| Unreadable::Shape(fault.to_string()))
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("texts, numbers and lists are JSON")
}

/// A list with an element on each line.
fn lines(elements: impl Iterator<Item = String>) -> String {
    let elements: Vec<String> = elements.collect();
    match elements.is_empty() {
        true => "[]".to_owned(),
        false => format!("[\n{}\n]", elements.join(",\n")),
    }
}
