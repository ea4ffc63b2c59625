//! Money: integer minor units in a currency. Arithmetic that does not fit is an outcome, never a
//! panic.

use std::fmt;

use crate::currency::Currency;

/// A number of minor units, such as cents: zero or more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

impl Amount {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The largest amount that there is.
    pub(crate) const LARGEST: Self = Self(i64::MAX);

    /// The largest amount of one payment, in minor units: eleven digits. One digit fewer than the
    /// shortest card number (ISO/IEC 7812-1), so that no amount in a log can be taken for one.
    pub const PAYMENT_MAX: Self = Self(99_999_999_999);

    /// This number of minor units; nothing when it is below zero.
    #[must_use]
    pub const fn new(minor_units: i64) -> Option<Self> {
        if minor_units < 0 { None } else { Some(Self(minor_units)) }
    }

    /// The number of minor units, zero or more.
    #[must_use]
    pub const fn minor_units(self) -> i64 {
        self.0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum; nothing when it does not fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// What is left; nothing when it would be below zero.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).and_then(Self::new)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// An amount in a currency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    /// The currency.
    pub currency: Currency,
    /// How much, in minor units of the currency.
    pub amount: Amount,
}

impl Money {
    /// This much of this currency.
    #[must_use]
    pub const fn new(amount: Amount, currency: Currency) -> Self {
        Self { currency, amount }
    }
}

impl fmt::Display for Money {
    /// As people write it: `USD 12.34`, `JPY 1234`, `KWD 1.234`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minor_units = self.amount.minor_units();
        let digits = self.currency.minor_unit_digits();
        let unit = 10_i64.pow(digits);
        write!(f, "{} {}", self.currency, minor_units / unit)?;
        if digits > 0 {
            write!(f, ".{:0width$}", minor_units % unit, width = digits as usize)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
