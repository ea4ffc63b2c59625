//! The client's idempotency key, where it counts, and the fingerprint of what was asked under it.
//!
//! A key is as good as a password for replaying an answer and may hold anything, so it is kept as a
//! digest: what the client wrote enters no store, no log and no message.

use std::fmt;

use crate::digest::{Fields, write_letters};
use crate::id::{AccountId, PaymentId};

/// An `Idempotency-Key` as the client wrote it, without its quotes.
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// Why an `Idempotency-Key` cannot be used, in order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// There is none.
    Missing,
    /// Its quotes, escapes or what follows them are not those of a structured-field string (RFC
    /// 9651, 3.3.3).
    NotAString,
    /// It has characters other than visible ASCII; spaces are for quoted keys.
    Characters,
    /// There is nothing in it.
    Empty,
    /// It is longer than [`IdempotencyKey::CHARACTERS_MAX`].
    TooLong,
}

impl IdempotencyKey {
    /// The longest key, in characters, as with Stripe.
    pub const CHARACTERS_MAX: usize = 255;

    /// Reads the field's value: `"key"` as in draft-ietf-httpapi-idempotency-key-header, or bare,
    /// as most clients send it. Both forms of the same characters are the same key.
    ///
    /// # Errors
    ///
    /// The first fault in order of precedence.
    pub fn parse(field: Option<&str>) -> Result<Self, KeyFault> {
        let field = field.ok_or(KeyFault::Missing)?.trim_matches([' ', '\t']);
        let key = match field.strip_prefix('"') {
            Some(rest) => unquoted(rest)?,
            None => bare(field)?,
        };
        match key.len() {
            0 => Err(KeyFault::Empty),
            1..=Self::CHARACTERS_MAX => Ok(Self(key)),
            _ => Err(KeyFault::TooLong),
        }
    }
}

/// What stands up to the closing quote, which must be the end.
fn unquoted(rest: &str) -> Result<String, KeyFault> {
    let mut key = String::new();
    let mut characters = rest.chars();
    loop {
        match characters.next() {
            Some('"') if characters.as_str().is_empty() => return Ok(key),
            Some('\\') => key.push(escaped(characters.next())?),
            None | Some('"') => return Err(KeyFault::NotAString),
            Some(character @ ' '..='~') => key.push(character),
            Some(_) => return Err(KeyFault::Characters),
        }
    }
}

fn escaped(character: Option<char>) -> Result<char, KeyFault> {
    character.filter(|character| matches!(character, '"' | '\\')).ok_or(KeyFault::NotAString)
}

/// A space or a quote in a bare key means that a proxy has joined two fields into one list.
fn bare(field: &str) -> Result<String, KeyFault> {
    let fits = field.chars().all(|character| character.is_ascii_graphic() && character != '"');
    fits.then(|| field.to_owned()).ok_or(KeyFault::Characters)
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(not shown)")
    }
}

/// What a key counts for: the collection that is posted to. The same characters in another scope
/// are another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The payments of an account.
    PaymentsOf(AccountId),
    /// The refunds of a payment.
    RefundsOf(PaymentId),
}

macro_rules! digests {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// The digest with these bytes, as a store gave them back.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The bytes of the digest, for a store.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            /// 64 letters from `a` to `p`.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_letters(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

digests! {
    /// A key in its scope: the name of an intent. SHA-256 of both.
    ScopedKey
    /// What was asked: SHA-256 over the fields of the request, so that two requests can be compared
    /// without keeping the first.
    Fingerprint
}

impl ScopedKey {
    /// The name of the intent that this key has in this scope.
    #[must_use]
    pub fn new(scope: Scope, key: &IdempotencyKey) -> Self {
        let fields = match scope {
            Scope::PaymentsOf(account) => Fields::of("payments of").text(&account.to_string()),
            Scope::RefundsOf(payment) => Fields::of("refunds of").text(&payment.to_string()),
        };
        Self(fields.text(&key.0).finish())
    }
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => {
                "the header `Idempotency-Key` is missing; send a new UUID with each new request"
            }
            Self::NotAString => "`Idempotency-Key` is not one quoted string",
            Self::Characters => "`Idempotency-Key` may have visible ASCII characters only",
            Self::Empty => "`Idempotency-Key` is empty; send a new UUID with each new request",
            Self::TooLong => "`Idempotency-Key` is longer than 255 characters",
        })
    }
}

impl std::error::Error for KeyFault {}
