//! Which bug is planted: none, or one in this thread while something runs.

use crate::bug::Bug;

/// Whether this mistake is to be made here.
#[cfg(not(feature = "planted-bugs"))]
#[must_use]
pub const fn is_planted(_bug: Bug) -> bool {
    false
}

/// Whether this mistake is to be made here.
#[cfg(feature = "planted-bugs")]
#[must_use]
pub fn is_planted(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}

/// Runs something with a mistake in the code, for this thread alone; however it ends, the mistake is
/// gone afterwards.
#[cfg(feature = "planted-bugs")]
pub fn while_planted<T>(bug: Bug, run: impl FnOnce() -> T) -> T {
    let _until_dropped = Planting::of(bug);
    run()
}

#[cfg(feature = "planted-bugs")]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Bug>> = const { std::cell::Cell::new(None) };
}

/// What was planted before, to be put back.
#[cfg(feature = "planted-bugs")]
struct Planting(Option<Bug>);

#[cfg(feature = "planted-bugs")]
impl Planting {
    fn of(bug: Bug) -> Self {
        Self(PLANTED.replace(Some(bug)))
    }
}

#[cfg(feature = "planted-bugs")]
impl Drop for Planting {
    fn drop(&mut self) {
        PLANTED.set(self.0);
    }
}

/// Proof at compile time that nothing is planted without the feature.
#[cfg(not(feature = "planted-bugs"))]
const _: () = {
    let mut index = 0;
    while index < Bug::ALL.len() {
        assert!(!is_planted(Bug::ALL[index]));
        index += 1;
    }
};

#[cfg(all(test, feature = "planted-bugs"))]
mod tests {
    use super::*;

    /// The bugs that are planted here.
    fn planted() -> Vec<Bug> {
        Bug::ALL.iter().copied().filter(|bug| is_planted(*bug)).collect()
    }

    #[test]
    fn one_at_a_time_and_none_afterwards() {
        let [outer, inner] = [Bug::ALL[0], Bug::ALL[1]];
        while_planted(outer, || {
            assert_eq!(planted(), [outer]);
            while_planted(inner, || assert_eq!(planted(), [inner]));
            assert_eq!(planted(), [outer]);
        });
        assert_eq!(planted(), []);
    }

    #[test]
    fn none_after_a_panic() {
        let run = || while_planted(Bug::ALL[0], || panic!("on purpose"));
        std::panic::catch_unwind(run).expect_err("it panics");
        assert_eq!(planted(), []);
    }

    #[test]
    fn none_in_another_thread() {
        let elsewhere = || std::thread::spawn(planted).join().expect("it ends well");
        assert_eq!(while_planted(Bug::ALL[0], elsewhere), []);
    }
}
