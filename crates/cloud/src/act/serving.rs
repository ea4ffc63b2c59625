//! Users are served by the target: a payment is tried, traffic crosses over, numbers are looked at, the report is kept.

use hyper::StatusCode;
use runbook::{Failure, Observed};
use serde_json::Value;

use super::{Act, Attempt, again};
use crate::dns::addresses;
use crate::https::{Answered, payment};
use crate::metrics::Series;
use crate::reach::now;
use crate::until::until;

impl Act<'_> {
    /// Takes a payment by the target's Regional name, and reads it back. Its key is the run's, so that however often it
    /// is tried, one payment comes of it.
    pub(super) async fn try_payment(&self) -> Attempt {
        until(self.action.time_limit, self.pause(), || self.pay_once()).await
    }

    async fn pay_once(&self) -> Attempt {
        let target = &self.plan.target;
        let paid = self.reach.pay(target, self.plan.run.as_str()).await.map_err(again)?;
        let paid = successful("POST /payments", paid)?;
        let id = paid["id"].as_str().ok_or_else(|| again("the payment has no id"))?;
        let read = self.reach.get(target, &format!("/payments/{id}")).await.map_err(again)?;
        let read = successful("GET /payments", read)?;
        let sent = payment();
        let differs =
            ["account", "amount", "currency"].into_iter().find(|one| read[*one] != sent[*one]);
        match differs {
            None => Ok(Observed::Done),
            Some(member) => Err(again(format!("the payment is read back with another {member}"))),
        }
    }

    /// The target says that traffic is meant for it, and the public name has its addresses.
    pub(super) async fn confirm_traffic(&self) -> Attempt {
        until(self.action.time_limit, self.pause(), || self.traffic_once()).await
    }

    async fn traffic_once(&self) -> Attempt {
        let (system, target) = (&self.reach.system, &self.plan.target);
        let told = self.reach.get(target, "/health/traffic").await.map_err(again)?;
        if told.body["traffic_region"].as_str() != Some(target.as_str()) {
            return Err(again(format!("`{target}` does not say that traffic is meant for it")));
        }
        let (public, own) = (system.public_domain(), system.regional_domain(target));
        let server = self.reach.ways.resolver;
        let (found, meant) = tokio::join!(addresses(&public, server), addresses(&own, server));
        let (found, meant) = (found.map_err(again)?, meant.map_err(again)?);
        if found.is_empty() || !found.is_subset(&meant) {
            return Err(again(format!("`{public}` is at {found:?}, `{own}` at {meant:?}")));
        }
        Ok(Observed::Done)
    }

    /// Looks at the Region that carries all traffic now. What rings is written down.
    pub(super) async fn look_after(&self) -> Attempt {
        let requests = Series::requests(&self.reach.system);
        let (ringing, counted) =
            tokio::join!(self.ringing(), self.target().points(&requests, now(), 10, self.limit()),);
        let (ringing, counted) = (ringing?, counted?);
        if !ringing.is_empty() {
            return Err(again(format!("these alarms ring: {}", ringing.join(", "))));
        }
        if counted.is_empty() {
            return Err(again("no request to the API is counted yet"));
        }
        Ok(Observed::Done)
    }

    /// Lets alarms call again first, whatever else; then sees that the Region which follows measures its lag.
    pub(super) async fn swap_monitoring(&self) -> Attempt {
        self.let_alarms_call(true).await?;
        let follower = self.reach.system.other(&self.action.region);
        let lag = Series::database_lag(&self.reach.system, follower);
        let site = self.reach.site(follower);
        let points = site.points(&lag, now(), 10, self.limit()).await?;
        match points.is_empty() {
            true => Err(again(format!("`{follower}` has no values of lag yet"))),
            false => Ok(Observed::Done),
        }
    }

    /// Keeps what the report of the run is made of in the bucket of the Region that serves.
    pub(super) async fn write_report(&self) -> Attempt {
        let run = &self.plan.run;
        let entries = self.reach.entries(run).await.map_err(|error| again(error.to_string()))?;
        let lines = entries.iter().map(|entry| runbook::wire::encode(entry) + "\n");
        let key = format!("runs/{run}/journal.jsonl");
        let stored =
            self.reach.store(&self.action.region, self.account, &key, lines.collect()).await;
        stored.map(|()| Observed::Done).map_err(again)
    }
}

/// The body of an answer that is a success.
fn successful(asked: &str, answered: Answered) -> Result<Value, Failure> {
    match answered.status {
        StatusCode::OK | StatusCode::CREATED => Ok(answered.body),
        status => Err(again(format!("{asked} answers {status}"))),
    }
}
