//! Plays every scenario with every seed, on several threads. Which thread plays which drill is chance; what comes of
//! all of them together is not.

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;

use drill::{Figures, History, Scenario, Summary, Verdict, judge, simulate_lines};

use super::chosen::Chosen;
use super::progress::{INTERVAL, Progress};

/// Which seeds are played.
#[derive(Clone, Copy)]
pub(super) struct Seeds {
    pub(super) first: u64,
    pub(super) number: u64,
}

/// What came of all drills, a summary for each scenario in the order in which they were chosen.
pub(super) struct Played {
    pub(super) summaries: Vec<Summary>,
    /// How many drills were to be played.
    pub(super) wanted: u64,
}

/// One drill that was played to its end.
pub(super) struct Drill {
    pub(super) scenario: Scenario,
    pub(super) history: History,
    pub(super) verdict: Verdict,
    /// The lines of the scenario that the seed has happen, by their places, and whether they did.
    lines: Vec<(usize, bool)>,
}

impl Played {
    pub(super) fn drills(&self) -> u64 {
        self.summaries.iter().map(|summary| summary.drills).sum()
    }

    /// How many lines were to happen, and have in no drill.
    pub(super) fn never(&self) -> usize {
        self.summaries.iter().flat_map(|summary| &summary.lines).filter(|line| line.never()).count()
    }

    pub(super) fn violated(&self) -> u64 {
        self.summaries.iter().map(|summary| summary.violated.len() as u64).sum()
    }

    /// Whether it was stopped before the end.
    pub(super) fn is_stopped(&self) -> bool {
        self.drills() < self.wanted
    }
}

/// What is shared by the threads.
struct Work<'chosen> {
    chosen: &'chosen [Chosen],
    seeds: Seeds,
    total: u64,
    next: AtomicU64,
    done: AtomicU64,
    violated: AtomicU64,
    stop: &'chosen AtomicBool,
}

/// Plays until everything is played, or until it is told to stop.
pub(super) fn play(chosen: &[Chosen], seeds: Seeds, jobs: usize, stop: &AtomicBool) -> Played {
    let total = seeds.number.saturating_mul(chosen.len() as u64);
    let counter = || AtomicU64::new(0);
    let (next, done, violated) = (counter(), counter(), counter());
    let work = Work { chosen, seeds, total, next, done, violated, stop };
    let progress = Progress::new(total);
    let mut summaries = vec![Summary::default(); chosen.len()];
    thread::scope(|scope| {
        let (sender, receiver) = channel();
        for _ in 0..jobs {
            let (sender, work) = (sender.clone(), &work);
            // Nobody waits for a thread that has nothing to tell any more.
            scope.spawn(move || drop(sender.send(work.share())));
        }
        drop(sender);
        loop {
            match receiver.recv_timeout(INTERVAL) {
                Ok(share) => summaries.iter_mut().zip(share).for_each(|(sum, one)| sum.merge(one)),
                Err(RecvTimeoutError::Timeout) => progress
                    .show(work.done.load(Ordering::Relaxed), work.violated.load(Ordering::Relaxed)),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    });
    progress.clear();
    Played { summaries, wanted: total }
}

impl Work<'_> {
    /// What one thread plays.
    fn share(&self) -> Vec<Summary> {
        let mut summaries = vec![Summary::default(); self.chosen.len()];
        while !self.stop.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.total {
                break;
            }
            // One scenario after the other, so that all threads have the same to do until the end.
            let at = usize::try_from(number / self.seeds.number).expect("scenarios are few");
            let seed = self.seeds.first.wrapping_add(number % self.seeds.number);
            self.one(&mut summaries[at], &self.chosen[at].scenario, seed);
            self.done.fetch_add(1, Ordering::Relaxed);
        }
        summaries
    }

    fn one(&self, summary: &mut Summary, scenario: &Scenario, seed: u64) {
        let is_kept = match drill(scenario, seed) {
            Ok(drill) => {
                summary.add(&Figures::of(&drill.history, &drill.verdict));
                let holds = drill.verdict.holds();
                summary.add_lines(drill.lines);
                holds
            }
            Err(_) => {
                summary.add_panicked(seed);
                false
            }
        };
        self.violated.fetch_add(u64::from(!is_kept), Ordering::Relaxed);
    }
}

/// Plays one drill and judges it. An error is the message of a panic: an invariant of the code under drill was broken.
pub(super) fn drill(scenario: &Scenario, seed: u64) -> Result<Drill, String> {
    let places = scenario.fixed_lines(seed);
    let scenario = scenario.fixed(seed);
    let played = panic::catch_unwind(AssertUnwindSafe(|| {
        let (history, has_happened) = simulate_lines(&scenario, seed);
        let verdict = judge(&scenario, &history);
        (history, verdict, has_happened)
    }));
    match played {
        Ok((history, verdict, has_happened)) => {
            let lines = places.into_iter().zip(has_happened).collect();
            Ok(Drill { scenario, history, verdict, lines })
        }
        Err(payload) => Err(message(payload.as_ref())),
    }
}

fn message(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message").to_owned()
}
