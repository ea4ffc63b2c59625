//! The log: one line of JSON for each request, with these fields and no others. Bodies, headers,
//! paths and queries have no field, so that nothing in them can be written down.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use payments::{Time, rfc3339};
use serde::Serialize;

use crate::emf::Emf;
use crate::wire;

/// Where the lines go.
pub trait Log: Send + Sync {
    /// Takes one line, without its line feed. It must not block for long, and cannot fail: a
    /// request does not depend on its line.
    fn line(&self, line: &str);
}

impl<L: Log + ?Sized> Log for Arc<L> {
    fn line(&self, line: &str) {
        (**self).line(line);
    }
}

/// A log that writes each line at once, in one call of the system: for a process that is frozen when
/// it has answered.
#[derive(Debug)]
pub struct JsonLines<W>(Mutex<Lines<W>>);

#[derive(Debug)]
struct Lines<W> {
    writer: W,
    /// Room for a line, kept from one to the next.
    line: Vec<u8>,
}

impl<W: Write + Send> JsonLines<W> {
    /// Writes lines to this.
    pub fn new(writer: W) -> Self {
        Self(Mutex::new(Lines { writer, line: Vec::new() }))
    }
}

impl<W: Write + Send> Log for JsonLines<W> {
    fn line(&self, line: &str) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Lines { writer, line: whole } = &mut *lines;
        whole.clear();
        whole.extend_from_slice(line.as_bytes());
        whole.push(b'\n');
        // There is nobody to tell that the log cannot be written.
        let _ = writer.write_all(whole).and_then(|()| writer.flush());
    }
}

/// What is written of a request.
#[derive(Serialize)]
pub(crate) struct Line<'r> {
    pub(crate) at: String,
    pub(crate) level: &'static str,
    pub(crate) message: &'static str,
    pub(crate) method: &'static str,
    pub(crate) route: &'r str,
    pub(crate) status: u16,
    pub(crate) latency_ms: u64,
    pub(crate) request_id: &'r str,
    pub(crate) trace_id: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'static str>,
    /// What the request adds to the numbers of CloudWatch.
    #[serde(flatten)]
    pub(crate) emf: Option<Emf<'r>>,
}

impl Line<'_> {
    /// The line as JSON.
    pub(crate) fn json(&self) -> String {
        wire::json(self)
    }

    /// How bad an answer of this status is.
    pub(crate) fn level(status: u16) -> &'static str {
        if status < 500 { "info" } else { "warn" }
    }

    /// When it happened.
    pub(crate) fn at(time: Time) -> String {
        rfc3339(time)
    }
}

/// A line that is there for its numbers.
#[derive(Serialize)]
pub(crate) struct NumbersLine<'n> {
    at: String,
    level: &'static str,
    message: &'static str,
    #[serde(flatten)]
    emf: Emf<'n>,
}

impl<'n> NumbersLine<'n> {
    pub(crate) fn new(emf: Emf<'n>) -> Self {
        Self { at: rfc3339(emf.at), level: "info", message: "numbers", emf }
    }

    /// The line as JSON.
    pub(crate) fn json(&self) -> String {
        wire::json(self)
    }
}
