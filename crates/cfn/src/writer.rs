//! Writes JSON as the CDK does: indented by one space, members sorted, and expressions resolved on the way, so
//! that a template never exists twice in memory.

use serde_json::to_writer;

use crate::json::Json;
use crate::resolve::Resolver;

/// A JSON document in the making.
#[derive(Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
    depth: usize,
    /// Whether something stands in the innermost object or list.
    filled: bool,
}

impl Writer {
    /// A writer of what will stand inside so many objects.
    pub(crate) fn inside(depth: usize) -> Self {
        Self { depth, ..Self::default() }
    }

    pub(crate) fn value(&mut self, resolver: &mut Resolver<'_>, json: &Json) {
        match json {
            Json::Bool(value) => self.scalar(value),
            Json::Integer(value) => self.scalar(value),
            Json::Number(value) => self.number(*value),
            Json::Text(text) => self.scalar(text),
            Json::List(items) => {
                self.open(b'[');
                for item in items {
                    self.next();
                    self.value(resolver, item);
                }
                self.close(b']');
            }
            Json::Object(members) => {
                self.open(b'{');
                for (name, value) in members {
                    self.member(name);
                    self.value(resolver, value);
                }
                self.close(b'}');
            }
            Json::Expression(expression) => {
                let resolved = resolver.expression(expression);
                self.value(resolver, &resolved);
            }
        }
    }

    pub(crate) fn open(&mut self, bracket: u8) {
        self.bytes.push(bracket);
        self.depth += 1;
        self.filled = false;
    }

    pub(crate) fn close(&mut self, bracket: u8) {
        self.depth -= 1;
        if self.filled {
            self.line();
        }
        self.bytes.push(bracket);
        self.filled = true;
    }

    /// The name of the next member; its value follows.
    pub(crate) fn member(&mut self, name: &str) {
        self.next();
        self.scalar(name);
        self.bytes.extend_from_slice(b": ");
    }

    /// A member whose value was written by another writer.
    pub(crate) fn raw_member(&mut self, name: &str, value: &str) {
        self.member(name);
        self.bytes.extend_from_slice(value.as_bytes());
        self.filled = true;
    }

    pub(crate) fn into_text(self) -> String {
        String::from_utf8(self.bytes).expect("serde_json and this writer write UTF-8")
    }

    fn next(&mut self) {
        if self.filled {
            self.bytes.push(b',');
        }
        self.line();
        self.filled = true;
    }

    fn line(&mut self) {
        self.bytes.push(b'\n');
        self.bytes.resize(self.bytes.len() + self.depth, b' ');
    }

    fn scalar<T: serde::Serialize + ?Sized>(&mut self, value: &T) {
        to_writer(&mut self.bytes, value).expect("writing to memory cannot fail");
    }

    /// Whole numbers are written without a fraction, as people write them.
    fn number(&mut self, value: f64) {
        if value.fract() == 0.0 && value.abs() < 1e15 {
            #[expect(clippy::cast_possible_truncation, reason = "whole and far below 2^53")]
            return self.scalar(&(value as i64));
        }
        self.scalar(&value);
    }
}
