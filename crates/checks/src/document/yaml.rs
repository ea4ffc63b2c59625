//! A walk through YAML, in which every short form makes the steps of its long form.

use std::borrow::Cow;

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, Span, Tag};

use super::MAX_DOCUMENT_DEPTH;
use super::build::too_deep;
use super::scalar;
use super::tags::{GET_ATT, Meaning, meaning};
use super::walk::{Fault, Kind, Listener, Step};

/// Walks through YAML whose first byte is the byte `offset` of the file.
pub(super) fn walk<'text>(
    text: &'text str,
    offset: usize,
    listener: &mut impl Listener<'text>,
) -> Result<(), Fault> {
    let mut reader = Reader { offset, listener, open: Vec::new(), documents: 0 };
    for next in Parser::new_from_str_with_options(text, options()) {
        let (event, span) = next.map_err(|error| malformed(text, offset, &error))?;
        reader.event(event, span)?;
    }
    match reader.documents {
        0 => Err(Fault::nowhere("there is nothing but comments in the file")),
        _ => Ok(()),
    }
}

fn options() -> Options {
    let mut options = Options::default();
    // One level of ours may be two of the parser's, and the fault is to be ours.
    options.flow_nesting_limit = 2 * MAX_DOCUMENT_DEPTH;
    options.block_nesting_limit = 2 * MAX_DOCUMENT_DEPTH;
    options
}

/// A map or list that has begun.
struct Open {
    kind: Kind,
    /// Whether the next value in it is a key.
    key_next: bool,
    /// Whether it is the argument of a function, whose map ends with it.
    argument: bool,
}

struct Reader<'listener, L> {
    offset: usize,
    listener: &'listener mut L,
    open: Vec<Open>,
    documents: usize,
}

impl<'text, L: Listener<'text>> Reader<'_, L> {
    fn event(&mut self, event: Event<'text>, span: Span) -> Result<(), Fault> {
        let at = self.place(&span);
        match event {
            Event::DocumentStart(..) => self.document(at),
            Event::Alias(id) => {
                self.not_a_key(at, "an alias")?;
                self.listener.step(Step::Alias(id), at)
            }
            Event::Scalar(word, style, anchor, tag) => match self.open.last() {
                Some(Open { key_next: true, .. }) => self.key(word, style, tag.as_deref(), at),
                _ => self.scalar(word, style, anchor, tag.as_deref(), at),
            },
            Event::SequenceStart(_, anchor, tag) => {
                self.begin(Kind::List, anchor, tag.as_deref(), at)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.begin(Kind::Map, anchor, tag.as_deref(), at)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(at),
            _ => Ok(()),
        }
    }

    fn place(&self, span: &Span) -> usize {
        let mark = span.tag_start().unwrap_or(span.start);
        self.offset + mark.byte_offset().unwrap_or(0)
    }

    fn document(&mut self, at: usize) -> Result<(), Fault> {
        self.documents += 1;
        if self.documents > 1 {
            return Err(Fault::new(
                at,
                "a second document begins here; a template is one document",
            ));
        }
        Ok(())
    }

    fn key(
        &mut self,
        word: Cow<'text, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
        at: usize,
    ) -> Result<(), Fault> {
        let meaning = meaning(tag).map_err(|what| Fault::new(at, what))?;
        if let Meaning::Function(name) = meaning {
            return Err(Fault::new(
                at,
                format!("a key that is the function `{name}`; keys are words"),
            ));
        }
        self.expect_key(false);
        let merges = style == ScalarStyle::Plain && word == "<<" && meaning == Meaning::Plain;
        self.listener.step(if merges { Step::Merge } else { Step::Key(word) }, at)
    }

    fn scalar(
        &mut self,
        word: Cow<'text, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        at: usize,
    ) -> Result<(), Fault> {
        self.expect_key(true);
        let meaning = meaning(tag).map_err(|what| Fault::new(at, what))?;
        self.anchor(anchor, at)?;
        match meaning {
            Meaning::Unquoted => self.listener.step(scalar::plain(word), at),
            Meaning::Plain if style == ScalarStyle::Plain => {
                self.listener.step(scalar::plain(word), at)
            }
            Meaning::Plain | Meaning::Word => self.listener.step(Step::Text(word), at),
            Meaning::Function(name) => {
                self.function(name, at)?;
                self.argument(name, word, at)?;
                self.listener.step(Step::End, at)
            }
        }
    }

    /// The one word that a function is given.
    fn argument(&mut self, name: &str, word: Cow<'text, str>, at: usize) -> Result<(), Fault> {
        if name != GET_ATT {
            return self.listener.step(Step::Text(word), at);
        }
        let Some((resource, attribute)) = word.split_once('.') else {
            let what =
                format!("`!GetAtt {word}` names no attribute; write `!GetAtt {word}.Attribute`");
            return Err(Fault::new(at, what));
        };
        self.listener.step(Step::List, at)?;
        self.listener.step(Step::Text(Cow::Owned(resource.to_owned())), at)?;
        self.listener.step(Step::Text(Cow::Owned(attribute.to_owned())), at)?;
        self.listener.step(Step::End, at)
    }

    fn begin(
        &mut self,
        kind: Kind,
        anchor: usize,
        tag: Option<&Tag>,
        at: usize,
    ) -> Result<(), Fault> {
        self.not_a_key(at, if kind == Kind::Map { "a map" } else { "a list" })?;
        let meaning = meaning(tag).map_err(|what| Fault::new(at, what))?;
        self.anchor(anchor, at)?;
        let argument = matches!(meaning, Meaning::Function(_));
        if let Meaning::Function(name) = meaning {
            self.function(name, at)?;
        }
        self.open.push(Open { kind, key_next: kind == Kind::Map, argument });
        self.listener.step(if kind == Kind::Map { Step::Map } else { Step::List }, at)
    }

    fn end(&mut self, at: usize) -> Result<(), Fault> {
        let ended = self.open.pop();
        self.listener.step(Step::End, at)?;
        match ended {
            Some(Open { argument: true, .. }) => self.listener.step(Step::End, at),
            _ => Ok(()),
        }
    }

    fn function(&mut self, name: &'static str, at: usize) -> Result<(), Fault> {
        self.listener.step(Step::Map, at)?;
        self.listener.step(Step::Key(Cow::Borrowed(name)), at)
    }

    fn anchor(&mut self, anchor: usize, at: usize) -> Result<(), Fault> {
        match anchor {
            0 => Ok(()),
            id => self.listener.step(Step::Anchor(id), at),
        }
    }

    /// Notes that a value begins, which must not be where a key belongs.
    fn not_a_key(&mut self, at: usize, found: &str) -> Result<(), Fault> {
        if self.open.last().is_some_and(|open| open.key_next) {
            return Err(Fault::new(at, format!("{found} as a key; keys are words")));
        }
        self.expect_key(true);
        Ok(())
    }

    fn expect_key(&mut self, key_next: bool) {
        if let Some(open) = self.open.last_mut() {
            open.key_next = key_next && open.kind == Kind::Map;
        }
    }
}

/// What the parser found wrong; in the words of templates where people fall into it most.
fn malformed(text: &str, offset: usize, error: &ScanError) -> Fault {
    let at = error.marker().byte_offset().unwrap_or(text.len());
    let tagged = text.get(at..).is_some_and(|rest| rest.starts_with('!'));
    let what = match error.kind() {
        ErrorKind::RecursionLimitExceeded => return too_deep(offset + at),
        ErrorKind::MappingValueNotAllowed => {
            "a `:` where no key can be; is it one level too deep, or a text that needs quotes?"
                .to_owned()
        }
        ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabNotAllowed => "a tab in the indentation; YAML wants spaces".to_owned(),
        ErrorKind::UnknownAnchor => "an alias of an anchor that is not before it".to_owned(),
        ErrorKind::ExpectedBlockMappingKey if tagged => {
            "two short forms on one value; write the outer one long, as in `Fn::Base64: !Sub text`"
                .to_owned()
        }
        _ => error.info(),
    };
    Fault::new(offset + at, what)
}
