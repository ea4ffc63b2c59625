//! The two Regions of this machine as the stage of a rehearsal, and its director as whoever is told of
//! the steps of their runs.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use drill::{Fault, Site, Spoiled, What};
use fence::{Author, ControlRecord, ControlStore as _, RunId};
use hyper::{Request, StatusCode};
use runbook::{Control, NotTaken, Plan, PlanKind, Precondition};
use tokio::time::timeout;

use super::director::{Director, Waits};
use super::script::Cue;
use super::stage::{Stage, Wanted};
use crate::act::{self, NotBegun, Reach, Unreachable, action_named};
use crate::place::Place;
use crate::system::{AtStep, Hook, Spoil, Standstill, Step, System};

/// For how long a probe waits for its answer.
const PROBE: Duration = Duration::from_millis(120);

/// The two Regions, and how people outside of both reach them.
pub struct Live {
    /// The two Regions.
    pub system: System,
    /// How they are reached from outside.
    pub reach: Reach,
}

impl Live {
    /// People stand outside of both Regions.
    ///
    /// # Errors
    /// When whoever runs the Regions does not answer.
    pub async fn new(system: System) -> Result<Self, Unreachable> {
        let nobody = RunId::new("none");
        let reach = Reach::from(&system.socket(), Place::Outside, &nobody).await?;
        Ok(Self { system, reach })
    }

    /// The run that is asked for: whoever is told that a switchover stands in the way of a failover
    /// lets it go on as one, and has read the advice.
    async fn request(&self, wanted: &Wanted) -> runbook::Request {
        let mut settings = act::settings(&self.reach, wanted.approvers);
        settings.change = Some("CHG-1".to_owned());
        let is_again = wanted.attempt > 1 && wanted.kind == PlanKind::Failover;
        let draining = if is_again { act::draining(&self.reach).await } else { None };
        if is_again {
            settings.despite.insert(Precondition::NoSwitchoverWouldDo);
        }
        runbook::Request {
            run: draining.unwrap_or_else(|| wanted.run.clone()),
            kind: wanted.kind,
            by: Author::new(wanted.by.as_str()),
            reason: "the drill wants it".to_owned(),
            settings,
        }
    }

    /// Where the control record lets payments be taken.
    pub(super) async fn active(&self) -> Option<Site> {
        self.record().await?.active_region().and_then(Site::of)
    }
}

impl Stage for Live {
    async fn change(&self, fault: Fault, begins: bool, line: &str) -> Result<(), String> {
        self.system.change(fault, begins, line).await.map_err(|error| error.to_string())
    }

    async fn restart_service(&self, site: Site) -> Result<(), String> {
        self.system.restart_service(site).await.map_err(|error| error.to_string())
    }

    fn broken(&self) -> BTreeSet<Fault> {
        self.system.broken()
    }

    async fn plan(&self, wanted: &Wanted) -> Result<Plan, (RunId, String)> {
        let request = self.request(wanted).await;
        let begun = act::begin(&self.reach, &request).await;
        begun.map_err(|not: NotBegun| (request.run, not.to_string()))
    }

    async fn start_runner(&self, plan: &Plan, rude: bool) -> Result<(), String> {
        self.system.start_runner(plan, rude).await.map_err(|error| error.to_string())
    }

    async fn kill_runner(&self, run: &RunId) -> Result<(), String> {
        self.system.kill_runner(run).await;
        Ok(())
    }

    async fn has_runner(&self, run: &RunId) -> bool {
        self.system.has_runner(run).await
    }

    async fn order(&self, run: &RunId, control: &Control, by: &Author) -> Result<(), NotTaken> {
        self.reach.order(run, control, by).await
    }

    async fn record(&self) -> Option<ControlRecord> {
        self.reach.store.read_record().await.ok()?
    }

    async fn is_ready(&self, site: Site) -> bool {
        let url = format!("http://{}/health/ready", self.reach.ways.services[site as usize]);
        let Ok(request) = Request::get(url).body(Bytes::new()) else { return false };
        let answer = timeout(PROBE, self.reach.http.exchange(request)).await;
        answer.is_ok_and(|answer| answer.is_ok_and(|answer| answer.status() == StatusCode::OK))
    }

    async fn left(&self) -> Vec<String> {
        let Some(active) = self.active().await else {
            return vec!["no Region is active".to_owned()];
        };
        match self.reach.ledger(active).everything().await {
            Err(error) => vec![format!("the ledger is silent: {error}")],
            Ok((payments, _)) => {
                let states = payments.iter().flat_map(|record| record.movements());
                let is_open = |state: payments::State| !state.is_final();
                let open = states.filter(|(_, state)| state.is_some_and(is_open)).count();
                (open > 0)
                    .then(|| format!("{open} movements are not settled"))
                    .into_iter()
                    .collect()
            }
        }
    }

    async fn lag_ms(&self) -> Option<u64> {
        let active = self.active().await?;
        let standing = act::standing(self.reach.ledger(active)).await?;
        standing.behind_bytes?;
        Some(standing.behind_ms.unwrap_or(0))
    }

    fn note(&self, what: What) {
        self.system.note(what);
    }
}

impl Hook for Director<Live> {
    fn step<'h>(&'h self, run: &'h str, step: &'h Step) -> AtStep<'h> {
        Box::pin(async move { Self::step(self, run, cue(step)).await.map(spoil) })
    }

    fn stopped(&self, run: &str, why: &Standstill) {
        Self::stopped(self, run, waits(&why.waits));
    }
}

fn cue(step: &Step) -> Cue {
    match step {
        Step::Before(action) => action_named(action).map_or(Cue::Plain, Cue::Before),
        Step::Behind(action) => action_named(action).map_or(Cue::Plain, Cue::Behind),
        Step::Perform(_) => Cue::Attempt,
        Step::Plain | Step::Performed { .. } => Cue::Plain,
    }
}

const fn spoil(spoiled: Spoiled) -> Spoil {
    match spoiled {
        Spoiled::Interrupted => Spoil::Interrupted,
        Spoiled::Unclear => Spoil::Unclear,
        Spoiled::Refused => Spoil::Refused,
    }
}

fn waits(waits: &crate::system::Waits) -> Waits {
    use crate::system::Waits as Told;
    match waits {
        Told::Over => Waits::Over,
        Told::Approval(action) => action_named(action).map_or(Waits::Time, Waits::Approval),
        Told::Person { action, by_record } => action_named(action)
            .map_or(Waits::Time, |action| Waits::Person { action, by_record: *by_record }),
        Told::Time => Waits::Time,
    }
}
