//! SHA-256 over named fields, and how a digest is written: in letters only.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// Collects fields, each with its length before it, so that no two lists of fields look alike.
pub(crate) struct Fields(Sha256);

impl Fields {
    /// Fields for this purpose; the same fields for another purpose give another digest.
    pub(crate) fn of(purpose: &str) -> Self {
        Self(Sha256::new()).text(purpose)
    }

    pub(crate) fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    pub(crate) fn number(self, number: i64) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    /// A field that may be missing, which differs from one that is empty.
    pub(crate) fn maybe(self, text: Option<&str>) -> Self {
        match text {
            None => self.text("-"),
            Some(text) => self.text("+").text(text),
        }
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }
}

/// Writes bytes with `a` to `p` for 0 to 15: hexadecimal digits in a row can look like a card
/// number.
pub(crate) fn write_letters(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for byte in bytes {
        write!(f, "{}{}", char::from(b'a' + (byte >> 4)), char::from(b'a' + (byte & 15)))?;
    }
    Ok(())
}
