//! What must be so before a run of each kind (rules 16.1 step 1, `ops-partial-failure-decision` and
//! `ops-failback-preconditions`).

use fence::{DurationMs, TimingFault};

use crate::facts::{Facts, Known, Lag, SiteFacts};
use crate::plan::PlanKind;
use crate::request::{Request, Settings};
use crate::unmet::{Precondition, Unmet};
use crate::way::Way;

/// Everything that is not met, in the order of [`Precondition`], but for what the way itself asks; what a person has
/// decided to do without too.
pub(crate) fn unmet(request: &Request, facts: &Facts, way: &Way<'_>) -> Vec<Unmet> {
    let mut unmet = Vec::new();
    unmet.extend(reason(request));
    unmet.extend(request.settings.timing.check().err().map(timing));
    match request.kind {
        PlanKind::Failover => failover(request, way, &mut unmet),
        PlanKind::Switchover => {
            planned(request, facts, way, request.settings.calm_before_switchover, &mut unmet);
        }
        PlanKind::Failback => {
            planned(request, facts, way, request.settings.calm_before_failback, &mut unmet);
            home(request, facts, &mut unmet);
        }
    }
    unmet
}

/// Whether a person has decided to do without this condition, and may.
pub(crate) fn is_overridden(what: Precondition, settings: &Settings) -> bool {
    what.may_be_overridden() && settings.despite.contains(&what)
}

/// Little: who has lost a Region cannot wait for much.
fn failover(request: &Request, way: &Way<'_>, unmet: &mut Vec<Unmet>) {
    let (source, target) = (way.source, way.target);
    if request.settings.approvers == 0 {
        unmet.push(Unmet {
            what: Precondition::Approvers,
            found: "nobody is to approve of a loss".to_owned(),
            needed: "at least one person, better two".to_owned(),
            next: "set the number of approvers to 1 or more".to_owned(),
        });
    }
    unmet.extend(Is(target.has_database).or_else(Precondition::TargetDatabase, || {
        (
            format!("the database of `{}` does not answer", target.region),
            "a database to promote".to_owned(),
            despite(Precondition::TargetDatabase),
        )
    }));
    let is_well = source.has_database.is_yes() && source.database_service_answers.is_yes();
    if is_well && !way.goes_on {
        unmet.push(Unmet {
            what: Precondition::NoSwitchoverWouldDo,
            found: format!("the database of `{}` and its service answer", source.region),
            needed: "a source from which nothing can be had, because a failover loses data"
                .to_owned(),
            next: format!(
                "type `tideover switchover`, or {}",
                despite(Precondition::NoSwitchoverWouldDo)
            ),
        });
    }
}

fn despite(what: Precondition) -> String {
    format!("repeat with `--despite {what}`")
}

/// What a run asks for that nobody is in a hurry for.
fn planned(
    request: &Request,
    facts: &Facts,
    way: &Way<'_>,
    calm: DurationMs,
    unmet: &mut Vec<Unmet>,
) {
    let (source, target, settings) = (way.source, way.target, &request.settings);
    unmet.extend(databases(facts, source, target));
    let lags = [
        (Precondition::DatabaseLag, &facts.database_lag, settings.database_lag_max, calm),
        (Precondition::TableLag, &facts.table_lag, settings.table_lag_max, DurationMs::ZERO),
        (Precondition::BucketLag, &facts.bucket_lag, settings.bucket_lag_max, DurationMs::ZERO),
    ];
    for (what, lag, most, calm) in lags {
        unmet.extend(lag_unmet(what, *lag, most, calm, facts));
    }
    unmet.extend(surroundings(facts, target));
}

fn databases(facts: &Facts, source: &SiteFacts, target: &SiteFacts) -> Vec<Unmet> {
    let writes = Is(source.is_writer).or_else(Precondition::SourceWrites, || {
        (
            format!("the database of `{}` is not the writer", source.region),
            "the active Region's database to be the writer".to_owned(),
            "compare `tideover status` with the database service".to_owned(),
        )
    });
    let answer = source.has_database.and(target.has_database);
    let rest = source.is_available.and(target.is_available);
    let available = Is(answer.and(rest)).or_else(Precondition::MembersAvailable, || {
        let found = match answer {
            Known::No => "a database does not answer",
            _ => "a cluster is not `available`: the database service is busy with it, and would refuse to switch",
        };
        (
            found.to_owned(),
            "the databases of both Regions to be available".to_owned(),
            "mend it, or wait until its change is over; when the active Region is lost, type `tideover failover`"
                .to_owned(),
        )
    });
    let versions = Is(facts.versions_equal).or_else(Precondition::VersionsEqual, || {
        (
            "the databases' versions differ".to_owned(),
            "versions between which roles can change".to_owned(),
            "upgrade the member that is behind".to_owned(),
        )
    });
    [writes, available, versions].into_iter().flatten().collect()
}

fn surroundings(facts: &Facts, target: &SiteFacts) -> Vec<Unmet> {
    let region = &target.region;
    let rows = [
        (
            Precondition::AlarmsQuiet,
            facts.alarms_quiet,
            "an alarm is ringing".to_owned(),
            "no alarm to ring",
            "look at `tideover status`",
        ),
        (
            Precondition::Parity,
            facts.parity,
            "configuration, quotas or artifacts of the Regions differ".to_owned(),
            "configuration, quotas and artifacts to be the same in both Regions",
            "type `tideover diff`, then `tideover deploy`",
        ),
        (
            Precondition::Canary,
            target.canary_green,
            format!("the canary of `{region}` is not green"),
            "a green canary of the Region that is to serve",
            "look at `tideover status`",
        ),
        (
            Precondition::Certificates,
            target.certificates_valid,
            format!("a certificate of `{region}` is not valid long enough"),
            "certificates that outlast the run",
            "renew it",
        ),
    ];
    let rows = rows.into_iter().filter_map(|(what, known, found, needed, next)| {
        Is(known).or_else(what, || (found, needed.to_owned(), next.to_owned()))
    });
    rows.collect()
}

/// What a failback asks for besides.
fn home(request: &Request, facts: &Facts, unmet: &mut Vec<Unmet>) {
    unmet.extend(Is(facts.reconciled).or_else(Precondition::Reconciled, || {
        (
            "movements are left in quarantine, or missing".to_owned(),
            "everything of the latest failover to be reconciled".to_owned(),
            "finish the run that settles them: type `tideover runs`".to_owned(),
        )
    }));
    let pause = request.settings.pause_before_failback;
    let passed = facts.last_failover_at.map(|at| facts.at.since(at));
    if let Some(passed) = passed.filter(|passed| *passed < pause) {
        unmet.push(Unmet {
            what: Precondition::NotSameDay,
            found: format!("the latest failover was {} ago", span(passed)),
            needed: format!("{} without one", span(pause)),
            next: format!(
                "wait, or when the standby cannot carry the load {}",
                despite(Precondition::NotSameDay)
            ),
        });
    }
    if request.settings.change.as_ref().is_none_or(|change| change.trim().is_empty()) {
        unmet.push(Unmet {
            what: Precondition::Change,
            found: "no approved change is named".to_owned(),
            needed: "a change window that somebody approved".to_owned(),
            next: "repeat with `--change REFERENCE`".to_owned(),
        });
    }
}

fn reason(request: &Request) -> Option<Unmet> {
    request.reason.trim().is_empty().then(|| Unmet {
        what: Precondition::Reason,
        found: "no reason is given".to_owned(),
        needed: "a sentence for those who read the report".to_owned(),
        next: "repeat with `--reason TEXT`".to_owned(),
    })
}

fn timing(fault: TimingFault) -> Unmet {
    Unmet {
        what: Precondition::Timing,
        found: fault.to_string(),
        needed: "a lease that outlasts two renewals and the clock bound".to_owned(),
        next: "correct the timing of the lease".to_owned(),
    }
}

fn lag_unmet(
    what: Precondition,
    lag: Lag,
    most: DurationMs,
    calm: DurationMs,
    facts: &Facts,
) -> Option<Unmet> {
    let calm_for = lag.calm_since.map(|since| facts.at.since(since));
    let found = match (lag.now, calm_for) {
        (None, _) => "not known how far it is behind".to_owned(),
        (Some(now), _) if now > most => format!("{} behind", span(now)),
        (Some(now), calm_for) if calm_for.unwrap_or(DurationMs::ZERO) < calm => {
            let calm_for = calm_for.map_or("not known for how long".to_owned(), span);
            format!("{} behind, at most {} only since: {calm_for}", span(now), span(most))
        }
        (Some(_), _) => return None,
    };
    let long =
        if calm == DurationMs::ZERO { "now".to_owned() } else { format!("for {}", span(calm)) };
    let needed = format!("at most {} behind, {long}", span(most));
    Some(Unmet { what, found, needed, next: "wait, and look at `tideover status`".to_owned() })
}

/// A span as people say it.
pub(crate) fn span(span: DurationMs) -> String {
    match span.0 {
        ms if ms >= 7_200_000 && ms % 3_600_000 == 0 => format!("{} h", ms / 3_600_000),
        ms if ms >= 120_000 => format!("{} min", ms / 60_000),
        ms if ms >= 1_000 => format!("{} s", ms / 1_000),
        ms => format!("{ms} ms"),
    }
}

/// A fact that is to be a yes.
struct Is(Known);

impl Is {
    /// What is unmet when it is not: found, needed, next.
    fn or_else(
        self,
        what: Precondition,
        texts: impl FnOnce() -> (String, String, String),
    ) -> Option<Unmet> {
        if self.0.is_yes() {
            return None;
        }
        let (found, needed, next) = texts();
        let found = if self.0 == Known::Unknown { "not known".to_owned() } else { found };
        Some(Unmet { what, found, needed, next })
    }
}
