//! Ids: a prefix that says what they name, then a ULID made of a moment and randomness that the
//! caller gives.
//!
//! Ids sort by their moment. That is for lists that people read; money events are ordered by
//! sequence numbers.

use std::fmt;

use crate::crockford;
use crate::time::Time;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// What ids of this kind begin with.
            pub const PREFIX: &str = $prefix;

            /// The id of this moment and these 80 random bits, big end first.
            #[must_use]
            pub fn new(at: Time, randomness: [u8; 10]) -> Self {
                Self(bits(at, randomness))
            }

            /// The id written like this; prefix and letters in the case that [`fmt::Display`] uses.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                text.strip_prefix($prefix).and_then(crockford::decode).map(Self)
            }

            /// The moment it was made, by the clock of whoever made it.
            #[must_use]
            pub fn time(self) -> Time {
                Time::from_ms((self.0 >> 80) as u64)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&format!("{}{}", $prefix, crockford::encode(self.0)))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

ids! {
    /// A payment, such as `pay_01K9V3T5Q8ZJX6W2M4N7R0ABCD`.
    PaymentId "pay_"
    /// A refund of a payment.
    RefundId "ref_"
    /// An event told to the outside.
    EventId "evt_"
    /// The account of a merchant.
    AccountId "acc_"
}

fn bits(at: Time, randomness: [u8; 10]) -> u128 {
    let random = randomness.iter().fold(0, |bits: u128, byte| bits << 8 | u128::from(*byte));
    u128::from(at.as_ms()) << 80 | random
}

/// What moves money: a payment, or a refund of one. Payments sort before refunds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MovementId {
    /// A payment.
    Payment(PaymentId),
    /// A refund, and the payment that it gives back.
    Refund(PaymentId, RefundId),
}

impl MovementId {
    /// The payment, or the one that is refunded.
    #[must_use]
    pub fn payment(self) -> PaymentId {
        match self {
            Self::Payment(payment) | Self::Refund(payment, _) => payment,
        }
    }

    /// The moment in the movement's own id.
    #[must_use]
    pub fn time(self) -> Time {
        match self {
            Self::Payment(payment) => payment.time(),
            Self::Refund(_, refund) => refund.time(),
        }
    }
}

impl fmt::Display for MovementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Payment(payment) => fmt::Display::fmt(payment, f),
            Self::Refund(_, refund) => fmt::Display::fmt(refund, f),
        }
    }
}

impl fmt::Debug for MovementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
