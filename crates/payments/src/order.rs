//! What is to be done, once it is known to be complete and consistent.

use std::collections::BTreeMap;
use std::fmt;

use crate::digest::Fields;
use crate::id::{AccountId, MovementId, PaymentId};
use crate::key::{Fingerprint, Scope};
use crate::money::{Amount, Money};

/// A processor's name for a card that we never see: `tok_` and what the processor chose.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// What tokens begin with.
    pub const PREFIX: &str = "tok_";

    /// How many letters and digits may follow the prefix.
    pub(crate) const LENGTH: std::ops::RangeInclusive<usize> = 8..=64;

    /// The token written like this, if it has the form of one; whether it holds a card number is
    /// asked elsewhere.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(Self::PREFIX)?;
        let fits = Self::LENGTH.contains(&rest.len())
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        fits.then(|| Self(text.to_owned()))
    }

    /// The token that a store gives back, of whatever form tokens had when it was taken.
    fn from_stored(text: String) -> Option<Self> {
        let rest = text.strip_prefix(Self::PREFIX)?;
        (!rest.is_empty()).then_some(Self(text))
    }

    /// The token, for the processor and for stores.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tok_(not shown)")
    }
}

/// A payment to be taken. One that exists has passed every check of [`crate::PaymentDraft::check`], as they were when it
/// was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentOrder {
    pub(crate) account: AccountId,
    pub(crate) money: Money,
    pub(crate) token: Token,
    pub(crate) description: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
}

impl PaymentOrder {
    /// The order that a store gives back. It passed the checks of its day and need not pass those of today, so that what
    /// was taken can be read for good; nothing when it was an order on no day, because nothing is to be paid or from no
    /// token.
    #[must_use]
    pub fn from_stored(
        account: AccountId,
        money: Money,
        token: String,
        description: Option<String>,
        metadata: BTreeMap<String, String>,
    ) -> Option<Self> {
        let token = Token::from_stored(token)?;
        let is_payment = !money.amount.is_zero();
        is_payment.then_some(Self { account, money, token, description, metadata })
    }

    /// Who is to get the money.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// How much; above zero.
    #[must_use]
    pub fn money(&self) -> Money {
        self.money
    }

    /// From which card.
    #[must_use]
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// What it is for, in the merchant's words.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// What the merchant wants to find with it.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }
}

/// A refund as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundRequest {
    pub(crate) payment: PaymentId,
    pub(crate) amount: Option<Amount>,
}

/// What a client asks for. One that exists has passed every check of its draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Take a payment.
    Payment(PaymentOrder),
    /// Give a payment back, or a part of it.
    Refund(RefundRequest),
}

impl Request {
    /// What the idempotency key of the request counts for.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match self {
            Self::Payment(order) => Scope::PaymentsOf(order.account),
            Self::Refund(refund) => Scope::RefundsOf(refund.payment),
        }
    }

    /// What the same key must always come with.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let fields = match self {
            Self::Payment(order) => payment_fields(order),
            Self::Refund(refund) => refund_fields(*refund),
        };
        Fingerprint::from_bytes(fields.finish())
    }
}

fn payment_fields(order: &PaymentOrder) -> Fields {
    let fields = Fields::of("payment")
        .text(&order.account.to_string())
        .number(order.money.amount.minor_units())
        .text(order.money.currency.code())
        .text(order.token.as_str())
        .maybe(order.description());
    order.metadata.iter().fold(fields, |fields, (key, value)| fields.text(key).text(value))
}

fn refund_fields(refund: RefundRequest) -> Fields {
    let fields = Fields::of("refund").text(&refund.payment.to_string());
    match refund.amount {
        None => fields.text("what is left"),
        Some(amount) => fields.number(amount.minor_units()),
    }
}

/// A refund to be made: of this much, whatever else happens to the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundOrder {
    /// The payment that is given back.
    pub payment: PaymentId,
    /// Whose books the payment is in.
    pub account: AccountId,
    /// How much; above zero.
    pub money: Money,
}

/// What is to be done, in full: an intent keeps it, so that what the ledger forgot can be written
/// again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Take a payment.
    Payment(PaymentOrder),
    /// Give money back.
    Refund(RefundOrder),
}

impl Order {
    /// Whose books are written.
    #[must_use]
    pub fn account(&self) -> AccountId {
        match self {
            Self::Payment(order) => order.account,
            Self::Refund(refund) => refund.account,
        }
    }

    /// How much moves; above zero.
    #[must_use]
    pub fn money(&self) -> Money {
        match self {
            Self::Payment(order) => order.money,
            Self::Refund(refund) => refund.money,
        }
    }

    /// Whether this is what a movement of this name does.
    pub(crate) fn fits(&self, movement: MovementId) -> bool {
        match (self, movement) {
            (Self::Payment(_), MovementId::Payment(_)) => true,
            (Self::Refund(refund), MovementId::Refund(payment, _)) => refund.payment == payment,
            _ => false,
        }
    }
}
