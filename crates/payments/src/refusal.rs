//! Why a refund is refused.

/// A refund that cannot be made, in order of precedence. But for the first, a refusal is kept in
/// the ledger: the same key is refused for the same reason for ever, even when the refund could be
/// made later, because whoever was told no may have helped the customer in another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// There is no such payment.
    PaymentMissing,
    /// The payment was declined: there is nothing to give back.
    PaymentDeclined,
    /// The payment has not succeeded yet.
    PaymentOpen,
    /// It is more than what is left of the payment.
    ExceedsCaptured,
}

impl Refusal {
    /// Every refusal, in order of precedence.
    pub const ALL: [Self; 4] =
        [Self::PaymentMissing, Self::PaymentDeclined, Self::PaymentOpen, Self::ExceedsCaptured];

    /// The stable name that programs compare.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::PaymentMissing => "payment_missing",
            Self::PaymentDeclined => "payment_declined",
            Self::PaymentOpen => "payment_open",
            Self::ExceedsCaptured => "refund_exceeds_captured",
        }
    }

    /// The refusal of this name, as a store gave it back.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.code() == code)
    }

    /// What is wrong and what to do, for people.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::PaymentMissing => "there is no payment with this id",
            Self::PaymentDeclined => "the payment was declined, so there is nothing to refund",
            Self::PaymentOpen => {
                "the payment has not succeeded yet; when it has, ask again with a new key"
            }
            Self::ExceedsCaptured => {
                "the amount is more than what is left of the payment, counting refunds under way"
            }
        }
    }
}
