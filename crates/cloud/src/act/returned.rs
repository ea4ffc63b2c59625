//! After the source has come back: it is kept closed, its last data is kept, and it becomes a standby.

use fence::{DurationMs, Millis};
use hyper::StatusCode;
use runbook::{ActionName, Event, Failure, Notes, Observed};

use super::{Act, Attempt, again};
use crate::metrics::Series;
use crate::reach::now;
use crate::until::until;

/// How wrong the clock may be of the machine on which the run was planned. Between two failovers is a failback, which
/// nobody plans so soon.
const CLOCK_ERROR_MAX: DurationMs = DurationMs(3_600_000);

impl Act<'_> {
    /// Waits until the database service and the API of the source answer. An API that was throttled to nothing answers,
    /// too: with 429.
    pub(super) async fn await_source(&self) -> Attempt {
        let cluster = self.reach.system.cluster(&self.plan.source);
        let look = || async {
            let (database, service) = tokio::join!(
                self.source().cluster(&cluster, self.limit()),
                self.reach.get(&self.plan.source, "/health"),
            );
            database?;
            match service.map_err(again)?.status {
                StatusCode::OK | StatusCode::TOO_MANY_REQUESTS => Ok(Observed::Done),
                status => Err(again(format!("GET /health answers {status}"))),
            }
        };
        // A service that is coming back may say anything.
        until(self.action.time_limit, self.pause(), || async { patient(look().await) }).await
    }

    /// Keeps the returned source closed: event sources off, and no payment taken.
    pub(super) async fn hold_source(&self) -> Attempt {
        self.turn_sources(&self.plan.source, false).await?;
        let ready = self.reach.get(&self.plan.source, "/health/ready").await.map_err(again)?;
        match ready.status.is_success() {
            true => Err(again("the source says that it takes payments")),
            false => Ok(Observed::Done),
        }
    }

    /// Keeps the last data of the source under a name that nothing deletes, and restores it aside, where people read it.
    pub(super) async fn rescue_tail(&self) -> Attempt {
        if self.is_detached() {
            return Ok(lacking(self.nothing_to_rescue()));
        }
        let (system, source) = (&self.reach.system, self.source());
        let cluster = system.cluster(&self.plan.source);
        let copy = format!("{}-{}-tail", system.prefix(), self.plan.run);
        if source.snapshot_status(&copy, self.limit()).await?.is_none() {
            let since = Millis(self.planned_at().0.saturating_sub(CLOCK_ERROR_MAX.0));
            let snapshot = source.tail_snapshot(&cluster, since, self.limit()).await?;
            let none = || again("the failover has left no snapshot of the source yet");
            let snapshot = snapshot.ok_or_else(none)?;
            let key = format!("alias/{}-ledger", system.prefix());
            source.copy_snapshot(&snapshot, &copy, &key, self.limit()).await?;
        }
        let look = || async {
            match source.snapshot_status(&copy, self.limit()).await? {
                Some(status) if status == "available" => Ok(()),
                status => Err(again(format!("the copy `{copy}` is {status:?}"))),
            }
        };
        until(self.action.time_limit, self.pause(), look).await?;
        let beside = source.cluster(&cluster, self.limit()).await?;
        source.restore_aside(&copy, &copy, &beside, self.limit()).await?;
        Ok(lacking(self.to_be_read(&copy)))
    }

    /// Whether the target's cluster has left the global database in this run, which leaves no snapshot and no member that
    /// might follow.
    fn is_detached(&self) -> bool {
        let mut events = self.entries.iter().map(|entry| &entry.event);
        events.any(|event| {
            matches!(event, Event::Ended { action: ActionName::DetachDatabase, result: Ok(_), .. })
        })
    }

    fn nothing_to_rescue(&self) -> String {
        let (source, target) = (&self.plan.source, &self.plan.target);
        let cluster = self.reach.system.cluster(source);
        format!(
            "the cluster of {target} left the global database, so that the last data of {source} stay where they are, in \
             `{cluster}`: read there what {target} has not before anybody deletes it"
        )
    }

    /// What a person types to read what was restored.
    fn to_be_read(&self, cluster: &str) -> String {
        format!(
            "the cluster `{cluster}` has no instance; to read it, type `aws rds create-db-instance --region {} \
             --db-instance-identifier {cluster}-1 --db-cluster-identifier {cluster} --engine aurora-postgresql \
             --db-instance-class db.r6g.large`, and delete both when nothing is left to be read",
            self.plan.source
        )
    }

    /// What a person does so that there is a standby again after the cluster has left the global database.
    fn no_standby(&self) -> String {
        let (source, target) = (&self.plan.source, &self.plan.target);
        let global = self.reach.system.global_cluster();
        format!(
            "{target} has no standby, because its cluster left the global database: delete what is left of `{global}` and, \
             when it is read out, the old cluster of {source}; make a global database `{global}` of the cluster of \
             {target} (`aws rds create-global-cluster --source-db-cluster-identifier`), and deploy, which adds {source}"
        )
    }

    /// Waits until tables and buckets have replicated. A metric without values says that nothing was to be replicated.
    pub(super) async fn replicated(&self) -> Attempt {
        until(self.action.time_limit, self.pause(), || self.replicated_once()).await
    }

    async fn replicated_once(&self) -> Attempt {
        let (system, account) = (&self.reach.system, &self.account.id);
        let (source, target) = (&self.plan.source, &self.plan.target);
        let rows = [
            ("sessions", source, Series::table_lag(system, target)),
            ("objects to the target", target, Series::bucket_backlog(system, target, account)),
            ("objects to the source", source, Series::bucket_backlog(system, source, account)),
        ];
        for (what, region, series) in rows {
            let site = self.reach.site(region);
            let points = site.points(&series, now(), 5, self.limit()).await?;
            let most = if what == "sessions" { 5_000.0 } else { 0.0 };
            if let Some(last) = points.last().filter(|last| last.value > most) {
                return Err(again(format!("{what} are {} behind", last.value)));
            }
        }
        Ok(Observed::Done)
    }

    /// Waits until the source follows, then lets its functions run and its API answer as the templates say, which a
    /// failover turned off, and its alarms call. Its gate stays closed: the epoch is another's.
    pub(super) async fn restore_protection(&self) -> Attempt {
        // Nothing follows, and nothing will while the run is open, because nobody deploys meanwhile.
        if self.is_detached() && !self.is_member_again().await? {
            self.release_source().await?;
            return Ok(lacking(self.no_standby()));
        }
        self.follows().await?;
        self.release_source().await
    }

    /// Whether people have made the target's cluster a member of the global database again.
    async fn is_member_again(&self) -> Result<bool, Failure> {
        let name = self.reach.system.global_cluster();
        let target = self.cluster_arn(&self.plan.target);
        self.is_member(self.target(), &name, &target).await
    }

    /// Waits until the source's cluster is a member that follows.
    async fn follows(&self) -> Result<(), Failure> {
        let (system, arn) = (&self.reach.system, self.cluster_arn(&self.plan.source));
        let lag = Series::database_lag(system, &self.plan.source);
        let name = system.global_cluster();
        let look = || async {
            let (global, points) = tokio::join!(
                self.target().global(&name, self.limit()),
                self.source().points(&lag, now(), 10, self.limit()),
            );
            let (global, points) = (global?, points?);
            let member = global.member(&arn).filter(|member| !member.is_writer);
            if member.and_then(|member| member.is_connected) != Some(true) {
                return Err(again("the source's cluster does not follow yet"));
            }
            match points.last() {
                Some(_) => Ok(()),
                None => Err(again("the source's cluster measures no lag yet")),
            }
        };
        until(self.action.time_limit, self.pause(), look).await
    }

    /// Lets the source's functions run, its API answer and its alarms call.
    async fn release_source(&self) -> Attempt {
        if let Some(silent) = self.muted(&self.plan.source).await? {
            self.let_alarms_call(&self.plan.source, true, &silent).await?;
        }
        self.let_in(&self.plan.source).await
    }
}

/// Done, but for what is left to people.
fn lacking(what: String) -> Observed {
    Observed::Noted(Notes { lacking: vec![what], ..Notes::default() })
}

/// What is refused now may be done later.
fn patient(attempt: Attempt) -> Attempt {
    attempt.map_err(|failure| match failure {
        Failure::Refused(_, said) => again(said),
        other => other,
    })
}
