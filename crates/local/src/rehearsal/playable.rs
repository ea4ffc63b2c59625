//! Which scenarios can be played on one machine, and which are played when nobody names any.

use drill::{Fault, Happening, Scenario};

use crate::system::is_playable;

/// The shipped scenarios that are played live when nobody names any: mostly those in which a Region
/// is lost and replaced.
pub const LIVE: [&str; 22] = [
    "region-lost",
    "region-isolated",
    "region-frozen",
    "database-lost",
    "disk-full",
    "lag-high",
    "store-cut-failover",
    "region-lost-away",
    "region-lost-for-good",
    "frozen-under-load",
    "processor-times-out",
    "promotion-unclear",
    "runner-killed-failover",
    "control-planes-down",
    "two-operators",
    "switchover",
    "failback",
    "sticky-resolvers",
    "witness-lost",
    "store-endpoint-lost",
    "api-lost",
    "service-restarted",
];

/// Whether a disk becomes full in a scenario, so that disks are to have limits.
#[must_use]
pub(super) fn fills_a_disk(scenario: &Scenario) -> bool {
    let fills = |happening: &Happening| matches!(happening, Happening::Fault(Fault::DiskFull(_)));
    scenario.happenings.iter().any(|line| fills(&line.happening))
}

/// Whether a scenario can be played live.
///
/// # Errors
/// Every reason why not, for people.
pub fn playable(scenario: &Scenario) -> Result<(), Vec<String>> {
    let lines = scenario.happenings.iter();
    let mut reasons: Vec<String> = lines
        .filter_map(|line| {
            let why = why_not(&line.happening)?;
            Some(format!("`{}`: {why}", line.happening))
        })
        .collect();
    reasons.dedup();
    if reasons.is_empty() { Ok(()) } else { Err(reasons) }
}

fn why_not(happening: &Happening) -> Option<String> {
    match happening {
        Happening::Fault(fault) => is_playable(*fault).err().map(|why| why.to_string()),
        Happening::ShortenJournal(_) => Some(
            "no store forgets a journal; the simulator lets it, to see what a run bears".to_owned(),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use drill::{Trigger, parse, shipped};

    use super::*;
    use crate::postgres::disks_can_be_limited;

    fn scenario(name: &str) -> Scenario {
        let (_, text) = shipped().iter().find(|(shipped, _)| *shipped == name).expect("shipped");
        parse(name, text).expect("a test of `drill` reads every shipped scenario")
    }

    /// Whether a failover is a part of it.
    fn fails_over(scenario: &Scenario) -> bool {
        let by_line = scenario.happenings.iter().any(|line| {
            matches!(line.happening, Happening::Run(runbook::PlanKind::Failover))
                && !matches!(line.trigger, Trigger::RunnerStep(_))
        });
        by_line || scenario.operator.watch.is_some()
    }

    #[test]
    fn what_is_played_by_itself_can_be_played_and_mostly_fails_over() {
        let live: Vec<Scenario> = LIVE.into_iter().map(scenario).collect();
        for one in &live {
            let may_not = fills_a_disk(one) && !disks_can_be_limited();
            assert_eq!(playable(one).is_err(), may_not, "{}: {:?}", one.name, playable(one));
        }
        let failovers = live.iter().filter(|one| fails_over(one)).count();
        assert_eq!(failovers, 15);
    }

    #[test]
    fn the_others_say_why_not() {
        for (name, lines) in [
            ("clock-skew", 4),
            ("messages-lost", 1),
            ("writes-stall", 1),
            ("fence-timed-out", 1),
            ("everything-at-once", 4),
            ("region-lost", 0),
        ] {
            let reasons = playable(&scenario(name)).err().unwrap_or_default();
            assert_eq!(reasons.len(), lines, "{name}: {reasons:#?}");
        }
    }
}
