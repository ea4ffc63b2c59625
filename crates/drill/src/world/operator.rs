//! The people on duty: they see, ask for runs, approve, start runners again, and decide what a run
//! waits for.

use fence::{Author, DurationMs, Millis, RunId, State};
use runbook::{
    ActionName, Facts, Known, Lag, Plan, PlanKind, Precondition, RecordSeen, Request, Settings,
    SiteFacts, plan, write_plan,
};

use crate::history::{RunStep, Site, WITNESS_REGION};
use crate::scenario::{Fault, Watch};
use crate::sim::Sim;
use crate::world::World;
use crate::world::network::Place;
use crate::world::people::{Desk, skip};
use crate::world::runner::start_runner;
use crate::world::runs::Running;

/// From one look of whoever starts runners again to the next, in milliseconds.
const SUPERVISION_MS: u64 = 5_000;
/// How long until another runner goes on with a journal that was shortened, in milliseconds.
const SHORT_REST_MS: u64 = 1_000;
/// How often somebody asks for a run that is refused.
const ASKS_MAX: u32 = 20;

/// Begins a failover when the active Region does not answer, whatever run only waits by then.
pub(crate) async fn watch(sim: Sim, seen: Watch) {
    let mut failed = 0;
    loop {
        sim.sleep(seen.every_ms).await;
        let is_lost = sim.with(|world| !world.is_moving() && !world.active_serves());
        failed = if is_lost { failed + 1 } else { 0 };
        if failed >= seen.failed_probes {
            sim.sleep(decision_ms(&sim)).await;
            sim.with(|world| world.runs.asking += 1);
            ask(&sim, PlanKind::Failover, "watch").await;
            failed = 0;
        }
    }
}

/// How long a person takes to decide.
pub(crate) fn decision_ms(sim: &Sim) -> u64 {
    sim.with(|world| {
        let span = world.progress.operator.decide_ms;
        world.kernel.random.within(span)
    })
}

/// Somebody asks for a run.
pub(crate) fn request(sim: &Sim, kind: PlanKind, by: &'static str) {
    let outside = sim.with(|world| {
        world.runs.asking += 1;
        world.progress.outside()
    });
    let asking = sim.clone();
    sim.spawn(outside, async move { ask(&asking, kind, by).await });
}

/// Asks, and once more after a while when it is refused, unless it is a rival's.
async fn ask(sim: &Sim, kind: PlanKind, by: &'static str) {
    ask_until_it_begins(sim, kind, by).await;
    sim.with(|world| world.runs.asking -= 1);
}

async fn ask_until_it_begins(sim: &Sim, kind: PlanKind, by: &'static str) {
    for attempt in 1..=ASKS_MAX {
        sim.sleep(sim.with(|world| 200 + world.kernel.random.below(800))).await;
        if ask_once(sim, kind, by, attempt).await || by == "rival" {
            return;
        }
        sim.sleep(decision_ms(sim)).await;
        if by == "watch" && sim.with(|world| world.active_serves()) {
            return;
        }
    }
}

async fn ask_once(sim: &Sim, kind: PlanKind, by: &str, attempt: u32) -> bool {
    let (request, facts) = sim.with(|world| (world.request(kind, by, attempt), world.facts()));
    match plan(&request, &facts) {
        Ok(plan) => begin(sim, &request, plan).await,
        Err(unmet) => {
            let reasons: Vec<String> = unmet.iter().map(ToString::to_string).collect();
            let step = RunStep::NotPlanned(reasons.join("; "));
            sim.with(|world| world.note_run(&request.run, step));
            false
        }
    }
}

/// Writes the plan down and starts a runner.
async fn begin(sim: &Sim, request: &Request, plan: Plan) -> bool {
    let (at, source, target) = sim.with(|world| {
        (world.clock(None), world.site_of(&plan.source), world.site_of(&plan.target))
    });
    let desk = Desk { sim: sim.clone(), run: request.run.clone() };
    if write_plan(&desk, &plan, &request.by, &request.reason, at).await.is_err() {
        return false;
    }
    sim.with(|world| world.runs.begin(&request.run, source, target));
    start_runner(sim, &request.run);
    true
}

impl World {
    /// Whether a run is on its way to open its target, or somebody is about to begin one.
    fn is_moving(&self) -> bool {
        let active = self.store.record.active_region();
        let opens = |run: &Running| active != Some(self.region(run.target));
        self.runs.asking > 0 || self.runs.open().any(opens)
    }

    /// Whether the active Region takes payments, as a probe from outside sees it.
    fn active_serves(&self) -> bool {
        let active = self.store.record.active_region().map(|region| self.site_of(region));
        active.is_none_or(|site| {
            self.api_answers(site)
                && self.gate(site) != payments::Gate::Closed
                && self.database_answers(site)
        })
    }

    fn request(&mut self, kind: PlanKind, by: &str, attempt: u32) -> Request {
        let own = RunId::new(format!("{kind}-{by}-{}", self.runs.count_runner()));
        let run = self.draining_run().filter(|_| kind == PlanKind::Failover && attempt > 1);
        let mut settings = Settings { timing: self.timing, ..Settings::default() };
        settings.approvers = self.progress.operator.approvers;
        settings.change = Some("CHG-1".to_owned());
        settings.pause_before_failback = DurationMs::ZERO;
        if attempt > 1 && kind == PlanKind::Failover {
            // Whoever asks again has read the advice.
            settings.despite.insert(Precondition::NoSwitchoverWouldDo);
        }
        let reason = "the drill wants it".to_owned();
        Request { run: run.unwrap_or(own), kind, by: Author::new(by), reason, settings }
    }

    /// The switchover that is on its way: whoever is told that it stands in the way of a failover
    /// lets it go on as one.
    fn draining_run(&self) -> Option<RunId> {
        let is_draining = self.store.record.state() == State::Draining;
        self.store.record.run().filter(|_| is_draining).map(|run| run.id.clone())
    }

    fn facts(&mut self) -> Facts {
        let (at, regions) = (self.clock(None), self.regions.clone());
        let witness = fence::RegionName::new(WITNESS_REGION);
        let [primary, standby] = regions;
        let unknown = Facts::unknown(at, primary, standby, witness);
        let lag = DurationMs(self.replica_lag_ms());
        let calm_since = Some(Millis(at.0.saturating_sub(24 * 3_600_000)));
        let is_seen = self.replication_works();
        let lag = Lag { now: is_seen.then_some(lag), calm_since };
        let no_lag = Lag { now: Some(DurationMs::ZERO), calm_since };
        let reconciled = self
            .store
            .intents
            .values()
            .all(|intent| intent.state != payments::IntentState::Quarantined);
        Facts {
            primary: self.site_facts(Site::Primary, &unknown.primary),
            standby: self.site_facts(Site::Standby, &unknown.standby),
            record: self.record_seen(),
            versions_equal: Known::from(!self.faults.has(Fault::PromotionRefused)),
            database_lag: lag,
            table_lag: no_lag,
            bucket_lag: no_lag,
            alarms_quiet: Known::Yes,
            parity: Known::Yes,
            reconciled: Known::from(reconciled),
            last_failover_at: None,
            ..unknown
        }
    }

    fn record_seen(&self) -> RecordSeen {
        if Site::ALL.iter().any(|site| self.endpoint_answers(Place::Outside, *site)) {
            return RecordSeen::Read(Box::new(self.store.record.clone()));
        }
        RecordSeen::Silent { cause: "no endpoint answers".to_owned() }
    }

    fn site_facts(&self, site: Site, unknown: &SiteFacts) -> SiteFacts {
        let reaches = self.network.connects(Place::Outside, Place::Region(site))
            && self.faults.runs(site)
            && !self.faults.has(Fault::RegionIsolated(site));
        let when_reached = |is_so: bool| if reaches { Known::from(is_so) } else { Known::Unknown };
        SiteFacts {
            region: unknown.region.clone(),
            has_database: when_reached(self.database_answers(site)),
            is_writer: when_reached(self.databases.writer == site),
            is_available: when_reached(self.database_answers(site)),
            database_service_answers: when_reached(
                !self.faults.has(Fault::ControlPlanesLost(site)),
            ),
            canary_green: when_reached(self.api_answers(site)),
            certificates_valid: when_reached(true),
        }
    }
}

/// Sees to runs that do not go on by themselves: starts runners again that died with their Region,
/// and lets nobody wait for a Region that will not come back.
pub(crate) async fn supervise(sim: Sim) {
    loop {
        sim.sleep(SUPERVISION_MS).await;
        for run in sim.with(World::dead_runs) {
            start_runner(&sim, &run);
        }
        for run in sim.with(World::hopeless_runs) {
            for action in [ActionName::AwaitSource, ActionName::RestoreProtection] {
                skip(&sim, &run, action).await;
            }
        }
    }
}

impl World {
    /// Runs whose runner has died, in a Region that runs.
    fn dead_runs(&mut self) -> Vec<RunId> {
        let now = self.kernel.now();
        let is_dead = |run: &&Running| {
            run.restart_at <= now
                && run.runner.is_none_or(|runner| !self.kernel.is_alive(runner))
                && self.faults.runs(run.target)
        };
        self.runs.open().filter(is_dead).map(|run| run.id.clone()).collect()
    }

    /// Runs that serve their target and whose source is broken for good.
    fn hopeless_runs(&mut self) -> Vec<RunId> {
        let active = self.store.record.active_region().map(|region| self.site_of(region));
        let is_hopeless = |run: &&Running| {
            active == Some(run.target)
                && !self.script.agenda.will_mend()
                && (!self.faults.runs(run.source)
                    || self.faults.has(Fault::DatabaseLost(run.source))
                    || self.is_disk_full(run.source))
        };
        self.runs.open().filter(is_hopeless).map(|run| run.id.clone()).collect()
    }
}

/// The runner of the run that is open dies; another goes on after so many milliseconds.
pub(crate) fn kill_runner(sim: &Sim, rest_ms: u64) {
    let killed = sim.with(|world| {
        let restart_at = world.kernel.now() + rest_ms;
        let run = world.runs.list.iter_mut().rev().find(|run| !run.is_over)?;
        let runner = run.runner?;
        run.restart_at = restart_at;
        let id = run.id.clone();
        world.kernel.kill(runner);
        world.note_run(&id, RunStep::Died);
        Some(id)
    });
    let Some(run) = killed else { return };
    let (outside, later) = (sim.with(|world| world.progress.outside()), sim.clone());
    sim.spawn(outside, async move {
        later.sleep(rest_ms).await;
        let is_wanted = later.with(|world| {
            let runs =
                world.faults.runs(world.runs.find(&run).map_or(Site::Primary, |run| run.target));
            let runner =
                world.runs.find(&run).filter(|run| !run.is_over).and_then(|run| run.runner);
            runs && runner.is_some_and(|runner| !world.kernel.is_alive(runner))
        });
        if is_wanted {
            start_runner(&later, &run);
        }
    });
}

/// The runner of the run that is open dies, and its journal loses everything behind these lines but
/// for the plan.
pub(crate) fn shorten_journal(sim: &Sim, lines: u32) {
    sim.with(|world| {
        let Some(run) = world.runs.open().last().map(|run| run.id.clone()) else { return };
        let kept = usize::try_from(lines).unwrap_or(usize::MAX).max(1);
        if let Some(journal) = world.store.journals.get_mut(&run) {
            journal.truncate(kept);
            let left = journal.len() as u64;
            world.note_run(&run, RunStep::Shortened(left));
        }
    });
    kill_runner(sim, SHORT_REST_MS);
}
