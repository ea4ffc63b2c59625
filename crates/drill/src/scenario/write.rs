//! A scenario as text that reads back as the same scenario, as long as it keeps the limits of the
//! language.

use std::fmt;

use super::value::{kind_word, span_words, steps_words, time_words};
use crate::history::Site;
use crate::scenario::{
    Expectation, Fault, Happening, Operator, Scenario, Span, Spoiled, Trigger, When, Workload,
};

/// Where the words of a line begin after its first one.
const WIDTH: usize = 13;

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        topic(f, "title", std::slice::from_ref(&self.title))?;
        workload(f, &self.workload)?;
        topic(f, "operator", &operator(&self.operator))?;
        let triggers: Vec<String> = self.happenings.iter().map(When::trigger_words).collect();
        let width = triggers.iter().map(String::len).max().unwrap_or(0).max(WIDTH - 2) + 2;
        for (line, trigger) in self.happenings.iter().zip(&triggers) {
            writeln!(f, "{trigger:width$}{}", line.happening)?;
        }
        topic(f, "expect", &expectation(&self.expectation))
    }
}

/// A line about the scenario as a whole; none when there is nothing to say.
fn topic(f: &mut fmt::Formatter<'_>, word: &str, parts: &[String]) -> fmt::Result {
    match parts {
        [] => Ok(()),
        parts => writeln!(f, "{word:WIDTH$}{}", parts.join(", ")),
    }
}

fn workload(f: &mut fmt::Formatter<'_>, workload: &Workload) -> fmt::Result {
    let Workload { clients, payments, pause_ms, refunds_percent, accounts, hot_percent, .. } =
        workload;
    let each = format!("{} each", counted(*payments, "payment"));
    let every = format!("every {}", span_words(*pause_ms));
    topic(f, "clients", &[clients.to_string(), each, every])?;
    topic(f, "accounts", &[accounts.to_string(), format!("{hot_percent}% to the first")])?;
    let repeated = some(workload.repeated_refunds_percent, "asked for again");
    let refunds: Vec<String> =
        [format!("{refunds_percent}%")].into_iter().chain(repeated).collect();
    topic(f, "refunds", &refunds)?;
    let again = format!("again after {}", span_words(workload.retry_ms));
    topic(f, "deadline", &[time_words(workload.deadline_ms), again])?;
    let requests = [
        some(workload.doubling_percent, "sent twice"),
        some(workload.used_keys_percent, "under a used key"),
    ];
    let oddities = [
        ("resolvers", vec![some(workload.sticky_dns_percent, "ignore the TTL")]),
        ("connections", vec![some(workload.kept_connections_percent, "outlive DNS")]),
        ("requests", requests.to_vec()),
        ("cards", vec![some(workload.odd_cards_percent, "odd")]),
    ];
    for (word, parts) in oddities {
        topic(f, word, &parts.into_iter().flatten().collect::<Vec<String>>())?;
    }
    Ok(())
}

/// A part that says how many; none when there are none.
fn some(percent: u32, what: &str) -> Option<String> {
    (percent > 0).then(|| format!("{percent}% {what}"))
}

fn operator(operator: &Operator) -> Vec<String> {
    let detects = operator.watch.map(|watch| {
        let probes = counted(watch.failed_probes, "failed probe");
        format!("detects by {probes} every {}", time_words(watch.every_ms))
    });
    let decides = format!("decides in {}", span_words(operator.decide_ms));
    let approvers = counted(operator.approvers, "approver");
    detects.into_iter().chain([decides, approvers]).collect()
}

fn expectation(expectation: &Expectation) -> Vec<String> {
    let active = expectation.active.map(|site| format!("active {}", site.role()));
    let rto = expectation.rto_ms.map(|ms| format!("rto {}", time_words(ms)));
    let pause = expectation.pause_ms.map(|ms| format!("pause {}", time_words(ms)));
    let rows = expectation.may_lose_rows.then(|| "may lose rows".to_owned());
    [active, rto, pause, rows].into_iter().flatten().collect()
}

impl When {
    fn trigger_words(&self) -> String {
        match self.chance_percent {
            100 => self.trigger.to_string(),
            percent => format!("{} maybe {percent}%", self.trigger),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.trigger_words(), self.happening)
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(span) => write!(f, "at {}", span_words(*span)),
            Self::After(span) => write!(f, "+{}", span_words(*span)),
            Self::RunOver(span) => write!(f, "run over +{}", span_words(*span)),
            Self::Before(action) => write!(f, "before {action}"),
            Self::Behind(action) => write!(f, "behind {action}"),
            Self::RunnerStep(span) => write!(f, "step {}", steps_words(*span)),
        }
    }
}

impl fmt::Display for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::Mend(fault) => f.write_str(&mend_words(*fault)),
            Self::Run(kind) => write!(f, "run {}", kind_word(*kind)),
            Self::RivalRun(kind) => write!(f, "run rival {}", kind_word(*kind)),
            Self::Abort => f.write_str("abort run"),
            Self::Pause(span) => write!(f, "pause run for {}", span_words(*span)),
            Self::KillRunner(span) => write!(f, "kill runner for {}", span_words(*span)),
            Self::SecondRunner => f.write_str("start second runner"),
            Self::RestartService(site) => write!(f, "restart service of {}", site.role()),
            Self::Spoil(how, times) => {
                let times = counted(*times, "time");
                match how {
                    Spoiled::Interrupted => write!(f, "interrupt action {times}"),
                    Spoiled::Unclear => write!(f, "leave action unclear {times}"),
                    Spoiled::Refused => write!(f, "refuse action {times}"),
                }
            }
            Self::ShortenJournal(lines) => write!(f, "keep {} of journal", counted(*lines, "line")),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = Site::role;
        match *self {
            Self::RegionLost(site) => write!(f, "lose {}", role(site)),
            Self::RegionIsolated(site) => write!(f, "isolate {}", role(site)),
            Self::RegionFrozen(site) => write!(f, "freeze {}", role(site)),
            Self::RegionSlow(site, factor) => write!(f, "slow {} {factor}x", role(site)),
            Self::DatabaseLost(site) => write!(f, "lose database of {}", role(site)),
            Self::DiskFull(site) => write!(f, "fill disk of {}", role(site)),
            Self::ApiLost(site) => write!(f, "lose service of {}", role(site)),
            Self::OneWayCut(from, to) => write!(f, "cut from {} to {}", role(from), role(to)),
            Self::StoreCut(site) => write!(f, "lose store of {}", role(site)),
            Self::StoreEndpointLost(site) => write!(f, "lose store-endpoint of {}", role(site)),
            Self::WitnessLost => f.write_str("lose witness"),
            Self::ReplicationLag(ms) => write!(f, "lag replication {}", time_words(ms)),
            Self::ControlPlanesLost(site) => write!(f, "lose control-planes of {}", role(site)),
            Self::StorageFenceFails => f.write_str("break storage-fence"),
            Self::PromotionRefused => f.write_str("refuse promotion"),
            Self::PromotionUnclear(times) => {
                write!(f, "leave promotion unclear {}", counted(times, "time"))
            }
            Self::ClockSkew(site, ms) => {
                let direction = if ms < 0 { "behind" } else { "ahead" };
                let time = time_words(ms.unsigned_abs());
                write!(f, "skew clock of {} {time} {direction}", role(site))
            }
            Self::ProcessorSilent => f.write_str("silence processor"),
            Self::ProcessorAway => f.write_str("lose processor"),
            Self::MessagesLost(percent) => write!(f, "lose messages {percent}%"),
            Self::WritesStall(site, percent) => {
                write!(f, "stall writes of {} {percent}%", role(site))
            }
        }
    }
}

fn mend_words(fault: Fault) -> String {
    let role = Site::role;
    match fault {
        Fault::RegionLost(site) => format!("restore {}", role(site)),
        Fault::RegionIsolated(site) => format!("reconnect {}", role(site)),
        Fault::RegionFrozen(site) => format!("unfreeze {}", role(site)),
        Fault::RegionSlow(site, _) => format!("speed up {}", role(site)),
        Fault::DatabaseLost(site) => format!("restore database of {}", role(site)),
        Fault::DiskFull(site) => format!("free disk of {}", role(site)),
        Fault::ApiLost(site) => format!("restore service of {}", role(site)),
        Fault::OneWayCut(from, to) => format!("mend from {} to {}", role(from), role(to)),
        Fault::StoreCut(site) => format!("restore store of {}", role(site)),
        Fault::StoreEndpointLost(site) => format!("restore store-endpoint of {}", role(site)),
        Fault::WitnessLost => "restore witness".to_owned(),
        Fault::ReplicationLag(_) => "catch up replication".to_owned(),
        Fault::ControlPlanesLost(site) => format!("restore control-planes of {}", role(site)),
        Fault::StorageFenceFails => "restore storage-fence".to_owned(),
        Fault::PromotionRefused => "allow promotion".to_owned(),
        Fault::PromotionUnclear(_) => "make promotion clear".to_owned(),
        Fault::ClockSkew(site, _) => format!("correct clock of {}", role(site)),
        Fault::ProcessorSilent => "unsilence processor".to_owned(),
        Fault::ProcessorAway => "restore processor".to_owned(),
        Fault::MessagesLost(_) => "restore messages".to_owned(),
        Fault::WritesStall(site, _) => format!("unstall writes of {}", role(site)),
    }
}

fn counted(count: u32, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

impl fmt::Display for Span {
    /// As a range of times.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&span_words(*self))
    }
}
