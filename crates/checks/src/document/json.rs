//! A walk through JSON.
//!
//! Not serde_json's own reader, which calls itself for each level, keeps the last of two equal keys and forgets where
//! a value stood; words and numbers are still read by it.

use std::borrow::Cow;

use serde_json::{Number, Value};

use super::walk::{Fault, Kind, Listener, Step};

/// Walks through the JSON that begins at the byte `start`.
pub(super) fn walk<'text>(
    text: &'text str,
    start: usize,
    listener: &mut impl Listener<'text>,
) -> Result<(), Fault> {
    let mut scanner = Scanner { text, at: start };
    let mut open = Vec::new();
    loop {
        scanner.value(&mut open, listener)?;
        loop {
            scanner.skip_blanks();
            let Some(kind) = open.last().copied() else {
                return scanner.nothing_more();
            };
            if scanner.separator(kind)? {
                scanner.key_of(kind, listener)?;
                break;
            }
            listener.step(Step::End, scanner.at - 1)?;
            open.pop();
        }
    }
}

struct Scanner<'text> {
    text: &'text str,
    at: usize,
}

impl<'text> Scanner<'text> {
    /// Reads up to the end of the first value that is neither a map nor a list, or of an empty one.
    fn value(
        &mut self,
        open: &mut Vec<Kind>,
        listener: &mut impl Listener<'text>,
    ) -> Result<(), Fault> {
        loop {
            self.skip_blanks();
            let at = self.at;
            let kind = match self.peek() {
                Some(b'{') => Kind::Map,
                Some(b'[') => Kind::List,
                _ => return listener.step(self.scalar()?, at),
            };
            self.at += 1;
            listener.step(if kind == Kind::Map { Step::Map } else { Step::List }, at)?;
            self.skip_blanks();
            if self.peek() == Some(closer(kind)) {
                self.at += 1;
                return listener.step(Step::End, self.at - 1);
            }
            open.push(kind);
            self.key_of(kind, listener)?;
        }
    }

    /// Reads a key and its colon where a map wants one.
    fn key_of(&mut self, kind: Kind, listener: &mut impl Listener<'text>) -> Result<(), Fault> {
        if kind == Kind::List {
            return Ok(());
        }
        self.skip_blanks();
        let at = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        let key = self.word()?;
        listener.step(Step::Key(key), at)?;
        self.skip_blanks();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("`:`"));
        }
        self.at += 1;
        Ok(())
    }

    /// Whether a comma follows and not the end of the map or list; one of them it must be.
    fn separator(&mut self, kind: Kind) -> Result<bool, Fault> {
        let found = self.peek();
        if found == Some(b',') || found == Some(closer(kind)) {
            self.at += 1;
            return Ok(found == Some(b','));
        }
        Err(self.unexpected(if kind == Kind::Map { "`,` or `}`" } else { "`,` or `]`" }))
    }

    fn nothing_more(&self) -> Result<(), Fault> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("nothing more after the last `}`")),
        }
    }

    fn scalar(&mut self) -> Result<Step<'text>, Fault> {
        match self.peek() {
            Some(b'"') => Ok(Step::Text(self.word()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.name(),
        }
    }

    fn name(&mut self) -> Result<Step<'text>, Fault> {
        let names =
            [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)];
        for (name, value) in names {
            if self.rest().starts_with(name) {
                self.at += name.len();
                return Ok(Step::Plain(value));
            }
        }
        Err(self.unexpected("a value"))
    }

    fn number(&mut self) -> Result<Step<'text>, Fault> {
        let at = self.at;
        let part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = self.rest().bytes().take_while(part).count();
        let digits = self.rest().get(..length).unwrap_or_default();
        self.at += length;
        digits
            .parse::<Number>()
            .map(|number| Step::Plain(Value::Number(number)))
            .map_err(|_| Fault::new(at, format!("`{digits}` is not a number of JSON")))
    }

    /// Reads a word in double quotes.
    fn word(&mut self) -> Result<Cow<'text, str>, Fault> {
        let start = self.at;
        let mut escaped = false;
        self.at += 1;
        loop {
            let special = |byte: u8| byte == b'"' || byte == b'\\' || byte < b' ';
            let Some(plain) = self.rest().bytes().position(special) else {
                return Err(Fault::new(start, "a `\"` that begins here is never closed"));
            };
            self.at += plain;
            match self.peek() {
                Some(b'"') => break,
                // Whatever is escaped, even a quote, is no end.
                Some(b'\\') => {
                    escaped = true;
                    self.at += 1;
                    self.at += self.rest().chars().next().map_or(0, char::len_utf8);
                }
                _ => return Err(self.raw_control(start)),
            }
        }
        self.at += 1;
        let quoted = self.text.get(start..self.at).unwrap_or_default();
        if escaped {
            return serde_json::from_str(quoted)
                .map(Cow::Owned)
                .map_err(|_| Fault::new(start, "an escape in this text that JSON does not know"));
        }
        Ok(Cow::Borrowed(&quoted[1..quoted.len() - 1]))
    }

    fn raw_control(&self, start: usize) -> Fault {
        match self.peek() {
            Some(b'\n' | b'\r') => {
                Fault::new(start, "a `\"` that begins here is not closed on its line")
            }
            Some(b'\t') => Fault::new(self.at, "a tab within a text; write it as `\\t`"),
            _ => Fault::new(self.at, "a control character within a text"),
        }
    }

    /// The fault that something else stands here.
    fn unexpected(&self, expected: &str) -> Fault {
        let rest = self.rest();
        let last = self.text.get(..self.at).unwrap_or_default().trim_end().chars().next_back();
        let what = match rest.chars().next() {
            None => format!("the file ends where {expected} was expected"),
            Some('/' | '#') => "a comment, which JSON does not have".to_owned(),
            Some('}' | ']') if last == Some(',') => {
                "a comma before the end, which JSON does not allow".to_owned()
            }
            Some(found) if found.is_control() => {
                format!("expected {expected}, found `{}`", found.escape_default())
            }
            Some(found) => format!("expected {expected}, found `{found}`"),
        };
        Fault::new(self.at, what)
    }

    fn skip_blanks(&mut self) {
        let blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        self.at += self.rest().bytes().take_while(blank).count();
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'text str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

fn closer(kind: Kind) -> u8 {
    match kind {
        Kind::Map => b'}',
        Kind::List => b']',
    }
}
