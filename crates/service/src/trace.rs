//! Names of requests: our own (`X-Request-Id`) and those of a trace (W3C Trace Context).
//!
//! What a client sends is taken over only in its strict form, and never when a card number may
//! stand in it, because both names are written to logs.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use payments::holds_card_number;

use crate::source::Source;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The longest id that a client may give its request.
const REQUEST_ID_CHARACTERS_MAX: usize = 64;

/// The names of one request.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) request_id: String,
    pub(crate) trace_id: String,
    traceparent: String,
}

impl Names {
    /// The names that the client gave, or new ones.
    pub(crate) fn of(headers: &HeaderMap, source: &Source) -> Self {
        // The id of the request and its span name the same thing, so that the same bits will do.
        let bits = source.bits();
        let request_id = text(headers, &REQUEST_ID).filter(|id| is_request_id(id));
        let request_id = request_id.map_or_else(|| letters(bits), str::to_owned);
        let parent = text(headers, &TRACEPARENT).and_then(Parent::parse);
        let (trace_id, flags) = match parent {
            Some(parent) => (parent.trace_id.to_owned(), parent.flags.to_owned()),
            None => (format!("{:032x}", trace_id(source.bits())), "00".to_owned()),
        };
        let span_id = span_id(bits as u64);
        let traceparent = format!("00-{trace_id}-{span_id:016x}-{flags}");
        Self { request_id, trace_id, traceparent }
    }

    /// Tells the client what they are.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        for (name, value) in [(REQUEST_ID, &self.request_id), (TRACEPARENT, &self.traceparent)] {
            let value = HeaderValue::from_str(value).expect("names are visible ASCII");
            headers.insert(name, value);
        }
    }
}

/// A random name with a letter in its first, 12th, 23rd and last place. Without them one trace in
/// some hundreds would look like a card number, alone or together with what stands beside it.
fn trace_id(bits: u128) -> u128 {
    [31, 20, 9, 0].into_iter().fold(bits, |bits, place| bits | 0xa << (4 * place))
}

/// A random name with a letter in its first and 12th place, for the same reason.
fn span_id(bits: u64) -> u64 {
    bits | 0xa << 60 | 0xa << 16
}

/// `req_` and 32 letters from `a` to `p`: no digits, so that no id can look like a card number.
fn letters(bits: u128) -> String {
    let letter = |place: u32| char::from(b'a' + ((bits >> (4 * place)) & 15) as u8);
    format!("req_{}", (0..32).rev().map(letter).collect::<String>())
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn is_request_id(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (1..=REQUEST_ID_CHARACTERS_MAX).contains(&text.len())
        && text.bytes().all(is_allowed)
        && !holds_card_number(text)
}

/// Whoever called us, by version 00 of `traceparent`, and what later versions have in common.
struct Parent<'h> {
    trace_id: &'h str,
    flags: &'h str,
}

impl<'h> Parent<'h> {
    fn parse(text: &'h str) -> Option<Self> {
        let mut parts = text.splitn(5, '-');
        let version = hexadecimal(parts.next()?, 2)?;
        let trace_id = hexadecimal(parts.next()?, 32)?;
        let parent_id = hexadecimal(parts.next()?, 16)?;
        let flags = hexadecimal(parts.next()?, 2)?;
        let is_known = version != "ff" && (version != "00" || parts.next().is_none());
        let is_named = [trace_id, parent_id].iter().all(|id| id.bytes().any(|byte| byte != b'0'));
        // What comes before our own span, which begins with a letter.
        let is_safe = !holds_card_number(&text[..35]);
        (is_known && is_named && is_safe).then_some(Self { trace_id, flags })
    }
}

/// The text, if it has so many lower-case hexadecimal digits.
fn hexadecimal(text: &str, length: usize) -> Option<&str> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (text.len() == length && text.bytes().all(is_digit)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_that_is_made_looks_like_a_card_number() {
        for digit in 0..10_u128 {
            let bits = (0..32).fold(0, |bits, _| bits << 4 | digit);
            let source = Source::new(|| payments::Time::from_ms(0), move || bits);
            let names = Names::of(&HeaderMap::new(), &source);
            assert!(!holds_card_number(&names.traceparent), "{}", names.traceparent);
            let longest = names.traceparent.split(|letter: char| letter.is_ascii_alphabetic());
            let longest = longest.map(|run| run.bytes().filter(u8::is_ascii_digit).count()).max();
            assert!(longest < Some(12), "{}", names.traceparent);
            assert!(!holds_card_number(&names.request_id));
        }
    }
}
