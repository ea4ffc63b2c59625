//! Money, accounts and orders, as they are read.

use std::collections::BTreeMap;

use payments::{AccountId, Amount, Currency, Money, PaymentOrder};

use crate::export::Field;

/// An order with a token that is made up: those of cards are not exported.
pub(super) fn order(account: AccountId, money: Money) -> Field<PaymentOrder> {
    let token = "tok_not_exported".to_owned();
    PaymentOrder::from_stored(account, money, token, None, BTreeMap::new()).ok_or("minor_units")
}

pub(super) fn account(text: &str) -> Field<AccountId> {
    AccountId::parse(text).ok_or("account")
}

pub(super) fn amount(minor_units: i64) -> Field<Amount> {
    Amount::new(minor_units).ok_or("minor_units")
}

pub(super) fn money(minor_units: i64, currency: &str) -> Field<Money> {
    let currency = Currency::find(currency).ok_or("currency")?;
    Ok(Money::new(amount(minor_units)?, currency))
}
