//! From what a client sent to what is to be done: every fault at once.
//!
//! The caller reads the wire and refuses parameters that nobody knows; here begins what their
//! values mean.

use std::collections::BTreeMap;

use crate::card::holds_card_number;
use crate::currency::Currency;
use crate::fault::{Fault, FaultCode, Faults};
use crate::id::{AccountId, PaymentId};
use crate::money::{Amount, Money};
use crate::order::{PaymentOrder, RefundRequest, Token};

/// The value of a parameter, as the wire had it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Given<T> {
    /// Nothing, or `null`.
    #[default]
    Missing,
    /// Something of another type.
    Mistyped,
    /// A value of the right type.
    Value(T),
}

/// What a client sent to `POST /payments`. There is no `Debug`: it may hold a card number.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PaymentDraft {
    /// The merchant's account; required.
    pub account: Given<String>,
    /// The amount in minor units; required.
    pub amount: Given<i64>,
    /// The ISO 4217 code; required.
    pub currency: Given<String>,
    /// The card's token; required.
    pub token: Given<String>,
    /// What the payment is for.
    pub description: Given<String>,
    /// What the merchant wants to find with it.
    pub metadata: Given<BTreeMap<String, Given<String>>>,
}

/// What a client sent to `POST /payments/{id}/refunds`. There is no `Debug`: it may hold a card
/// number.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RefundDraft {
    /// The payment's id; required.
    pub payment: Given<String>,
    /// The amount in minor units of the payment's currency; all that is left when missing.
    pub amount: Given<i64>,
}

/// The longest description, in characters.
pub const DESCRIPTION_CHARACTERS_MAX: usize = 500;
/// The most keys of metadata. The three limits of metadata are Stripe's, so that clients need not
/// change theirs.
pub const METADATA_KEYS_MAX: usize = 50;
/// The longest key of metadata, in characters.
pub const METADATA_KEY_CHARACTERS_MAX: usize = 40;
/// The longest value of metadata, in characters.
pub const METADATA_VALUE_CHARACTERS_MAX: usize = 500;

impl PaymentDraft {
    /// The order that this draft means.
    ///
    /// # Errors
    ///
    /// Every fault in it, in the order of its parameters.
    pub fn check(self) -> Result<PaymentOrder, Faults> {
        let mut check = Check::default();
        let account = check.text("account", self.account).and_then(|text| check.account(&text));
        let amount = check.required("amount", self.amount).and_then(|units| check.amount(units));
        let currency = check.text("currency", self.currency).and_then(|text| check.currency(&text));
        let token = check.text("token", self.token).and_then(|text| check.token(&text));
        let description = check.description(self.description);
        let metadata = check.metadata(self.metadata);
        let order = (|| {
            let money = Money::new(amount?, currency?);
            Some(PaymentOrder { account: account?, money, token: token?, description, metadata })
        })();
        check.end(order)
    }
}

impl RefundDraft {
    /// The request that this draft means.
    ///
    /// # Errors
    ///
    /// Every fault in it, in the order of its parameters.
    pub fn check(self) -> Result<RefundRequest, Faults> {
        let mut check = Check::default();
        let payment = check.text("payment", self.payment).and_then(|text| check.payment(&text));
        let amount = check.optional("amount", self.amount).and_then(|units| check.amount(units));
        check.end(payment.map(|payment| RefundRequest { payment, amount }))
    }
}

/// The faults so far.
#[derive(Default)]
struct Check {
    faults: Vec<Fault>,
}

impl Check {
    fn end<T>(self, checked: Option<T>) -> Result<T, Faults> {
        match (Faults::new(self.faults), checked) {
            (Some(faults), _) => Err(faults),
            (None, Some(checked)) => Ok(checked),
            (None, None) => unreachable!("what is not there has a fault"),
        }
    }

    /// Reports a fault, and is nothing.
    fn fault<T>(&mut self, param: &str, code: FaultCode, message: impl Into<String>) -> Option<T> {
        self.faults.push(Fault { param: param.to_owned(), code, message: message.into() });
        None
    }

    fn optional<T>(&mut self, param: &str, given: Given<T>) -> Option<T> {
        match given {
            Given::Missing => None,
            Given::Mistyped => self.fault(param, FaultCode::WrongType, wrong_type(param)),
            Given::Value(value) => Some(value),
        }
    }

    fn required<T>(&mut self, param: &str, given: Given<T>) -> Option<T> {
        match given {
            Given::Missing => self.fault(param, FaultCode::Missing, "is required"),
            given => self.optional(param, given),
        }
    }

    /// A required text in which no card number stands.
    fn text(&mut self, param: &str, given: Given<String>) -> Option<String> {
        let text = self.required(param, given)?;
        self.clean(param, "", text)
    }

    /// The text, unless a card number stands in it; `whose` begins the message.
    fn clean(&mut self, param: &str, whose: &str, text: String) -> Option<String> {
        if !holds_card_number(&text) {
            return Some(text);
        }
        let message = format!(
            "{whose}holds what may be a card number; send the card's token, and break other long \
             numbers up with letters"
        );
        self.fault(param, FaultCode::CardNumber, message)
    }

    fn account(&mut self, text: &str) -> Option<AccountId> {
        AccountId::parse(text).or_else(|| {
            let message = "must be `acc_` and 26 characters, as the account was given to you";
            self.fault("account", FaultCode::Malformed, message)
        })
    }

    fn payment(&mut self, text: &str) -> Option<PaymentId> {
        PaymentId::parse(text).or_else(|| {
            let message = "must be `pay_` and 26 characters, as the payment was given to you";
            self.fault("payment", FaultCode::Malformed, message)
        })
    }

    fn amount(&mut self, minor_units: i64) -> Option<Amount> {
        match Amount::new(minor_units).filter(|amount| !amount.is_zero()) {
            None => {
                let message = "must be above zero, in minor units: `1234` is USD 12.34";
                self.fault("amount", FaultCode::NotPositive, message)
            }
            Some(amount) if amount > Amount::PAYMENT_MAX => {
                let message = format!("must be at most `{}` minor units", Amount::PAYMENT_MAX);
                self.fault("amount", FaultCode::TooLarge, message)
            }
            amount => amount,
        }
    }

    fn currency(&mut self, text: &str) -> Option<Currency> {
        Currency::find(text).or_else(|| {
            let message = "must be a code of ISO 4217 in upper case, such as `USD`";
            self.fault("currency", FaultCode::UnknownCurrency, message)
        })
    }

    fn token(&mut self, text: &str) -> Option<Token> {
        Token::parse(text).or_else(|| {
            let message = format!(
                "must be `{}` and {} to {} letters, digits or `_`, as the processor gave it to you",
                Token::PREFIX,
                Token::LENGTH.start(),
                Token::LENGTH.end()
            );
            self.fault("token", FaultCode::Malformed, message)
        })
    }

    fn description(&mut self, given: Given<String>) -> Option<String> {
        let text = self.optional("description", given)?;
        let text = self.clean("description", "", text)?;
        self.short("description", "", text, DESCRIPTION_CHARACTERS_MAX)
    }

    fn metadata(
        &mut self,
        given: Given<BTreeMap<String, Given<String>>>,
    ) -> BTreeMap<String, String> {
        let given = self.optional("metadata", given).unwrap_or_default();
        if given.len() > METADATA_KEYS_MAX {
            let message = format!("must have at most {METADATA_KEYS_MAX} keys");
            self.fault::<()>("metadata", FaultCode::TooMany, message);
        }
        let entries = given.into_iter().enumerate();
        entries.filter_map(|(index, (key, value))| self.entry(index + 1, key, value)).collect()
    }

    /// One entry. A key with a fault is called by its place in alphabetical order instead of by
    /// itself.
    fn entry(
        &mut self,
        place: usize,
        key: String,
        value: Given<String>,
    ) -> Option<(String, String)> {
        let whose = format!("the key in place {place} by alphabet ");
        let key = self
            .clean("metadata", &whose, key)
            .and_then(|key| self.short("metadata", &whose, key, METADATA_KEY_CHARACTERS_MAX))
            .and_then(|key| match key.is_empty() {
                true => self.fault("metadata", FaultCode::Empty, format!("{whose}is empty")),
                false => Some(key),
            });
        let param = key.as_ref().map_or("metadata".to_owned(), |key| format!("metadata[{key}]"));
        let whose = match key {
            Some(_) => String::new(),
            None => format!("the value in place {place} by alphabet "),
        };
        let value = match value {
            Given::Value(value) => value,
            _ => {
                return self.fault(
                    &param,
                    FaultCode::WrongType,
                    format!("{whose}must be a string"),
                );
            }
        };
        let value = self
            .clean(&param, &whose, value)
            .and_then(|value| self.short(&param, &whose, value, METADATA_VALUE_CHARACTERS_MAX));
        key.zip(value)
    }

    /// The text, if it is not too long and has no control characters, which PostgreSQL and logs
    /// cannot take.
    fn short(
        &mut self,
        param: &str,
        whose: &str,
        text: String,
        characters_max: usize,
    ) -> Option<String> {
        if text.chars().count() > characters_max {
            let message = format!("{whose}must have at most {characters_max} characters");
            return self.fault(param, FaultCode::TooLong, message);
        }
        if text.chars().any(char::is_control) {
            let message = format!("{whose}must have no control characters");
            return self.fault(param, FaultCode::ControlCharacter, message);
        }
        Some(text)
    }
}

fn wrong_type(param: &str) -> String {
    let type_ = match param {
        "amount" => "an integer, in minor units",
        "metadata" => "an object whose values are strings",
        _ => "a string",
    };
    format!("must be {type_}")
}
