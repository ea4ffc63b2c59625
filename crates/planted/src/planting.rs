//! Which bug is planted: none, one in this thread while something runs, or one in a process that was started with it.

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
    PLANTED.get() == Some(bug) || *OF_PROCESS == Some(bug)
}

/// Runs something with a mistake in the code, for this thread alone; however it ends, the mistake is
/// gone afterwards.
#[cfg(feature = "planted-bugs")]
pub fn while_planted<T>(bug: Bug, run: impl FnOnce() -> T) -> T {
    let _until_dropped = Planting::of(bug);
    run()
}

/// The environment variable with the name of the bug that is planted in a whole process.
#[cfg(feature = "planted-bugs")]
pub const PLANTED_BUG: &str = "TIDEOVER_PLANTED_BUG";

/// The bug of this process, read when the first place asks for one.
#[cfg(feature = "planted-bugs")]
static OF_PROCESS: std::sync::LazyLock<Option<Bug>> =
    std::sync::LazyLock::new(|| Some(named(&std::env::var(PLANTED_BUG).ok()?)));

/// The bug of this name.
///
/// # Panics
/// When there is none: a drill without its bug would show nothing.
#[cfg(feature = "planted-bugs")]
fn named(name: &str) -> Bug {
    let bug = Bug::ALL.iter().find(|bug| bug.as_str() == name);
    *bug.unwrap_or_else(|| {
        let names: Vec<_> = Bug::ALL.iter().map(|bug| bug.as_str()).collect();
        panic!("{PLANTED_BUG}: there is no bug `{name}`; there are {}", names.join(", "))
    })
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
    fn every_name_is_the_name_of_its_bug() {
        for bug in Bug::ALL {
            assert_eq!(named(bug.as_str()), *bug);
        }
    }

    #[test]
    #[should_panic(expected = "there is no bug `no-such-bug`; there are lease-not-revoked, ")]
    fn a_name_that_is_wrong_is_said_with_those_that_are_right() {
        named("no-such-bug");
    }

    /// This test once more, in a process that was started with a bug.
    fn in_a_process_with(name: &str) -> bool {
        let test = ["planting::tests::one_of_the_process", "--exact"];
        let mut again = std::process::Command::new(std::env::current_exe().expect("it runs"));
        let ended = again.args(test).env(PLANTED_BUG, name).output().expect("it starts");
        ended.status.success()
    }

    #[test]
    fn one_of_the_process() {
        match std::env::var(PLANTED_BUG) {
            Err(_) => {
                assert!(in_a_process_with(Bug::ALL[3].as_str()));
                assert!(!in_a_process_with("no-such-bug"));
            }
            Ok(_) => {
                let elsewhere = std::thread::spawn(planted).join().expect("it ends well");
                assert_eq!((planted(), elsewhere), (vec![Bug::ALL[3]], vec![Bug::ALL[3]]));
                while_planted(Bug::ALL[0], || assert_eq!(planted(), [Bug::ALL[0], Bug::ALL[3]]));
            }
        }
    }

    #[test]
    fn none_in_another_thread() {
        let elsewhere = || std::thread::spawn(planted).join().expect("it ends well");
        assert_eq!(while_planted(Bug::ALL[0], elsewhere), []);
    }
}
