//! The signature of a callback, as Standard Webhooks has it: HMAC-SHA256 over id, time of the try and body.
//!
//! While a secret is being exchanged there is a signature for each that is current; the receiver takes the message if
//! one of them is right.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A secret that a receiver shares with us.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// What secrets begin with.
    pub const PREFIX: &str = "whsec_";

    /// How many bytes a secret may have.
    const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

    /// The secret written like this: the prefix, then the base64 of 24 to 64 bytes, padded.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.strip_prefix(Self::PREFIX)?).ok()?;
        Self::BYTES.contains(&bytes.len()).then_some(Self(bytes))
    }

    /// The signature of these bytes, in base64.
    fn sign(&self, signed: &[u8]) -> String {
        let mut code = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes any length");
        code.update(signed);
        STANDARD.encode(code.finalize().into_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(not shown)")
    }
}

/// The value of `webhook-signature` for this message: one signature for each secret, in their order, with spaces
/// between. `tried_at_seconds` is the value of `webhook-timestamp`, in seconds since 1970.
#[must_use]
pub fn sign(secrets: &[Secret], id: &str, tried_at_seconds: u64, body: &str) -> String {
    let signed = format!("{id}.{tried_at_seconds}.{body}");
    let signatures = secrets.iter().map(|secret| format!("v1,{}", secret.sign(signed.as_bytes())));
    signatures.collect::<Vec<_>>().join(" ")
}
