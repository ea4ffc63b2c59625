//! What the words of a token mean.

use std::time::Duration;

use payments::Verdict;

use crate::asked::CardToken;
use crate::behaviour::Travel;

/// What a card does when it is charged, or when money goes back to it.
#[derive(Clone, Copy)]
pub(crate) struct Script {
    pub(crate) verdict: Verdict,
    pub(crate) travel: Travel,
    /// For how many asks it is said to be at work.
    pub(crate) pending: u32,
    /// For how many calls it is not there.
    pub(crate) not_taken: u32,
}

impl Script {
    /// It succeeds, and says so at once.
    pub(crate) const PLAIN: Self =
        Self { verdict: Verdict::Succeeded, travel: Travel::AtOnce, pending: 0, not_taken: 0 };

    /// What this card does when it is charged.
    pub(crate) fn of_charge(token: &CardToken) -> Self {
        Self::read(token)[0]
    }

    /// What it does when money goes back to it.
    pub(crate) fn of_refund(token: &CardToken) -> Self {
        Self::read(token)[1]
    }

    fn read(token: &CardToken) -> [Self; 2] {
        let mut scripts = [Self::PLAIN; 2];
        let mut current = 0;
        let mut words = token.as_str().split('_').skip(1).peekable();
        while let Some(word) = words.next() {
            let script = &mut scripts[current];
            let mut number = |default: u32| match words.peek().and_then(|word| word.parse().ok()) {
                Some(number) => {
                    words.next();
                    number
                }
                None => default,
            };
            match word {
                "decline" => script.verdict = Verdict::Declined,
                "timeout" => script.travel = Travel::Never,
                "late" => {
                    script.travel = Travel::Late(Duration::from_millis(number(10_000).into()));
                }
                "twice" => script.travel = Travel::Twice,
                "pending" => script.pending = number(2),
                "refuse" => script.not_taken = number(1),
                "refund" => current = 1,
                _ => break,
            }
        }
        scripts
    }
}
