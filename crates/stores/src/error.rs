//! Why a store gave no answer, sorted by what is certain.

use crate::stored::Malformed;

/// What a driver or a file said.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a store gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It was not done, and will not be.
    #[error("the store is not available")]
    Unavailable(#[source] Cause),
    /// It may be done, or may come to be.
    #[error("the store did not say whether it was done")]
    Unknown(#[source] Cause),
    /// It is not one of ours, or not whole any more.
    #[error("the store is damaged, or is none")]
    Damaged(#[source] Cause),
    /// It was written by a newer program, or not by this one.
    #[error("the store cannot be read by this version")]
    Malformed(#[from] Malformed),
    /// The database was made by a newer program: this one must not write it.
    #[error("the schema has version {found}, this program knows those up to {known}")]
    Newer {
        /// The version found.
        found: i64,
        /// The latest that this program knows.
        known: i64,
    },
    /// A migration was changed after it was carried out.
    #[error("migration {0} is not the one that was carried out here")]
    Changed(i64),
}

impl StoreError {
    pub(crate) fn unavailable(cause: impl Into<Cause>) -> Self {
        Self::Unavailable(cause.into())
    }

    pub(crate) fn unknown(cause: impl Into<Cause>) -> Self {
        Self::Unknown(cause.into())
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Malformed(error.into())
    }
}
