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

    /// The 80 random bits of an id.
    pub(crate) fn id_bits(&self) -> [u8; 10] {
        let [.., a, b, c, d, e, f, g, h, i, j] = self.bits().to_be_bytes();
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
