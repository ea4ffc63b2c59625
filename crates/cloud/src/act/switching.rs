//! What is turned off and on in a Region: event sources, functions, the API's stage, alarms that call.

use std::collections::BTreeSet;

use fence::RegionName;
use runbook::{AlarmNote, Failure, Notes, Observed, muted};

use super::{Act, Attempt, again};
use crate::alarms::Alarm;
use crate::site::Site;
use crate::stage::Throttle;
use crate::until::until;

impl Act<'_> {
    /// Turns the event sources of a Region on or off, and looks until they are.
    pub(super) async fn turn_sources(&self, region: &RegionName, on: bool) -> Attempt {
        let (site, prefix) = (self.reach.site(region), self.reach.system.beginning());
        site.turn_all(&prefix, on, self.limit()).await?;
        let look = || async {
            let sources = site.sources(&prefix, self.limit()).await?;
            match sources.iter().find(|source| !source.state.is(on)) {
                None => Ok(Observed::Done),
                Some(source) => Err(again(format!("{} is {:?}", source.name, source.state))),
            }
        };
        until(self.action.time_limit, self.pause(), look).await
    }

    /// Turns on the event sources of the target, and lets its functions run: a failover that left it may have turned them
    /// off.
    pub(super) async fn start_workers(&self) -> Attempt {
        let target = &self.plan.target;
        let (sources, functions) =
            tokio::join!(self.turn_sources(target, true), self.bound_functions(target, true));
        sources.and(functions)
    }

    /// Turns off what can be turned off in a source that may not answer. What does not is written down.
    pub(super) async fn stop_source(&self) -> Attempt {
        let source = &self.plan.source;
        let (sources, functions, stage) = tokio::join!(
            self.turn_sources(source, false),
            self.bound_functions(source, false),
            self.throttle(source, Throttle::SHUT),
        );
        all_done([("event sources", sources), ("functions", functions), ("stage", stage)])
    }

    /// Turns on again what was turned off in the source.
    pub(super) async fn reopen_source(&self) -> Attempt {
        let source = &self.plan.source;
        let (sources, allowed) = tokio::join!(self.turn_sources(source, true), self.let_in(source));
        sources.and(allowed)
    }

    /// Lets a Region's functions run and its API take requests as the templates say.
    pub(super) async fn let_in(&self, region: &RegionName) -> Attempt {
        let (functions, stage) =
            tokio::join!(self.bound_functions(region, true), self.open_stage(region));
        functions.and(stage)
    }

    /// Lets a Region's API take requests as the templates say.
    pub(super) async fn open_stage(&self, region: &RegionName) -> Attempt {
        let (rate, burst) = self.reach.system.names.rate_and_burst;
        self.throttle(region, Throttle { rate, burst }).await
    }

    /// Bounds the functions of a Region to what the templates say, or to nothing at all.
    async fn bound_functions(&self, region: &RegionName, run: bool) -> Attempt {
        let site = self.reach.site(region);
        for (name, usual) in &self.reach.system.names.functions {
            let (function, wanted) =
                (self.reach.system.function(name), if run { *usual } else { 0 });
            if site.at_once(&function, self.limit()).await? != Some(wanted) {
                site.bound(&function, wanted, self.limit()).await?;
            }
        }
        Ok(Observed::Done)
    }

    async fn throttle(&self, region: &RegionName, wanted: Throttle) -> Attempt {
        let (site, stage) = (self.reach.site(region), &self.reach.system.names.stage);
        let api = site.api(&self.reach.system.api(), self.limit()).await?;
        if site.throttle(&api, stage, self.limit()).await? != Some(wanted) {
            site.set_throttle(&api, stage, wanted, self.limit()).await?;
        }
        Ok(Observed::Done)
    }

    /// Mutes the alarms that a planned change sets off, and notes how those of both Regions stand before.
    pub(super) async fn mute_alarms(&self) -> Attempt {
        let none = BTreeSet::new();
        let muting = self.let_alarms_call(&self.plan.target, false, &none);
        let (source, alarms) = tokio::join!(self.alarms_of(self.source()), muting);
        let (mut alarms, lacking) = (alarms?, source.as_ref().err().map(ToString::to_string));
        alarms.extend(source.unwrap_or_default());
        let lacking = lacking.map(|why| format!("alarms of {}: {why}", self.plan.source));
        let notes = Notes { alarms, lacking: lacking.into_iter().collect(), ..Notes::default() };
        Ok(Observed::Noted(notes))
    }

    /// Lets the alarms of a Region call again that this run has muted, or the one that it closed. The answer is how all
    /// stood.
    pub(super) async fn unmute(&self, region: &RegionName) -> Result<Vec<AlarmNote>, Failure> {
        match self.muted(region).await? {
            Some(silent) => self.let_alarms_call(region, true, &silent).await,
            None => self.alarms_of(self.reach.site(region)).await,
        }
    }

    /// What people had muted before this run muted the other alarms of a Region, or the run that it closed; nothing when
    /// neither has.
    pub(super) async fn muted(
        &self,
        region: &RegionName,
    ) -> Result<Option<BTreeSet<String>>, Failure> {
        let own = muted(self.entries, region);
        let Some(earlier) = self.plan.earlier.as_ref().filter(|_| own.is_none()) else {
            return Ok(own);
        };
        let entries = self.reach.entries(earlier).await.map_err(|said| again(said.to_string()))?;
        Ok(muted(&entries, region))
    }

    /// Lets the alarms of a Region call, or not, all but these, and looks whether it is so. The answer is how they stood.
    pub(super) async fn let_alarms_call(
        &self,
        region: &RegionName,
        call: bool,
        but: &BTreeSet<String>,
    ) -> Result<Vec<AlarmNote>, Failure> {
        let (site, prefix) = (self.reach.site(region), self.reach.system.beginning());
        let alarms = site.alarms(&prefix, self.limit()).await?;
        let stood = alarms.iter().map(|alarm| alarm.note(&site.region)).collect();
        let is_other = |alarm: &Alarm| alarm.calls != call && !but.contains(&alarm.name);
        let other: Vec<Alarm> = alarms.into_iter().filter(is_other).collect();
        if !other.is_empty() {
            site.let_call(&other, call, self.limit()).await?;
            let after = site.alarms(&prefix, self.limit()).await?;
            if let Some(alarm) = after.iter().find(|alarm| is_other(alarm)) {
                return Err(again(format!("`{}` is not changed yet", alarm.name)));
            }
        }
        Ok(stood)
    }

    /// How the alarms of a Region stand.
    pub(super) async fn alarms_of(&self, site: &Site) -> Result<Vec<AlarmNote>, Failure> {
        let alarms = site.alarms(&self.reach.system.beginning(), self.limit()).await?;
        Ok(alarms.iter().map(|alarm| alarm.note(&site.region)).collect())
    }
}

/// A success when all are, and else everything that was not done.
fn all_done<const N: usize>(attempts: [(&str, Attempt); N]) -> Attempt {
    let failed: Vec<String> = attempts
        .into_iter()
        .filter_map(|(what, attempt)| Some(format!("{what}: {}", attempt.err()?)))
        .collect();
    if failed.is_empty() { Ok(Observed::Done) } else { Err(again(failed.join("; "))) }
}
