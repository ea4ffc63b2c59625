//! `[automatic]`: what an alarm may start, and what must be so before it does.

use crate::reader::Section;
use crate::sections::monitoring::Monitoring;
use crate::value::Word;

/// What comes of an alarm that misses the active Region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Automatic {
    /// What is done about a failover.
    pub failover: ByAlarm,
    /// For how long nobody must have seen the active Region alive, in minutes.
    pub silent_minutes: u32,
    /// How long after any run has ended no alarm starts another, in hours.
    pub pause_after_run_hours: u32,
    /// How long after an alarm has started a run no alarm starts another, in hours.
    pub pause_after_start_hours: u32,
}

/// What an alarm does about a failover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ByAlarm {
    /// Nothing but what every alarm does.
    Off,
    /// It tells people that a failover would be started, or why not.
    Tell,
    /// It starts a failover, which waits for people to accept the loss.
    Start,
}

impl Word for ByAlarm {
    const ALL: &'static [(&'static str, Self)] =
        &[("off", Self::Off), ("tell", Self::Tell), ("start", Self::Start)];
}

/// How many canaries in a row must have got no answer: fewer may be the canary's own fault.
const CANARIES: u32 = 3;

/// The longest pause: a week.
const HOURS_MAX: u32 = 168;

pub(crate) fn read(file: &mut Section<'_, '_>, monitoring: &Monitoring) -> Automatic {
    file.section("automatic", |section| {
        let failover = section.word("failover", ByAlarm::Off);
        let silent_minutes = section.integer("silent_minutes", 5, 3..=180);
        if failover != ByAlarm::Off && section.is_sound(&["silent_minutes"]) {
            check_silence(section, silent_minutes, monitoring.canary_minutes);
        }
        Automatic {
            failover,
            silent_minutes,
            pause_after_run_hours: section.integer("pause_after_run_hours", 12, 1..=HOURS_MAX),
            pause_after_start_hours: section.integer("pause_after_start_hours", 24, 1..=HOURS_MAX),
        }
    })
}

fn check_silence(section: &mut Section<'_, '_>, silent_minutes: u32, canary_minutes: u32) {
    let least = CANARIES * canary_minutes;
    if silent_minutes >= least {
        return;
    }
    let keys = ["silent_minutes", "failover"].map(|key| section.dotted(key));
    let keys = keys.each_ref().map(String::as_str);
    let found =
        format!("silent_minutes {silent_minutes} with a canary every {canary_minutes} minutes");
    let allowed = format!(
        "{least} or more, so that {CANARIES} canaries in a row say so; or a smaller `monitoring.canary_minutes`"
    );
    section.report.add_between(&keys, found, allowed);
}
