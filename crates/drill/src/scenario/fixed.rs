//! A scenario with nothing left open: the seed decides which lines happen, and when.

use crate::random::Random;
use crate::scenario::{Fault, Happening, Scenario, Span, Trigger, When};

impl Scenario {
    /// The same with every span of its lines chosen, and without the lines that do not happen under
    /// this seed. What is fixed already stays as it is, so that a fixed scenario can be shortened
    /// and played again with the seed that it came from.
    ///
    /// The spans of the workload and of the operator stay: they are chosen anew at every use.
    #[must_use]
    pub fn fixed(&self, seed: u64) -> Self {
        let happenings = self.chosen(seed).into_iter().map(|(_, line)| line).collect();
        Self { happenings, ..self.clone() }
    }

    /// The places of those of its lines that the [fixed](Self::fixed) one has, in its order.
    #[must_use]
    pub fn fixed_lines(&self, seed: u64) -> Vec<usize> {
        self.chosen(seed).into_iter().map(|(place, _)| place).collect()
    }

    /// The lines that happen under a seed, and where they stand.
    fn chosen(&self, seed: u64) -> Vec<(usize, When)> {
        let random = Random::new(seed).fork("scenario");
        let mut kept: Vec<(usize, When)> = Vec::new();
        let mut is_last_kept = true;
        for ((place, line), number) in self.happenings.iter().enumerate().zip(0..) {
            let mut random = random.numbered(number);
            let happens = random.chance(line.chance_percent);
            let hangs_on_nothing = hangs_on_last(line.trigger) && !is_last_kept;
            let happening = mending(&line.happening, kept.iter().map(|(_, line)| line));
            is_last_kept = happens && !hangs_on_nothing && happening.is_some();
            if let (true, Some(happening)) = (is_last_kept, happening) {
                kept.push((place, line.fixed(happening, &mut random)));
            }
        }
        kept
    }
}

impl When {
    fn fixed(&self, happening: Happening, random: &mut Random) -> Self {
        let mut choose = |span: Span| Span::exactly(random.within(span));
        let trigger = match self.trigger {
            Trigger::At(span) => Trigger::At(choose(span)),
            Trigger::After(span) => Trigger::After(choose(span)),
            Trigger::RunOver(span) => Trigger::RunOver(choose(span)),
            Trigger::RunnerStep(span) => Trigger::RunnerStep(choose(span)),
            other @ (Trigger::Before(_) | Trigger::Behind(_)) => other,
        };
        let happening = match happening {
            Happening::Pause(span) => Happening::Pause(choose(span)),
            Happening::KillRunner(span) => Happening::KillRunner(choose(span)),
            other => other,
        };
        Self { trigger, chance_percent: 100, happening }
    }
}

/// Whether a line happens only after the line before it.
const fn hangs_on_last(trigger: Trigger) -> bool {
    matches!(trigger, Trigger::After(_) | Trigger::RunOver(_))
}

/// What happens after these lines; none for the end of something that none of them begins.
fn mending<'w>(
    happening: &Happening,
    before: impl DoubleEndedIterator<Item = &'w When>,
) -> Option<Happening> {
    match happening {
        Happening::Mend(fault) => begun(*fault, before).map(Happening::Mend),
        other => Some(other.clone()),
    }
}

/// The latest of these faults, with whatever amount, that the lines begin.
pub(crate) fn begun<'w>(
    fault: Fault,
    lines: impl DoubleEndedIterator<Item = &'w When>,
) -> Option<Fault> {
    lines.rev().find_map(|line| match &line.happening {
        Happening::Fault(begun) if begun.without_amount() == fault.without_amount() => Some(*begun),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Site;

    fn scenario(lines: Vec<When>) -> Scenario {
        Scenario {
            name: "test".to_owned(),
            title: "Test".to_owned(),
            workload: crate::scenario::Workload::default(),
            operator: crate::scenario::Operator::default(),
            happenings: lines,
            expectation: crate::scenario::Expectation::default(),
        }
    }

    fn line(trigger: Trigger, chance_percent: u32, happening: Happening) -> When {
        When { trigger, chance_percent, happening }
    }

    const EARLY: Trigger = Trigger::At(Span { least: 1_000, most: 9_000 });
    const LATER: Trigger = Trigger::After(Span { least: 100, most: 200 });
    const LOSE: Happening = Happening::Fault(Fault::RegionLost(Site::Primary));
    const RESTORE: Happening = Happening::Mend(Fault::RegionLost(Site::Primary));

    #[test]
    fn spans_are_chosen_once_and_differ_between_seeds() {
        let open = scenario(vec![
            line(EARLY, 100, LOSE),
            line(LATER, 100, Happening::KillRunner(Span { least: 1, most: 1_000_000 })),
        ]);
        let fixed = open.fixed(1);
        assert_eq!(fixed.fixed(1), fixed);
        assert_eq!(fixed.fixed(2), fixed);
        assert_eq!(open.fixed(1), fixed);
        assert_ne!(open.fixed(2), fixed);
        assert_eq!(fixed.workload, open.workload);
    }

    #[test]
    fn a_line_goes_with_what_it_hangs_on() {
        let open = scenario(vec![
            line(EARLY, 50, LOSE),
            line(LATER, 100, Happening::Abort),
            line(EARLY, 100, RESTORE),
            line(Trigger::RunOver(Span::exactly(1)), 100, Happening::Abort),
            line(EARLY, 100, Happening::SecondRunner),
        ]);
        let lengths: Vec<usize> = (0..20).map(|seed| open.fixed(seed).happenings.len()).collect();
        assert!(lengths.iter().all(|length| [1, 5].contains(length)), "{lengths:?}");
        assert!(lengths.contains(&1) && lengths.contains(&5), "{lengths:?}");
    }

    #[test]
    fn what_ends_a_fault_ends_the_one_that_happened() {
        let lag = |ms| Happening::Fault(Fault::ReplicationLag(ms));
        let open = scenario(vec![
            line(EARLY, 100, lag(1)),
            line(EARLY, 0, lag(2)),
            line(EARLY, 100, Happening::Mend(Fault::ReplicationLag(2))),
        ]);
        let happenings: Vec<Happening> =
            open.fixed(1).happenings.into_iter().map(|line| line.happening).collect();
        assert_eq!(happenings, [lag(1), Happening::Mend(Fault::ReplicationLag(1))]);
    }

    #[test]
    fn one_line_less_changes_no_line_before_it() {
        let long = scenario(vec![line(EARLY, 100, LOSE), line(LATER, 100, RESTORE)]);
        let short = scenario(vec![line(EARLY, 100, LOSE)]);
        assert_eq!(long.fixed(5).happenings[0], short.fixed(5).happenings[0]);
    }
}
