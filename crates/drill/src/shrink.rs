//! From a scenario that fails under a seed to a short one that still does: fewer lines, fewer
//! clients, round times.

use crate::scenario::{Happening, Scenario, Span, Trigger, When, Workload, begun};

/// How many scenarios are played at most.
const TRIES_MAX: u32 = 600;

/// A scenario as short as could be found that fails under the same seed, with every span of its
/// lines chosen. `fails` plays a scenario with a seed and says whether what is looked for shows;
/// one that is content with any fault may be led from one fault to another.
///
/// The same arguments give the same scenario. One that does not fail is only fixed.
pub fn shrink(
    scenario: &Scenario,
    seed: u64,
    fails: impl FnMut(&Scenario, u64) -> bool,
) -> Scenario {
    let best = scenario.fixed(seed);
    let mut shrinker = Shrinker { best, seed, fails, tries_left: TRIES_MAX };
    if !shrinker.still_fails() {
        return shrinker.best;
    }
    while shrinker.pass() {}
    shrinker.attempt(|scenario| scenario.happenings = in_order(&scenario.happenings));
    shrinker.best
}

struct Shrinker<F> {
    /// The shortest that fails so far.
    best: Scenario,
    seed: u64,
    fails: F,
    tries_left: u32,
}

impl<F: FnMut(&Scenario, u64) -> bool> Shrinker<F> {
    fn still_fails(&mut self) -> bool {
        (self.fails)(&self.best, self.seed)
    }

    /// Tries everything once; whether anything became shorter.
    fn pass(&mut self) -> bool {
        let before = self.best.clone();
        self.drop_lines();
        self.lower_counts();
        self.drop_oddities();
        self.drop_expectations();
        self.simplify_operator();
        self.round_lines();
        self.round_workload();
        self.best != before && self.tries_left > 0
    }

    /// Keeps the changed scenario if it still fails.
    fn attempt(&mut self, change: impl FnOnce(&mut Scenario)) -> bool {
        let mut changed = self.best.clone();
        change(&mut changed);
        if changed == self.best || self.tries_left == 0 {
            return false;
        }
        self.tries_left -= 1;
        let is_kept = (self.fails)(&changed, self.seed);
        if is_kept {
            self.best = changed;
        }
        is_kept
    }

    /// Drops halves of the lines, then quarters, down to one line at a time.
    fn drop_lines(&mut self) {
        let mut size = self.best.happenings.len();
        while size > 0 {
            let mut end = self.best.happenings.len();
            while end > 0 {
                let begin = end.saturating_sub(size);
                self.attempt(|scenario| {
                    scenario.happenings = without(&scenario.happenings, begin, end)
                });
                end = begin.min(self.best.happenings.len());
            }
            size /= 2;
        }
    }

    fn lower_counts(&mut self) {
        self.lower(|scenario| &mut scenario.workload.clients);
        self.lower(|scenario| &mut scenario.workload.payments);
        self.lower(|scenario| &mut scenario.workload.accounts);
        self.lower(|scenario| &mut scenario.operator.approvers);
    }

    /// Finds a small count, 1 at least, by halving the distance to what is known to be too few.
    fn lower(&mut self, count: fn(&mut Scenario) -> &mut u32) {
        let mut too_few = 0;
        loop {
            let least_known = *count(&mut self.best);
            if least_known <= too_few + 1 {
                return;
            }
            let middle = if too_few == 0 { 1 } else { too_few.midpoint(least_known) };
            if !self.attempt(|scenario| *count(scenario) = middle) {
                too_few = middle;
            }
        }
    }

    fn drop_oddities(&mut self) {
        let oddities: [fn(&mut Workload) -> &mut u32; 8] = [
            |workload| &mut workload.refunds_percent,
            |workload| &mut workload.repeated_refunds_percent,
            |workload| &mut workload.sticky_dns_percent,
            |workload| &mut workload.kept_connections_percent,
            |workload| &mut workload.doubling_percent,
            |workload| &mut workload.used_keys_percent,
            |workload| &mut workload.odd_cards_percent,
            |workload| &mut workload.hot_percent,
        ];
        for oddity in oddities {
            self.attempt(|scenario| *oddity(&mut scenario.workload) = 0);
        }
    }

    /// Drops what may be dropped without expecting more.
    fn drop_expectations(&mut self) {
        self.attempt(|scenario| scenario.expectation.active = None);
        self.attempt(|scenario| scenario.expectation.rto_ms = None);
        self.attempt(|scenario| scenario.expectation.pause_ms = None);
    }

    fn simplify_operator(&mut self) {
        self.attempt(|scenario| scenario.operator.watch = None);
        self.round(|scenario| &mut scenario.operator.decide_ms);
    }

    fn round_lines(&mut self) {
        for index in 0..self.best.happenings.len() {
            self.round_time(|scenario| scenario.happenings.get_mut(index)?.trigger.time());
            self.round_time(|scenario| scenario.happenings.get_mut(index)?.happening.time());
        }
    }

    fn round_workload(&mut self) {
        self.round(|scenario| &mut scenario.workload.pause_ms);
        self.round(|scenario| &mut scenario.workload.retry_ms);
    }

    /// Makes one round time of a range.
    fn round(&mut self, span: fn(&mut Scenario) -> &mut Span) {
        let Span { least, most } = *span(&mut self.best);
        if least < most {
            let is_one = [least, most, least.midpoint(most)]
                .into_iter()
                .any(|time| self.attempt(|scenario| *span(scenario) = Span::exactly(time)));
            if !is_one {
                return;
            }
        }
        self.round_time(|scenario| Some(span(scenario)));
    }

    /// Tries the time in minutes, in tens of seconds and so on, and keeps the first that will do.
    fn round_time(&mut self, span: impl Fn(&mut Scenario) -> Option<&mut Span>) {
        let Some(time) = span(&mut self.best).map(|span| span.least) else { return };
        for unit in [60_000, 10_000, 1_000, 100].into_iter().filter(|unit| *unit <= time) {
            if time.is_multiple_of(unit) {
                return;
            }
            for rounded in [time - time % unit, time - time % unit + unit] {
                let is_round = self.attempt(|scenario| {
                    if let Some(span) = span(scenario) {
                        *span = Span::exactly(rounded);
                    }
                });
                if is_round {
                    return;
                }
            }
        }
    }
}

impl Trigger {
    fn time(&mut self) -> Option<&mut Span> {
        match self {
            Self::At(span) | Self::After(span) | Self::RunOver(span) => Some(span),
            Self::Before(_) | Self::Behind(_) | Self::RunnerStep(_) => None,
        }
    }
}

impl Happening {
    fn time(&mut self) -> Option<&mut Span> {
        match self {
            Self::Pause(span) | Self::KillRunner(span) => Some(span),
            _ => None,
        }
    }
}

/// The lines without some of them. A fault and its end go together: what nobody mends fails for that
/// reason alone. The line behind a gap happens when it did, if that can be said.
fn without(lines: &[When], begin: usize, end: usize) -> Vec<When> {
    let mut kept: Vec<When> = Vec::new();
    let mut gap: Option<Trigger> = None;
    for (index, line) in lines.iter().enumerate() {
        let trigger = gap.take().and_then(|gap| joined(gap, line.trigger)).unwrap_or(line.trigger);
        let is_gone = match &line.happening {
            Happening::Mend(fault) => begun(*fault, kept.iter()).is_none(),
            _ => (begin..end).contains(&index),
        };
        if is_gone {
            gap = Some(trigger);
        } else {
            kept.push(When { trigger, ..line.clone() });
        }
    }
    kept
}

/// The lines in the order of their times, if no line hangs on the one before it and every end stays
/// behind the begin of its fault.
fn in_order(lines: &[When]) -> Vec<When> {
    let time = |line: &When| match line.trigger {
        Trigger::At(span) => Some(span.least),
        Trigger::Before(_) | Trigger::Behind(_) | Trigger::RunnerStep(_) => Some(u64::MAX),
        Trigger::After(_) | Trigger::RunOver(_) => None,
    };
    let mut sorted = lines.to_vec();
    sorted.sort_by_key(time);
    let is_ended_first = |(index, line): (usize, &When)| match &line.happening {
        Happening::Mend(fault) => begun(*fault, sorted[..index].iter()).is_none(),
        _ => false,
    };
    let hangs = lines.iter().any(|line| time(line).is_none());
    if hangs || sorted.iter().enumerate().any(is_ended_first) { lines.to_vec() } else { sorted }
}

/// When a line happens that hung on a line which happened then and is gone.
fn joined(gone: Trigger, line: Trigger) -> Option<Trigger> {
    let Trigger::After(after) = line else { return None };
    let plus = |span: Span| Span { least: span.least + after.least, most: span.most + after.most };
    match gone {
        Trigger::At(span) => Some(Trigger::At(plus(span))),
        Trigger::After(span) => Some(Trigger::After(plus(span))),
        Trigger::RunOver(span) => Some(Trigger::RunOver(plus(span))),
        Trigger::Before(_) | Trigger::Behind(_) | Trigger::RunnerStep(_) => None,
    }
}
