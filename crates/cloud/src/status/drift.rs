//! What a run has changed outside the templates.

use fence::RegionName;
use runbook::RecordSeen;

use super::seen::Seen;
use crate::facts::active;
use crate::reach::Reach;
use crate::stage::Throttle;
use crate::switches::SourceState;

/// What of a Region's functions and stage is not as the templates say.
pub(super) fn switched_off(reach: &Reach, region: &RegionName, seen: &Seen) -> Vec<String> {
    let mut found = Vec::new();
    let (rate, burst) = reach.system().names.rate_and_burst;
    if let Ok(Some(throttle)) = &seen.throttle
        && *throttle != (Throttle { rate, burst })
    {
        let (is, bursts) = (throttle.rate, throttle.burst);
        found.push(format!(
            "{region}: the stage takes {is}/s, {bursts} at once, not {rate} and {burst}"
        ));
    }
    for (name, usual, at_once) in &seen.at_once {
        if let Ok(at_once) = at_once
            && *at_once != Some(*usual)
        {
            let is = at_once.map_or("unbounded".to_owned(), |number| number.to_string());
            found.push(format!("{region}: `{name}` may run {is} at once, not {usual}"));
        }
    }
    found
}

/// What a run changes outside the templates, as far as it is changed now. The templates have event sources off, in both
/// Regions, and alarms that call.
pub(super) fn drift(
    reach: &Reach,
    record: &RecordSeen,
    names: &[RegionName; 2],
    seen: &[Seen; 2],
) -> Vec<String> {
    let active = active(record);
    let mut drift = Vec::new();
    for (region, seen) in names.iter().zip(seen) {
        drift.extend(switched_off(reach, region, seen));
        let should_be =
            if active.as_ref() == Some(region) { SourceState::On } else { SourceState::Off };
        let sources = seen.sources.iter().flatten();
        drift.extend(sources.filter(|source| source.state != should_be).map(|source| {
            format!(
                "{region}: event source `{}` is {:?}, not {should_be:?}",
                source.name, source.state
            )
        }));
        let alarms = seen.told.alarms.iter().flatten().filter(|alarm| !alarm.calls);
        drift.extend(alarms.map(|alarm| format!("{region}: alarm `{}` calls nobody", alarm.name)));
    }
    drift
}
