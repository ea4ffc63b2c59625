//! What a client is told: every answer to a request that would move money, in order of precedence.

use std::fmt;

use crate::fault::Faults;
use crate::id::{MovementId, PaymentId, RefundId};
use crate::key::KeyFault;
use crate::money::Money;
use crate::order::PaymentOrder;
use crate::record::PaymentRecord;
use crate::refusal::Refusal;

/// The outcome of a request. Where several apply, the first is told.
///
/// The first seven leave the key as it was: the same request may be sent again and be told
/// something else. The last two are for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The idempotency key cannot be used; nothing was done.
    KeyFault(KeyFault),
    /// The request has faults; nothing was done.
    Invalid(Faults),
    /// This Region may not take money now. What was begun goes on when the key is sent again.
    RegionSwitching,
    /// A store did not answer: it is not known whether the request was carried out. It goes on when
    /// the key is sent again.
    Unresolved,
    /// The key came with another request before.
    KeyReused,
    /// A failover may have lost what was done under this key, or the payment that is to be
    /// refunded. It is being found out, and nothing more is done until it is.
    Quarantined(MovementId),
    /// Another try with the same key is at work.
    InProgress,
    /// It was not done, for this reason.
    Refused(Refusal, Telling),
    /// The ledger has it, and it will be carried out.
    Acknowledged(Acknowledgement, Telling),
}

/// Whether an answer was decided now or by an earlier request with the same key
/// (`pay-idempotency-hit-visible`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// By this request.
    First,
    /// By an earlier one; the client may have been told or not.
    Again,
}

/// What was acknowledged; the same whenever it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acknowledgement {
    /// A payment.
    Payment {
        /// Its id.
        id: PaymentId,
        /// What will be taken.
        order: Box<PaymentOrder>,
    },
    /// A refund.
    Refund {
        /// Its id.
        id: RefundId,
        /// The payment that is given back.
        payment: PaymentId,
        /// How much.
        money: Money,
    },
}

impl Acknowledgement {
    /// What the ledger's record of a movement acknowledges; nothing when it has none.
    pub(crate) fn of(record: &PaymentRecord, movement: MovementId) -> Option<Self> {
        let money = record.money(movement)?;
        Some(match movement {
            MovementId::Payment(id) => Self::Payment { id, order: Box::new(record.order.clone()) },
            MovementId::Refund(payment, id) => Self::Refund { id, payment, money },
        })
    }

    /// The payment or refund.
    #[must_use]
    pub fn movement(&self) -> MovementId {
        match *self {
            Self::Payment { id, .. } => MovementId::Payment(id),
            Self::Refund { id, payment, .. } => MovementId::Refund(payment, id),
        }
    }
}

impl Outcome {
    /// The status code of RFC 9110 with this meaning. A plain number, because only the meaning
    /// belongs here and every HTTP library has a type of its own.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::KeyFault(_) | Self::Invalid(_) => 400,
            Self::RegionSwitching | Self::Unresolved => 503,
            Self::KeyReused => 422,
            Self::Quarantined(_) | Self::InProgress => 409,
            Self::Refused(Refusal::PaymentMissing, _) => 404,
            Self::Refused(_, _) => 409,
            Self::Acknowledged(_, _) => 201,
        }
    }

    /// The stable name that programs compare, for the problem document (RFC 9457).
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::KeyFault(KeyFault::Missing) => "idempotency_key_missing",
            Self::KeyFault(_) => "idempotency_key_invalid",
            Self::Invalid(_) => "request_invalid",
            Self::RegionSwitching => "region_switching",
            Self::Unresolved => "unresolved",
            Self::KeyReused => "idempotency_key_reused",
            Self::Quarantined(_) => "quarantined",
            Self::InProgress => "idempotency_key_in_progress",
            Self::Refused(refusal, _) => refusal.code(),
            Self::Acknowledged(_, _) => "acknowledged",
        }
    }

    /// How many seconds to wait before the same request is worth sending again; nothing when it is
    /// not.
    #[must_use]
    pub fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::RegionSwitching => Some(2),
            Self::Unresolved | Self::InProgress => Some(1),
            // People and the processor's reports decide; minutes at best.
            Self::Quarantined(_) => Some(60),
            _ => None,
        }
    }
}

impl fmt::Display for Outcome {
    /// What is told to people, in one sentence without its full stop; faults take a line each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyFault(fault) => fault.fmt(f),
            Self::Invalid(faults) => faults.fmt(f),
            Self::Refused(refusal, _) => f.write_str(refusal.message()),
            Self::RegionSwitching => f.write_str(
                "payments are moving to another Region; send the same request with the same key \
                 again",
            ),
            Self::Unresolved => f.write_str(
                "it is not known yet whether this was done; send the same request with the same \
                 key again",
            ),
            Self::KeyReused => f.write_str(
                "this `Idempotency-Key` came with another request before; send a new UUID with \
                 each new request",
            ),
            Self::Quarantined(movement) => write!(
                f,
                "`{movement}` is being compared with the processor after the loss of a Region; it \
                 is not charged again, and the same key will tell its outcome"
            ),
            Self::InProgress => f.write_str(
                "a request with this `Idempotency-Key` is at work; send it again for its outcome",
            ),
            Self::Acknowledged(acknowledgement, _) => {
                write!(f, "`{}` will be carried out", acknowledgement.movement())
            }
        }
    }
}
