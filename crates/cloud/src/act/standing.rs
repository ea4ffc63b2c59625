//! Looking at how everything stands: before a run, and while it decides.

use fence::DurationMs;
use recovery::{Answer, Ask};
use runbook::{Evidence, Failure, Notes, Observed, Refused};

use super::{Act, Attempt, again};
use crate::fault::Fault;
use crate::metrics::Series;
use crate::reach::now;

/// The most that the target may be behind when a planned run begins: writes would wait so long.
const BEHIND_MAX: DurationMs = DurationMs(60_000);
/// How far back the last value of a lag is looked for: a lost Region sends none.
const EVIDENCE_MINUTES: u64 = 60;

impl Act<'_> {
    /// The databases as the plan was made from them: both there, the source's the writer, nothing under way.
    pub(super) async fn check_preconditions(&self) -> Attempt {
        let target = self.target();
        let lag = Series::database_lag(&self.reach.system, &self.plan.target);
        let name = self.reach.system.global_cluster();
        let sessions = Series::table_lag(&self.reach.system, &self.plan.target);
        let (global, points, sessions, dns) = tokio::join!(
            target.global(&name, self.limit()),
            target.points(&lag, now(), 5, self.limit()),
            self.source().points(&sessions, now(), 5, self.limit()),
            self.dns(),
        );
        let global = global?;
        let (source, own) =
            (self.cluster_arn(&self.plan.source), self.cluster_arn(&self.plan.target));
        let refused = |found: &str| {
            Err(Failure::Refused(
                Refused::Precondition,
                format!("{found}; look at `tideover status`"),
            ))
        };
        if !global.rests_with(&source) {
            return refused("the source's cluster is not the writer, or roles are changing");
        }
        if global.member(&own).is_none_or(|member| member.is_connected == Some(false)) {
            return refused("the target's cluster does not follow");
        }
        for (what, points) in [("database is", points?), ("sessions are", sessions?)] {
            if points.last().is_some_and(|point| point.as_ms() > BEHIND_MAX) {
                return refused(&format!("the target's {what} more than a minute behind"));
            }
        }
        Ok(Observed::Noted(dns))
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
            self.ledger_work(target, Ask::Missing { epoch }),
        );
        let lag_ms = points.ok().and_then(|points| Some(points.last()?.as_ms().0));
        let intents_missing = match missing {
            Ok(Observed::Movements(count)) => Some(count),
            _ => None,
        };
        if lag_ms.is_none() && intents_missing.is_none() {
            return Err(again("neither the lag nor what is missing is known"));
        }
        Ok(Observed::Evidence(Evidence { lag_ms, intents_missing }))
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
