//! Looking at how everything stands: before a run, and while it decides.

use fence::DurationMs;
use recovery::{Answer, Ask};
use runbook::{Evidence, Failure, Notes, Observed, Refused};

use super::{Act, Attempt, again};
use crate::fault::Fault;
use crate::metrics::{FRESH, Series};
use crate::reach::now;

/// The most that the target may be behind when a planned run begins: writes would wait so long.
const BEHIND_MAX: DurationMs = DurationMs(60_000);
/// For how many minutes a value says how far the target is behind now.
const FRESH_MINUTES: u64 = FRESH.0 / 60_000;
/// How far back the last value of a lag is looked for: a lost Region sends none.
const EVIDENCE_MINUTES: u64 = 60;

impl Act<'_> {
    /// The databases as the plan was made from them: both there and available, the source's the writer, nothing under way,
    /// and the target close behind.
    pub(super) async fn check_preconditions(&self) -> Attempt {
        let (source, target) = (self.source(), self.target());
        let lag = Series::database_lag(&self.reach.system, &self.plan.target);
        let sessions = Series::table_lag(&self.reach.system, &self.plan.target);
        let (databases, points, sessions, notes) = tokio::join!(
            self.check_databases(),
            target.points(&lag, now(), FRESH_MINUTES, self.limit()),
            source.points(&sessions, now(), FRESH_MINUTES, self.limit()),
            self.before(),
        );
        databases?;
        let (points, sessions) = (points?, sessions?);
        if points.is_empty() {
            return refused("it is not known how far the target's database is behind");
        }
        for (what, points) in [("database is", points), ("sessions are", sessions)] {
            if points.last().is_some_and(|point| point.as_ms() > BEHIND_MAX) {
                return refused(&format!("the target's {what} more than a minute behind"));
            }
        }
        Ok(Observed::Noted(notes))
    }

    /// That the database service would take a request to switch now.
    async fn check_databases(&self) -> Attempt {
        let name = self.reach.system.global_cluster();
        let [own, other] =
            [&self.plan.target, &self.plan.source].map(|it| self.reach.system.cluster(it));
        let (global, own, other) = tokio::join!(
            self.target().global(&name, self.limit()),
            self.target().cluster(&own, self.limit()),
            self.source().cluster(&other, self.limit()),
        );
        let global = global?;
        if !global.rests_with(&self.cluster_arn(&self.plan.source)) {
            return refused("the source's cluster is not the writer, or roles are changing");
        }
        let member = global.member(&self.cluster_arn(&self.plan.target));
        if member.is_none_or(|member| member.is_connected == Some(false)) {
            return refused("the target's cluster does not follow");
        }
        for (what, cluster) in [("source", other?), ("target", own?)] {
            if !cluster.is_available() {
                return refused(&format!("the {what}'s cluster is {}", cluster.status));
            }
        }
        Ok(Observed::Done)
    }

    /// What is written down before anything changes: what DNS answers, and which alarms of the target call nobody.
    async fn before(&self) -> Notes {
        let prefix = self.reach.system.beginning();
        let (mut notes, alarms) =
            tokio::join!(self.dns(), self.target().alarms(&prefix, self.limit()));
        match alarms {
            Ok(alarms) => {
                let silent = alarms.into_iter().filter(|alarm| !alarm.calls);
                notes.silent = silent.map(|alarm| alarm.name).collect();
            }
            Err(fault) => {
                notes.lacking.push(format!("alarms of {}: {}", self.plan.target, fault.said()));
            }
        }
        notes
    }

    /// What DNS answers now.
    async fn dns(&self) -> Notes {
        let servers = self.reach.dns_servers().await;
        self.reach.survey(&servers).await.notes(now())
    }

    /// What of the source still answers, how alarms stand, and what DNS says: all of it is written down, and so is what
    /// gives no answer.
    pub(super) async fn triage(&self) -> Attempt {
        let source = self.source();
        let cluster = self.reach.system.cluster(&self.plan.source);
        let (database, ledger, service, alarms, others, mut notes) = tokio::join!(
            source.cluster(&cluster, self.limit()),
            self.ledger(source, Ask::Standing),
            self.reach.get(&self.plan.source, "/health/ready"),
            self.alarms_of(source),
            self.alarms_of(self.target()),
            self.dns(),
        );
        let (source, target) = (&self.plan.source, &self.plan.target);
        let silent = [
            (source, "database service", database.err().map(Fault::said)),
            (source, "ledger", ledger.err().map(Fault::said)),
            (source, "API", service.err()),
            (source, "alarms", alarms.as_ref().err().map(ToString::to_string)),
            (target, "alarms", others.as_ref().err().map(ToString::to_string)),
        ];
        let silent = silent.into_iter();
        let silent = silent
            .filter_map(|(region, what, said)| Some(format!("{what} of {region}: {}", said?)));
        notes.lacking.extend(silent);
        notes.alarms = [alarms, others].into_iter().flatten().flatten().collect();
        Ok(Observed::Noted(notes))
    }

    /// How far the target's database was behind when that was last seen, and what its ledger lacks.
    pub(super) async fn snapshot_evidence(&self) -> Attempt {
        let target = self.target();
        let lag = Series::database_lag(&self.reach.system, &self.plan.target);
        let epoch = self.plan.epoch.number();
        let (points, missing) = tokio::join!(
            target.points(&lag, now(), EVIDENCE_MINUTES, self.limit()),
            self.ledger_answer(target, Ask::Missing { epoch }),
        );
        let last = points.ok().and_then(|points| points.last().copied());
        let (lag_ms, lag_at) = (last.map(|point| point.as_ms().0), last.map(|point| point.at));
        let missing =
            missing.map_or_else(|_| Evidence::default(), |missing| missing.evidence(None));
        if lag_ms.is_none() && missing.intents_missing.is_none() {
            return Err(again("neither the lag nor what is missing is known"));
        }
        Ok(Observed::Evidence(Evidence { lag_ms, lag_at, ..missing }))
    }

    /// That the source's database is still the writer, and that nothing is on its way to change that.
    pub(super) async fn confirm_writer(&self) -> Attempt {
        let source = self.source();
        let name = self.reach.system.global_cluster();
        let (global, ledger) =
            tokio::join!(source.global(&name, self.limit()), self.ledger(source, Ask::Standing),);
        if !global?.rests_with(&self.cluster_arn(&self.plan.source)) {
            return Err(again("the source's cluster is not the writer, or roles are changing"));
        }
        match ledger? {
            Answer::Standing(standing) if standing.is_writer => Ok(Observed::Done),
            Answer::Standing(_) => Err(again("the source's database takes no writes")),
            other => other.observed(),
        }
    }
}

fn refused(found: &str) -> Attempt {
    let text = format!("{found}; look at `tideover status`");
    Err(Failure::Refused(Refused::Precondition, text))
}
