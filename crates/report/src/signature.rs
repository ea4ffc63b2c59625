//! Signatures: Ed25519 (RFC 8032) over the exact bytes of a report's JSON, kept beside it as 64 bytes.
//!
//! Keys are those that everybody's tools read: PKCS#8 (RFC 8410) for the private one, SubjectPublicKeyInfo for the public
//! one, both as PEM. A private key is never shown.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use crate::made::sha256;

/// How many bytes a signature has.
pub const SIGNATURE_LENGTH: usize = 64;

/// How many bytes a key has, the private and the public one.
const KEY_LENGTH: usize = 32;

/// What PKCS#8 puts before the bytes of a private Ed25519 key (RFC 8410, section 7).
const PRIVATE_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// What SubjectPublicKeyInfo puts before the bytes of a public Ed25519 key (RFC 8410, section 4).
const PUBLIC_PREFIX: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

const PRIVATE_LABEL: &str = "PRIVATE KEY";
const PUBLIC_LABEL: &str = "PUBLIC KEY";

/// A private key.
pub struct Key(Ed25519KeyPair);

/// A public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; KEY_LENGTH]);

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoKey {
    /// It is not in the form of one.
    #[error("it is no PEM of a {0}")]
    NoPem(&'static str),
    /// It is a key of another kind.
    #[error("it is no Ed25519 key")]
    OtherKind,
}

/// Why a signature does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// The file is no signature.
    #[error("the signature has {0} bytes, and a signature has {SIGNATURE_LENGTH}")]
    Length(usize),
    /// The line that was signed is about other bytes.
    #[error(
        "it is not what `sha256sum` printed when that was signed: the report was changed since"
    )]
    OtherBytes,
    /// It is none of these bytes by this key.
    #[error(
        "the signature is not that of these bytes by this key: the report was changed after it was signed, or somebody \
         else signed it"
    )]
    Other,
}

impl Key {
    /// The key of 32 random bytes.
    ///
    /// # Panics
    /// Never: any 32 bytes make a key.
    #[must_use]
    pub fn from_random(seed: [u8; KEY_LENGTH]) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&seed).expect("any 32 bytes make a key"))
    }

    /// The key in a PEM of PKCS#8.
    ///
    /// # Errors
    /// When it is none, or no Ed25519 key.
    pub fn from_pem(text: &str) -> Result<Self, NoKey> {
        let bytes = pem(text, PRIVATE_LABEL)?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&bytes);
        pair.map(Self).map_err(|_| NoKey::OtherKind)
    }

    /// The PEM of the key of these random bytes, for a file that only its owner reads.
    #[must_use]
    pub fn pem_of(seed: [u8; KEY_LENGTH]) -> String {
        write_pem(PRIVATE_LABEL, &[&PRIVATE_PREFIX[..], &seed].concat())
    }

    /// The public key.
    ///
    /// # Panics
    /// Never: public keys have 32 bytes.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let bytes = self.0.public_key().as_ref();
        PublicKey(bytes.try_into().expect("a public key has 32 bytes"))
    }

    /// The signature of these bytes.
    ///
    /// # Panics
    /// Never: signatures have 64 bytes.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> [u8; SIGNATURE_LENGTH] {
        self.0.sign(bytes).as_ref().try_into().expect("a signature has 64 bytes")
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("public", &self.public()).finish_non_exhaustive()
    }
}

impl PublicKey {
    /// The key in the bytes of SubjectPublicKeyInfo, as KMS gives it.
    ///
    /// # Errors
    /// When it is none, or no Ed25519 key.
    pub fn from_der(bytes: &[u8]) -> Result<Self, NoKey> {
        let key = bytes.strip_prefix(&PUBLIC_PREFIX[..]).ok_or(NoKey::OtherKind)?;
        key.try_into().map(Self).map_err(|_| NoKey::OtherKind)
    }

    /// The key in a PEM of SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// When it is none, or no Ed25519 key.
    pub fn from_pem(text: &str) -> Result<Self, NoKey> {
        Self::from_der(&pem(text, PUBLIC_LABEL)?)
    }

    /// The PEM of the key.
    #[must_use]
    pub fn pem(&self) -> String {
        write_pem(PUBLIC_LABEL, &[&PUBLIC_PREFIX[..], &self.0].concat())
    }
}

/// Checks that this is the signature of these bytes by that key.
///
/// # Errors
/// When it is not.
pub fn verify(bytes: &[u8], signature: &[u8], key: &PublicKey) -> Result<(), NotSigned> {
    if signature.len() != SIGNATURE_LENGTH {
        return Err(NotSigned::Length(signature.len()));
    }
    let key = UnparsedPublicKey::new(&ED25519, key.0);
    key.verify(bytes, signature).map_err(|_| NotSigned::Other)
}

/// The line that `sha256sum` prints of a file: what is signed instead of it by whoever signs little at once, as KMS does.
#[must_use]
pub fn signed_line(name: &str, bytes: &[u8]) -> String {
    format!("{}  {name}\n", sha256(bytes))
}

/// Checks that this line is about these bytes, and that this is its signature by that key.
///
/// # Errors
/// When it is not.
pub fn verify_line(
    bytes: &[u8],
    line: &[u8],
    signature: &[u8],
    key: &PublicKey,
) -> Result<(), NotSigned> {
    verify(line, signature, key)?;
    let begins = format!("{}  ", sha256(bytes));
    if line.starts_with(begins.as_bytes()) { Ok(()) } else { Err(NotSigned::OtherBytes) }
}

/// The bytes in a PEM of this label (RFC 7468).
fn pem(text: &str, label: &'static str) -> Result<Vec<u8>, NoKey> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let inner = text.split_once(&begin).and_then(|(_, rest)| rest.split_once(&end));
    let (inner, _) = inner.ok_or(NoKey::NoPem(label))?;
    let letters: String = inner.split_ascii_whitespace().collect();
    STANDARD.decode(letters).map_err(|_| NoKey::NoPem(label))
}

fn write_pem(label: &str, bytes: &[u8]) -> String {
    // Keys fit on one line of 64 letters.
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(bytes))
}
