//! What travels between us and the processor of cards:
//!
//! ```text
//! POST /calls          Idempotency-Key: KEY
//!   {"key":KEY,"kind":"charge","token":"tok_…","amount":1234,"currency":"USD"}
//!   {"key":KEY,"kind":"refund","of":KEY,"amount":1234,"currency":"USD"}
//! 200 {"key":KEY,"verdict":"succeeded"}                   or `declined`: the last word
//! 202, 409, 410, 503 {"key":KEY,"problem":"pending"}      or `mismatch`, `too_old`, `not_taken`
//!
//! GET /calls/KEY
//! 200 {"key":KEY,"status":"succeeded"}                    or `declined`, `pending`, `unseen`, `closed`
//! ```
//!
//! Each answer names the key that it is about, and a verdict is no status: an answer that belongs to another question is
//! not taken for the one to this.

use payments::{Amount, Currency, Money, Status, Verdict};
use serde::{Deserialize, Serialize};

/// The header of the idempotency key.
pub(crate) const KEY_HEADER: &str = "idempotency-key";

/// A call that is to move money. There is no `Debug`: tokens are not shown.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct WireCall {
    pub(crate) key: String,
    #[serde(flatten)]
    pub(crate) wanted: WireWanted,
    #[serde(flatten)]
    pub(crate) money: WireMoney,
}

/// What is to be done.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum WireWanted {
    Charge { token: String },
    Refund { of: String },
}

/// How much, in minor units.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct WireMoney {
    amount: i64,
    currency: String,
}

impl From<Money> for WireMoney {
    fn from(money: Money) -> Self {
        let (amount, currency) = (money.amount.minor_units(), money.currency.code().to_owned());
        Self { amount, currency }
    }
}

impl WireMoney {
    /// The money, if it is any.
    pub(crate) fn money(&self) -> Option<Money> {
        Some(Money::new(Amount::new(self.amount)?, Currency::find(&self.currency)?))
    }
}

/// The last word on a call.
#[derive(Serialize, Deserialize)]
pub(crate) struct WireAnswer {
    pub(crate) key: String,
    pub(crate) verdict: WireVerdict,
}

/// The last word.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WireVerdict {
    Succeeded,
    Declined,
}

impl From<Verdict> for WireVerdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Succeeded => Self::Succeeded,
            Verdict::Declined => Self::Declined,
        }
    }
}

impl From<WireVerdict> for Verdict {
    fn from(verdict: WireVerdict) -> Self {
        match verdict {
            WireVerdict::Succeeded => Self::Succeeded,
            WireVerdict::Declined => Self::Declined,
        }
    }
}

/// Why a call has no last word yet, or never under this key.
#[derive(Serialize)]
pub(crate) struct WireProblem<'k> {
    pub(crate) key: &'k str,
    pub(crate) problem: &'static str,
}

/// What became of a key.
#[derive(Serialize, Deserialize)]
pub(crate) struct WireFound {
    pub(crate) key: String,
    pub(crate) status: WireStatus,
}

/// What is known of a key.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WireStatus {
    Succeeded,
    Declined,
    Pending,
    Unseen,
    Closed,
}

impl WireStatus {
    /// What the processor says; nothing when it does not answer.
    pub(crate) fn of(status: Status) -> Option<Self> {
        match status {
            Status::Known(Verdict::Succeeded) => Some(Self::Succeeded),
            Status::Known(Verdict::Declined) => Some(Self::Declined),
            Status::Pending => Some(Self::Pending),
            Status::Unseen => Some(Self::Unseen),
            Status::Closed => Some(Self::Closed),
            Status::NoAnswer => None,
        }
    }

    /// What that means.
    pub(crate) fn status(self) -> Status {
        match self {
            Self::Succeeded => Status::Known(Verdict::Succeeded),
            Self::Declined => Status::Known(Verdict::Declined),
            Self::Pending => Status::Pending,
            Self::Unseen => Status::Unseen,
            Self::Closed => Status::Closed,
        }
    }
}
