//! The supervisor's socket: what it answers to runners, to people's commands and to tests.

use std::sync::Arc;

use drill::{Fault, Happening, RunStep, Site, What, parse};
use fence::{ControlStore as _, RunId};
use runbook::{Event, Journal as _};
use tokio::net::UnixListener;

use crate::act::{Ways, action_named};
use crate::network::Line;
use crate::place::Place;
use crate::system::ask::{Answer, Ask, Spoil, Step};
use crate::system::inner::Inner;
use crate::system::start::PUBLIC_NAME;
use crate::wire;

/// Answers whoever connects, for as long as the Regions run.
pub(crate) async fn answer_all(inner: Arc<Inner>, listener: UnixListener) {
    let answer = move |ask: Ask| {
        let inner = Arc::clone(&inner);
        async move { answer(&inner, ask).await }
    };
    match wire::serve_all(listener, answer).await {}
}

async fn answer(inner: &Arc<Inner>, ask: Ask) -> Answer {
    match ask {
        Ask::Ways { from } => Answer::Ways(Box::new(inner.ways(from))),
        Ask::Status => Answer::Status(Box::new(inner.status().await)),
        Ask::Change { words } => inner.change_by_words(&words).await,
        Ask::StartRunner { run } => match inner.start_runner_again(&run).await {
            Ok(()) => Answer::Done,
            Err(cause) => Answer::Not(cause),
        },
        Ask::Step { run, step } => Answer::GoOn { spoil: inner.step(&run, &step).await },
        Ask::Stopped { run, why } => {
            let step = RunStep::Stopped(why.text.clone());
            inner.note(What::Run { run: run.clone(), step });
            inner.hook.stopped(&run, &why);
            Answer::Done
        }
        Ask::Database { from, ask } => Answer::Database(inner.ask_database(from, ask)),
        Ask::Copied { from } => Answer::Is(match from {
            Place::Region(site) => inner.objects.behind(site) == 0,
            Place::Witness | Place::Outside => true,
        }),
        Ask::TakesCalls { at } => Answer::Is(match at {
            Place::Region(site) => !inner.faults().has(Fault::ControlPlanesLost(site)),
            Place::Witness | Place::Outside => true,
        }),
        Ask::Reaches { from, to } => Answer::Is(inner.faults().connects(from, to)),
    }
}

impl Inner {
    /// How everything is reached from a place; from the witness, as from outside.
    pub(crate) fn ways(&self, from: Place) -> Ways {
        let from = if from == Place::Witness { Place::Outside } else { from };
        let near = match from {
            Place::Region(site) => site,
            Place::Witness | Place::Outside => Site::Primary,
        };
        let end = |site, line| self.links.end(from, Place::Region(site), line);
        let both = Site::ALL;
        let timing = self.pace.timing;
        Ways {
            from,
            store: vec![end(near, Line::Store), end(near.other(), Line::Store)],
            ledgers: both.map(|site| self.clusters[site as usize].url_at(end(site, Line::Sql))),
            services: both.map(|site| end(site, Line::Api)),
            processor: match from {
                Place::Region(_) => self.links.end(from, Place::Outside, Line::Processor),
                Place::Witness | Place::Outside => self.addresses.processor,
            },
            dns: self.addresses.dns,
            public_name: PUBLIC_NAME.to_owned(),
            public_port: self.addresses.public_port,
            runs: both.map(|site| self.directory_of(site).join("runs")),
            timing_ms: [timing.lease_length.0, timing.renewal_interval.0, timing.clock_bound.0],
        }
    }

    /// Lets happen what the words of scenarios say.
    async fn change_by_words(&self, words: &str) -> Answer {
        let happening = match happening(words, self.faults().all()) {
            Ok(happening) => happening,
            Err(cause) => return Answer::Not(cause),
        };
        let changed = match happening {
            Happening::Fault(fault) => self.change(fault, true, words.to_owned()).await,
            Happening::Mend(fault) => self.change(fault, false, words.to_owned()).await,
            Happening::RestartService(site) => self.restart_service(site).await,
            _ => return Answer::Not(format!("`{words}` is no fault and ends none")),
        };
        changed.map_or_else(|cause| Answer::Not(cause.to_string()), |()| Answer::Done)
    }

    /// Another runner for a run that has a plan.
    async fn start_runner_again(&self, run: &str) -> Result<(), String> {
        let journal = self.store.journal(&RunId::new(run.to_owned()));
        let entries = journal.read().await.map_err(|silent| silent.to_string())?;
        let planned = entries.iter().rev().find_map(|entry| match &entry.event {
            Event::Planned { plan, .. } => Some(plan),
            _ => None,
        });
        let plan = planned.ok_or_else(|| format!("there is no run `{run}`"))?;
        let home = Site::of(&plan.target).ok_or("its target is no Region here")?;
        match self.start_runner(run, home, true).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(nothing_runs(home)),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Lets happen what is to happen at a step, and notes what came of an attempt.
    async fn step(&self, run: &str, step: &Step) -> Option<Spoil> {
        if let Step::Performed { action, done } = step
            && let Some(action) = action_named(action)
        {
            let step = RunStep::Performed { action, done: *done };
            self.note(What::Run { run: run.to_owned(), step });
        }
        self.hook.step(run, step).await
    }

    /// The control record, as it is seen from outside.
    pub(crate) async fn record(&self) -> Option<fence::ControlRecord> {
        self.store.read_record().await.ok()?
    }
}

fn nothing_runs(home: Site) -> String {
    let role = home.role();
    format!(
        "nothing runs in the {role}, where the run is carried on: type `tideover fault restore {role}` \
         if it is lost, or `tideover fault unfreeze {role}` if it stands still, and then this again"
    )
}

/// What the words of a scenario's line mean, while these faults are there: only what is broken can be
/// mended.
fn happening(words: &str, broken: impl Iterator<Item = Fault>) -> Result<Happening, String> {
    let broken: String =
        broken.map(|fault| format!("at 0s {}\n", Happening::Fault(fault))).collect();
    let text = format!("title a fault\n{broken}at 0s {words}\n");
    let scenario = parse("fault", &text).map_err(|mistakes| {
        let words: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        words.join("\n")
    })?;
    let last = scenario.happenings.into_iter().last();
    last.map(|line| line.happening).ok_or_else(|| "nothing is to happen".to_owned())
}
