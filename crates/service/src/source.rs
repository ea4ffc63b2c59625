//! Where time and randomness come from: made at the edge, so that tests can say what they are.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use payments::Time;

/// A clock and a source of random bits.
pub struct Source {
    now: Box<dyn Fn() -> Time + Send + Sync>,
    random: Box<dyn Fn() -> u128 + Send + Sync>,
}

impl Source {
    /// A source that asks these two.
    pub fn new(
        now: impl Fn() -> Time + Send + Sync + 'static,
        random: impl Fn() -> u128 + Send + Sync + 'static,
    ) -> Self {
        Self { now: Box::new(now), random: Box::new(random) }
    }

    /// The clock and the randomness of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self::new(system_time, system_bits)
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Time {
        (self.now)()
    }

    /// 128 random bits.
    #[must_use]
    pub fn bits(&self) -> u128 {
        (self.random)()
    }

    /// The 80 bits of an id beside its time: random but for two.
    ///
    /// An id is 26 characters of five bits, the first ten of them the time. With their highest bit
    /// set the 11th and the 23rd are letters, so that no id has twelve digits in a row. Otherwise
    /// one payment in some millions would look like a card number, and could not be refunded.
    pub(crate) fn id_bits(&self) -> [u8; 10] {
        let bits = self.bits() | 1 << 79 | 1 << 19;
        let [.., a, b, c, d, e, f, g, h, i, j] = bits.to_be_bytes();
        [a, b, c, d, e, f, g, h, i, j]
    }
}

/// A clock before 1970 shows 1970: ids then sort wrongly, and money does not depend on that.
fn system_time() -> Time {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_ms(u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX))
}

fn system_bits() -> u128 {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    u128::from_be_bytes(bytes)
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source")
    }
}

#[cfg(test)]
mod tests {
    use payments::{PaymentId, RefundId, holds_card_number};

    use super::*;

    /// The bits of a Crockford number with these digits only.
    fn digits(digit: u128) -> u128 {
        (0..26).fold(0, |bits, _| bits << 5 | digit)
    }

    #[test]
    fn no_id_has_twelve_digits_in_a_row() {
        let table = [(0, 0), (4, 4), (8, 8), (9, 9), (2, 7)];
        for (time, random) in table {
            let source = Source::new(
                move || Time::from_ms((digits(time) >> 80) as u64),
                move || digits(random),
            );
            let id = PaymentId::new(source.now(), source.id_bits()).to_string();
            let longest = id.split(|letter: char| !letter.is_ascii_digit()).map(str::len).max();
            assert!(longest < Some(12), "{id}");
            assert!(!holds_card_number(&id), "{id}");
            let id = RefundId::new(source.now(), source.id_bits()).to_string();
            assert!(!holds_card_number(&id), "{id}");
        }
    }
}
