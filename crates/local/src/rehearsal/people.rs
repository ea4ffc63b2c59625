//! The people on duty: they see, ask for runs, approve, decide what a run waits for, and start
//! runners again.

use std::time::Duration;

use drill::{Site, Watch};
use fence::{Author, DurationMs, RunId};
use runbook::{ActionName, Control, NotTaken, PlanKind};
use tokio::time::{Instant, sleep};

use super::director::{Director, Waits};
use super::stage::{Stage, Wanted};

/// From one look of whoever starts runners again to the next, in milliseconds of the scenario.
const SUPERVISION_MS: u64 = 5_000;
/// For how long an approval counts, in milliseconds of the scenario.
const APPROVAL_LASTS_MS: u64 = 600_000;
/// How long until people who have been asked are asked again, in milliseconds of the scenario.
const ASKED_MS: u64 = 90_000;
/// How often somebody asks for a run that is refused.
const ASKS_MAX: u32 = 20;
/// How often an order is given that the journal does not answer.
const TRIES_MAX: u32 = 300;
/// The pause between two tries.
const TRY: Duration = Duration::from_millis(20);
/// The shortest time from one probe to the next.
const PROBE_LEAST: Duration = Duration::from_millis(100);

impl<S: Stage> Director<S> {
    /// Watches and supervises, until there is no stage any more.
    pub fn go_on_duty(&self) {
        if let Some(seen) = self.scenario().operator.watch {
            tokio::spawn(self.clone().watch(seen));
        }
        tokio::spawn(self.clone().supervise());
    }

    /// Begins a failover when the active Region does not answer, whatever run only waits by then.
    async fn watch(self, seen: Watch) {
        let every = self.tempo().real(seen.every_ms).max(PROBE_LEAST);
        let (mut failed, mut next, mut known) = (0, Instant::now() + every, Site::Primary);
        loop {
            tokio::time::sleep_until(next).await;
            next = (next + every).max(Instant::now());
            let Some(stage) = self.stage() else { return };
            // At once: where nothing answers both take their time.
            let (is_ready, active) = tokio::join!(stage.is_ready(known), active(&*stage));
            let is_known = active.is_none_or(|active| active == known);
            let is_lost = is_known && !is_ready && !self.is_moving(&*stage).await;
            known = active.unwrap_or(known);
            failed = if is_lost { failed + 1 } else { 0 };
            if failed >= seen.failed_probes {
                sleep(self.decision()).await;
                self.with(|state| state.asking += 1);
                self.ask(PlanKind::Failover, "watch").await;
                failed = 0;
            }
        }
    }

    /// Whether a run is on its way to open its target, or somebody is about to begin one.
    async fn is_moving(&self, stage: &S) -> bool {
        let (asking, targets) = self.with(|state| {
            let targets: Vec<Site> = state.open().map(|run| run.target()).collect();
            (state.asking, targets)
        });
        if asking > 0 || targets.is_empty() {
            return asking > 0;
        }
        let active = active(stage).await;
        targets.iter().any(|target| active != Some(*target))
    }

    /// Whether the active Region takes payments, as a probe from outside sees it.
    pub(super) async fn active_serves(&self, stage: &S) -> bool {
        match active(stage).await {
            Some(site) => stage.is_ready(site).await,
            // Nobody can tell which it is, or a run is on its way.
            None => true,
        }
    }

    /// Somebody asks for a run.
    pub(super) fn request(&self, kind: PlanKind, by: &'static str) {
        self.with(|state| state.asking += 1);
        let director = self.clone();
        tokio::spawn(async move { director.ask(kind, by).await });
    }

    /// Asks, and once more after a while when it is refused, unless it is a rival's.
    async fn ask(&self, kind: PlanKind, by: &'static str) {
        for attempt in 1..=ASKS_MAX {
            if self.ask_once(kind, by, attempt).await || by == "rival" {
                break;
            }
            sleep(self.decision()).await;
            let Some(stage) = self.stage() else { break };
            if by == "watch" && self.active_serves(&*stage).await {
                break;
            }
        }
        self.with(|state| state.asking -= 1);
    }

    async fn ask_once(&self, kind: PlanKind, by: &str, attempt: u32) -> bool {
        let Some(stage) = self.stage() else { return true };
        let number = self.with(|state| {
            state.asked += 1;
            state.asked
        });
        let run = RunId::new(format!("{kind}-{by}-{number}"));
        let approvers = self.scenario().operator.approvers;
        let wanted = Wanted { run, kind, by: by.to_owned(), attempt, approvers };
        match stage.plan(&wanted).await {
            Ok(plan) => {
                self.with(|state| state.begin(plan.clone()));
                if let Err(cause) = stage.start_runner(&plan, true).await {
                    self.mishap(cause);
                }
                true
            }
            Err((run, reasons)) => {
                self.note_not_planned(&run, reasons);
                false
            }
        }
    }

    /// Starts runners again that died, and lets nobody wait for a Region that will not come back.
    async fn supervise(self) {
        loop {
            sleep(self.tempo().real(SUPERVISION_MS)).await;
            let Some(stage) = self.stage() else { return };
            for running in self.with(|state| state.open().cloned().collect::<Vec<_>>()) {
                let is_due = running.restart_at <= Instant::now();
                if is_due && runs(&*stage, running.target()) {
                    self.start_again(&*stage, &running.plan).await;
                }
                if self.is_hopeless(&*stage, &running).await {
                    for action in [ActionName::AwaitSource, ActionName::RestoreProtection] {
                        let reason = "the Region will not come back".to_owned();
                        let control = Control::Skip { action, reason };
                        self.give(&running.plan.run, &control, "operator").await;
                    }
                }
            }
        }
    }

    async fn start_again(&self, stage: &S, plan: &runbook::Plan) {
        if !stage.has_runner(&plan.run).await
            && let Err(cause) = stage.start_runner(plan, true).await
        {
            self.mishap(cause);
        }
    }

    /// Whether a run serves its target and its source is broken for good.
    async fn is_hopeless(&self, stage: &S, running: &super::director::Running) -> bool {
        let target = running.target();
        let (source, broken) = (target.other(), stage.broken());
        let is_broken = !runs(stage, source)
            || broken.contains(&drill::Fault::DatabaseLost(source))
            || broken.contains(&drill::Fault::DiskFull(source));
        let will_mend = self.with(|state| state.mending > 0 || state.script.agenda.will_mend());
        is_broken && !will_mend && active(stage).await == Some(target)
    }

    /// A run waits for people, who see to it in their own time.
    pub(super) fn see_to(&self, run: &str, waits: Waits) {
        let (director, run) = (self.clone(), RunId::new(run.to_owned()));
        match waits {
            Waits::Approval(action) => {
                tokio::spawn(async move { director.approve(&run, action).await });
            }
            Waits::Person { action, by_record } => {
                tokio::spawn(async move { director.decide(&run, action, by_record).await });
            }
            Waits::Nothing | Waits::Over | Waits::Time => {}
        }
    }

    /// The people on duty approve, each in their own time, and again when that did not count.
    async fn approve(&self, run: &RunId, action: ActionName) {
        let lasts = self.tempo().real(APPROVAL_LASTS_MS);
        let lasts = DurationMs(u64::try_from(lasts.as_millis()).unwrap_or(u64::MAX));
        let waits = Waits::Approval(action);
        while self.stage().is_some() && self.still(run, waits) {
            for number in 1..=self.scenario().operator.approvers {
                let (director, run, wait) = (self.clone(), run.clone(), self.decision());
                let control = Control::Approve { action, lasts };
                tokio::spawn(async move {
                    sleep(wait).await;
                    director.give(&run, &control, &format!("approver-{number}")).await;
                });
            }
            sleep(self.tempo().real(ASKED_MS)).await;
        }
    }

    /// Somebody sees to an action that failed all its attempts: it is to be done once more, but a run
    /// that may not begin, because another has, is given up.
    async fn decide(&self, run: &RunId, action: ActionName, by_record: bool) {
        let waits = Waits::Person { action, by_record };
        while self.stage().is_some() && self.still(run, waits) {
            sleep(self.decision()).await;
            let control = match (action, by_record) {
                (ActionName::BeginRun, true) => {
                    Control::Abort { reason: "another run has begun".to_owned() }
                }
                _ => Control::Retry(action),
            };
            self.give(run, &control, "operator").await;
            sleep(self.tempo().real(ASKED_MS)).await;
        }
    }

    fn still(&self, run: &RunId, waits: Waits) -> bool {
        self.with(|state| state.find(run.as_str()).is_some_and(|run| run.waits == waits))
    }

    /// Somebody aborts the run that is open.
    pub(super) fn abort(&self) {
        let reason = "somebody changed their mind".to_owned();
        self.give_later("abort", Duration::ZERO, Control::Abort { reason });
    }

    /// Somebody pauses the run that is open, and resumes it later.
    pub(super) fn pause(&self, rest: Duration) {
        self.give_later("pause", Duration::ZERO, Control::Pause);
        self.give_later("resume", rest + TRY, Control::Resume);
    }

    fn give_later(&self, order: &str, wait: Duration, control: Control) {
        let (director, Some(run)) = (self.clone(), self.open_run()) else {
            return self.found_nobody(order);
        };
        tokio::spawn(async move {
            sleep(wait).await;
            director.give(&run, &control, "operator").await;
        });
    }

    /// Gives an order, until it is taken or refused.
    async fn give(&self, run: &RunId, control: &Control, by: &str) {
        let by = Author::new(by);
        for _ in 0..TRIES_MAX {
            let Some(stage) = self.stage() else { return };
            match stage.order(run, control, &by).await {
                Err(NotTaken::JournalSilent { .. }) => sleep(TRY).await,
                // Taken, or refused: the run has gone on without it.
                Ok(()) | Err(_) => return,
            }
        }
    }

    pub(super) fn open_run(&self) -> Option<RunId> {
        self.with(|state| state.open().next_back().map(|run| run.plan.run.clone()))
    }
}

async fn active(stage: &impl Stage) -> Option<Site> {
    stage.record().await?.active_region().and_then(Site::of)
}

/// Whether the Region is neither lost nor stands still.
fn runs(stage: &impl Stage, site: Site) -> bool {
    let broken = stage.broken();
    let stops = [drill::Fault::RegionLost(site), drill::Fault::RegionFrozen(site)];
    !stops.iter().any(|fault| broken.contains(fault))
}
