//! The only chance there is in a drill: numbers that follow from the seed, the same on every machine.

use crate::scenario::Span;

/// A sequence of numbers that look random and follow from a seed (SplitMix64).
#[derive(Debug, Clone)]
pub struct Random {
    seed: u64,
    state: u64,
}

impl Random {
    /// The sequence of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    /// A sequence of its own for what the label names. It follows from the seed and the label, not
    /// from what was drawn before, so that one thing more or less changes nothing for all others.
    #[must_use]
    pub fn fork(&self, label: &str) -> Self {
        self.numbered(label.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    /// A sequence of its own for one of many: this client, that line.
    #[must_use]
    pub const fn numbered(&self, number: u64) -> Self {
        Self::new(mixed(mixed(self.seed).wrapping_add(number)))
    }

    /// The next number: any of the 2^64.
    pub const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mixed(self.state)
    }

    /// A number below this one; 0 when that is 0.
    pub const fn below(&mut self, bound: u64) -> u64 {
        ((self.next() as u128 * bound as u128) >> 64) as u64
    }

    /// A number of the span, each as likely as the others.
    pub const fn within(&mut self, span: Span) -> u64 {
        match span.most.saturating_sub(span.least) {
            0 => span.least,
            u64::MAX => self.next(),
            width => span.least + self.below(width + 1),
        }
    }

    /// Whether what happens this many of a hundred times happens now.
    pub const fn chance(&mut self, percent: u32) -> bool {
        match percent {
            0 => false,
            100.. => true,
            _ => self.below(100) < percent as u64,
        }
    }
}

/// The golden ratio as a fraction of 2^64: the steps fill the range evenly.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A number in which every bit depends on every bit of the one given.
const fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::Random;
    use crate::scenario::Span;

    /// The first numbers that the author of SplitMix64 publishes for the seed 1234567.
    #[test]
    fn the_sequence_is_that_of_splitmix64() {
        let mut random = Random::new(1_234_567);
        let drawn: Vec<u64> = (0..5).map(|_| random.next()).collect();
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(drawn, published);
    }

    #[test]
    fn numbers_stay_within_their_bounds_and_reach_them() {
        let mut random = Random::new(7);
        let mut seen = [0_u32; 6];
        for _ in 0..600 {
            let drawn = random.within(Span { least: 10, most: 15 });
            seen[usize::try_from(drawn - 10).expect("a small number")] += 1;
        }
        assert!(seen.iter().all(|count| (60..=140).contains(count)), "{seen:?}");
        assert_eq!(random.below(0), 0);
        assert_eq!(random.below(1), 0);
        assert_eq!(random.within(Span { least: 4, most: 4 }), 4);
        assert_eq!(random.within(Span { least: u64::MAX, most: u64::MAX }), u64::MAX);
        random.within(Span { least: 0, most: u64::MAX });
    }

    #[test]
    fn chances_are_about_what_they_say() {
        let mut random = Random::new(3);
        let count = (0..10_000).filter(|_| random.chance(30)).count();
        assert!((2_800..=3_200).contains(&count), "{count}");
        assert!((0..100).all(|_| random.chance(100) && !random.chance(0)));
    }

    #[test]
    fn a_fork_does_not_depend_on_what_was_drawn() {
        let mut random = Random::new(9);
        let before = random.fork("network").next();
        random.next();
        assert_eq!(random.fork("network").next(), before);
        assert_ne!(random.fork("clients").next(), before);
        assert_ne!(random.numbered(0).next(), random.numbered(1).next());
        assert_ne!(random.numbered(0).next(), Random::new(9).next());
    }
}
