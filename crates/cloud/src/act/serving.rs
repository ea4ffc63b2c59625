//! Users are served by the target: a payment is tried, traffic crosses over, numbers are looked at, the report is kept.

use hyper::StatusCode;
use runbook::{AlarmNote, Failure, Notes, Observed, Refused};
use serde_json::Value;

use super::{Act, Attempt, again};
use crate::alarms::rings;
use crate::dns::Servers;
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
        if paid.status == StatusCode::TOO_MANY_REQUESTS {
            // As a failover leaves the Region that it leaves. Its control plane is asked only where that is seen.
            self.open_stage(target).await?;
        }
        let paid = successful("POST /payments", paid)?;
        let id = paid["id"].as_str().ok_or_else(|| again("the payment has no id"))?;
        let read = self.reach.payment(target, id).await.map_err(again)?;
        let read = successful("GET /payments", read)?;
        let sent = payment();
        let differs =
            ["account", "amount", "currency"].into_iter().find(|one| read[*one] != sent[*one]);
        match differs {
            None => Ok(Observed::Done),
            Some(member) => Err(again(format!("the payment is read back with another {member}"))),
        }
    }

    /// The target says that traffic is meant for it, and DNS leads to it.
    pub(super) async fn confirm_traffic(&self) -> Attempt {
        let servers = self.reach.dns_servers().await;
        until(self.action.time_limit, self.pause(), || self.traffic_once(&servers)).await
    }

    async fn traffic_once(&self, servers: &Servers) -> Attempt {
        let target = &self.plan.target;
        let told = self.reach.get(target, "/health/traffic").await.map_err(again)?;
        if told.body["traffic_region"].as_str() != Some(target.as_str()) {
            return Err(again(format!("`{target}` does not say that traffic is meant for it")));
        }
        let survey = self.reach.survey(servers).await;
        survey.leads_to(target).map_err(again)?;
        Ok(Observed::Noted(survey.notes(now())))
    }

    /// Looks at the Region that carries all traffic now. What rings is written down.
    pub(super) async fn look_after(&self) -> Attempt {
        let requests = Series::requests(&self.reach.system);
        let (alarms, counted) = tokio::join!(
            self.alarms_of(self.target()),
            self.target().points(&requests, now(), 10, self.limit()),
        );
        let (alarms, counted) = (alarms?, counted?);
        let ringing = alarms.iter().filter(|alarm| rings(&alarm.state));
        let ringing: Vec<&str> = ringing.map(|alarm| &*alarm.name).collect();
        if !ringing.is_empty() {
            return Err(again(format!("these alarms ring: {}", ringing.join(", "))));
        }
        if counted.is_empty() {
            return Err(again("no request to the API is counted yet"));
        }
        Ok(noted(alarms))
    }

    /// Lets the alarms call again that this run has muted, or the one that it closed.
    pub(super) async fn unmute_alarms(&self) -> Attempt {
        self.unmute(&self.plan.target).await.map(noted)
    }

    /// Lets alarms call again first, whatever else; then sees that the Region which follows measures its lag.
    pub(super) async fn swap_monitoring(&self) -> Attempt {
        let alarms = self.unmute(&self.plan.target).await?;
        let follower = self.reach.system.other(&self.action.region);
        let lag = Series::database_lag(&self.reach.system, follower);
        let site = self.reach.site(follower);
        let points = site.points(&lag, now(), 10, self.limit()).await?;
        match points.is_empty() {
            true => Err(again(format!("`{follower}` has no values of lag yet"))),
            false => Ok(noted(alarms)),
        }
    }

    /// Keeps the report as it can be made now, and what it is made of, in the bucket of the Region that serves.
    pub(super) async fn write_report(&self) -> Attempt {
        let run = &self.plan.run;
        let entries = self.reach.entries(run).await.map_err(|error| again(error.to_string()))?;
        let (region, account) = (&self.action.region, self.account);
        let kept = self.reach.keep_report((run, ""), region, account, &entries).await;
        let mut notes = Notes { kept: kept.map_err(again)?, ..Notes::default() };
        if notes.kept.iter().any(|kept| kept.locked_until.is_none()) {
            notes.lacking.push(NOT_LOCKED.to_owned());
        }
        Ok(Observed::Noted(notes))
    }
}

fn noted(alarms: Vec<AlarmNote>) -> Observed {
    Observed::Noted(Notes { alarms, ..Notes::default() })
}

/// What is told of a report that can be deleted.
const NOT_LOCKED: &str = "the report can be deleted: its bucket was deployed without Object Lock";

/// The body of an answer that is a success. Who is not let in will not be by asking again.
fn successful(asked: &str, answered: Answered) -> Result<Value, Failure> {
    match answered.status {
        StatusCode::OK | StatusCode::CREATED => Ok(answered.body),
        status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
            let said = answered.body["message"].as_str().unwrap_or("it says no reason");
            let text = format!("{asked} answers {status}: {said}");
            Err(Failure::Refused(Refused::Other, text))
        }
        status => Err(again(format!("{asked} answers {status}"))),
    }
}
