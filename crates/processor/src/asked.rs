//! What is asked of the processor. Texts, because that is what comes over a wire.

use std::fmt;

use payments::{Call, CallKind, Money};

/// A call that is to move money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The caller's idempotency key.
    pub key: String,
    /// What is to be done.
    pub wanted: Wanted,
    /// How much.
    pub money: Money,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Take the money from the card with this token.
    Charge(CardToken),
    /// Give money back of what was taken under this key.
    Refund(String),
}

impl Asked {
    /// What this call of ours asks.
    #[must_use]
    pub fn of(call: &Call) -> Self {
        let wanted = match call.kind() {
            CallKind::Charge(token) => Wanted::Charge(CardToken::new(token.as_str())),
            CallKind::Refund(of) => Wanted::Refund(of.to_string()),
        };
        Self { key: call.key().to_string(), wanted, money: call.money() }
    }
}

/// A token, whose words say what the card does, as those of test cards do:
///
/// | token               | what happens                                                                           |
/// | ------------------- | -------------------------------------------------------------------------------------- |
/// | `tok_decline_…`     | it declines                                                                            |
/// | `tok_timeout_…`     | it takes the money and never answers                                                   |
/// | `tok_late_MS_…`     | it takes the money and answers so many milliseconds later; 10000 without a number      |
/// | `tok_twice_…`       | it takes the money once and answers twice                                              |
/// | `tok_pending_N_…`   | it takes the money, and says for so many asks that it is at work; 2 without a number   |
/// | `tok_refuse_N_…`    | it is not there for so many calls, which do nothing; 1 without a number                |
/// | `tok_refund_WORDS_…`| it takes the money; refunds of it do what the words say                                |
/// | any other           | it takes the money                                                                     |
///
/// Words can be joined: `tok_timeout_decline_…` declines and never answers. The first word that is none of these ends
/// them.
#[derive(Clone, PartialEq, Eq)]
pub struct CardToken(String);

impl CardToken {
    /// The token written like this; any text is one.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The token, for a store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CardToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tok_(not shown)")
    }
}
