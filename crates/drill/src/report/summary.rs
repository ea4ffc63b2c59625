//! Many drills of one scenario in one line: how many held, how long users waited, what was lost.

use super::{Report, Totals, loss, recovery, totals};
use crate::history::History;
use crate::judge::{Pause, Verdict, Violation};

/// What one drill adds to a [`Summary`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// The seed.
    pub seed: u64,
    /// How grave the gravest violation is that the judge found; none when every rule was kept.
    pub gravity: Option<usize>,
    /// The largest RTO of its runs.
    pub rto_ms: Option<u64>,
    /// The longest time in which clients tried and nobody was acknowledged.
    pub pause_ms: u64,
    /// The loss in time.
    pub rpo_ms: u64,
    /// How long it lasted, in the time of the drill.
    pub simulated_ms: u64,
    /// Its numbers.
    pub totals: Totals,
}

impl Figures {
    /// The figures of a drill. Cheaper than a report.
    #[must_use]
    pub fn of(history: &History, verdict: &Verdict) -> Self {
        let recoveries = recovery::recoveries(history);
        Self {
            seed: history.seed,
            gravity: verdict.violations.iter().map(Violation::gravity).min(),
            rto_ms: recoveries.iter().filter_map(recovery::Recovery::rto_ms).max(),
            pause_ms: length_ms(verdict.facts.longest_pause),
            rpo_ms: loss::rpo_ms(history),
            simulated_ms: history.end.at_ms,
            totals: totals::totals(history, &verdict.facts.counts),
        }
    }
}

const fn length_ms(pause: Pause) -> u64 {
    pause.until_ms - pause.from_ms
}

impl Report {
    /// The largest RTO of its runs.
    #[must_use]
    pub fn rto_ms(&self) -> Option<u64> {
        self.recoveries.iter().filter_map(recovery::Recovery::rto_ms).max()
    }

    /// How long the longest pause was.
    #[must_use]
    pub const fn pause_ms(&self) -> u64 {
        length_ms(self.pause)
    }
}

/// Many drills of one scenario. The same drills give the same summary in whatever order they are
/// added.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// The seeds of the drills in which something was violated, in their order.
    pub violated: Vec<u64>,
    /// How grave the gravest violation is, and the first seed of those that are as grave.
    pub gravest: Option<(usize, u64)>,
    /// The first seed of those under which rows were lost.
    pub losing: Option<u64>,
    /// The largest loss in time.
    pub rpo_max_ms: u64,
    /// How long all of them lasted together, in the time of the drill.
    pub simulated_ms: u64,
    /// The sums of their numbers.
    pub totals: Totals,
    /// How many drills there were.
    pub drills: u64,
    /// Of each line of the scenario, how often it was to happen, and did.
    pub lines: Vec<Happened>,
    rto_ms: Vec<u64>,
    pause_ms: Vec<u64>,
}

/// How often a line of a scenario happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Happened {
    /// In how many drills the seed had it happen, as soon as what it waits for does.
    pub wanted: u64,
    /// In how many it did.
    pub times: u64,
}

impl Happened {
    /// Whether drills that were to show what comes of it have shown nothing.
    #[must_use]
    pub const fn never(self) -> bool {
        self.wanted > 0 && self.times == 0
    }
}

/// The middle, the end and the extreme of many values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// Half of them are no larger.
    pub p50: u64,
    /// Ninety-nine of a hundred are no larger.
    pub p99: u64,
    /// The largest.
    pub max: u64,
}

impl Summary {
    /// Takes in one more drill.
    pub fn add(&mut self, figures: &Figures) {
        self.drills += 1;
        self.simulated_ms += figures.simulated_ms;
        self.rpo_max_ms = self.rpo_max_ms.max(figures.rpo_ms);
        self.totals = self.totals.plus(figures.totals);
        self.rto_ms.extend(figures.rto_ms);
        self.pause_ms.push(figures.pause_ms);
        let losing = (figures.totals.lost > 0).then_some(figures.seed);
        self.losing = self.losing.into_iter().chain(losing).min();
        if let Some(gravity) = figures.gravity {
            self.violate(gravity, figures.seed);
        }
    }

    /// Takes in of each line that a drill had, by its place in the scenario, whether it happened.
    pub fn add_lines(&mut self, lines: impl IntoIterator<Item = (usize, bool)>) {
        for (place, happened) in lines {
            if self.lines.len() <= place {
                self.lines.resize(place + 1, Happened::default());
            }
            let line = &mut self.lines[place];
            line.wanted += 1;
            line.times += u64::from(happened);
        }
    }

    /// Takes in a drill that has no figures, because the code under drill panicked: nothing is
    /// graver.
    pub fn add_panicked(&mut self, seed: u64) {
        self.drills += 1;
        self.violate(0, seed);
    }

    /// Takes in what another one has.
    pub fn merge(&mut self, other: Self) {
        self.drills += other.drills;
        self.simulated_ms += other.simulated_ms;
        self.rpo_max_ms = self.rpo_max_ms.max(other.rpo_max_ms);
        self.totals = self.totals.plus(other.totals);
        self.rto_ms.extend(other.rto_ms);
        self.pause_ms.extend(other.pause_ms);
        self.violated.extend(other.violated);
        self.violated.sort_unstable();
        self.gravest = self.gravest.into_iter().chain(other.gravest).min();
        self.losing = self.losing.into_iter().chain(other.losing).min();
        self.lines.resize(self.lines.len().max(other.lines.len()), Happened::default());
        for (line, more) in self.lines.iter_mut().zip(other.lines) {
            line.wanted += more.wanted;
            line.times += more.times;
        }
    }

    fn violate(&mut self, gravity: usize, seed: u64) {
        let at = self.violated.partition_point(|other| *other < seed);
        self.violated.insert(at, seed);
        self.gravest = self.gravest.into_iter().chain([(gravity, seed)]).min();
    }

    /// The RTO; none when no run served anybody.
    #[must_use]
    pub fn rto(&self) -> Option<Spread> {
        Spread::of(&self.rto_ms)
    }

    /// The longest pause of each drill.
    #[must_use]
    pub fn pause(&self) -> Option<Spread> {
        Spread::of(&self.pause_ms)
    }
}

impl Spread {
    /// By the nearest rank, so that each is a value that was measured; none when there are none.
    #[must_use]
    pub fn of(values: &[u64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        let max = *sorted.last()?;
        let rank = |percent: usize| sorted[(sorted.len() * percent).div_ceil(100) - 1];
        Some(Self { p50: rank(50), p99: rank(99), max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_values_that_were_measured() {
        assert_eq!(Spread::of(&[]), None);
        assert_eq!(Spread::of(&[7]), Some(Spread { p50: 7, p99: 7, max: 7 }));
        assert_eq!(Spread::of(&[3, 1, 2]), Some(Spread { p50: 2, p99: 3, max: 3 }));
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!(Spread::of(&hundred), Some(Spread { p50: 50, p99: 99, max: 100 }));
        let more: Vec<u64> = (1..=200).rev().collect();
        assert_eq!(Spread::of(&more), Some(Spread { p50: 100, p99: 198, max: 200 }));
    }

    fn figures(seed: u64, gravity: Option<usize>) -> Figures {
        let totals = Totals { requests: seed, lost: seed / 3, ..Totals::default() };
        let rto_ms = Some(seed * 10);
        Figures { seed, gravity, rto_ms, pause_ms: 0, rpo_ms: seed, simulated_ms: 1, totals }
    }

    #[test]
    fn order_does_not_matter() {
        let drills = [figures(4, Some(1)), figures(1, None), figures(3, Some(2)), figures(2, None)];
        let mut together = Summary::default();
        drills.iter().for_each(|drill| together.add(drill));
        let (mut here, mut there) = (Summary::default(), Summary::default());
        drills[2..].iter().for_each(|drill| here.add(drill));
        drills[..2].iter().for_each(|drill| there.add(drill));
        here.add_lines([(0, true), (2, false)]);
        there.add_lines([(0, false)]);
        there.add_lines([(0, true), (3, false)]);
        here.merge(there);
        let lines: Vec<_> = here.lines.iter().map(|line| (line.wanted, line.times)).collect();
        assert_eq!(lines, [(3, 2), (0, 0), (1, 0), (1, 0)]);
        assert_eq!(
            here.lines.iter().map(|line| line.never()).collect::<Vec<_>>(),
            [false, false, true, true]
        );
        assert_eq!((here.violated.as_slice(), here.gravest), ([3, 4].as_slice(), Some((1, 4))));
        assert_eq!((here.drills, here.rpo_max_ms, here.totals.requests), (4, 4, 10));
        assert_eq!(here.losing, Some(3));
        assert_eq!(here.rto(), together.rto());
        assert_eq!(here.rto(), Some(Spread { p50: 20, p99: 40, max: 40 }));
        assert_eq!(here.pause(), Some(Spread { p50: 0, p99: 0, max: 0 }));
    }
}
