//! A runner with its journal: what it does next, and that it may.

use fence::{Author, DurationMs, Millis, NoAnswer};
use planted::{Bug, is_planted};

use crate::action::{Action, ActionName};
use crate::attempt::attempt;
use crate::book::{Book, Noted};
use crate::drive::{Runner, Takeover};
use crate::journal::Event;
use crate::next::Next;
use crate::plan::Plan;
use crate::ports::{Journal, World};
use crate::progress::Heading;
use crate::stopped::Stopped;
use crate::tenure::{Tenure, tenure};

/// An attempt that is due.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Due {
    pub(crate) heading: Heading,
    pub(crate) name: ActionName,
    pub(crate) attempt: u32,
    pub(crate) not_before: Millis,
}

/// A runner with its journal.
pub(crate) struct Driver<'p, W, J> {
    world: &'p W,
    runner: &'p Runner,
    book: Book<'p, W, J>,
    /// Whether it took the run: if another has it then, it was taken from this one.
    has_taken: bool,
}

impl<'p, W: World, J: Journal> Driver<'p, W, J> {
    pub(crate) async fn open(
        world: &'p W,
        journal: &'p J,
        runner: &'p Runner,
    ) -> Result<Self, Stopped> {
        let book = Book::open(world, journal).await.map_err(silent)?;
        Ok(Self { world, runner, book, has_taken: false })
    }

    /// The plan in force, and in which direction the run goes.
    pub(crate) fn plan_and_heading(&self) -> Option<(&Plan, Heading)> {
        let (plan, ..) = self.book.progress().planned(self.book.entries())?;
        Some((plan, self.book.progress().heading()))
    }

    /// What is due, whoever has paused the run.
    pub(crate) fn unpaused(&self) -> Next<'_> {
        self.book.progress().due(self.book.entries(), self.world.now())
    }

    /// The attempt that is due, which this runner may make.
    pub(crate) async fn due(&mut self) -> Result<Due, Stopped> {
        loop {
            let heading = self.book.progress().heading();
            match self.book.next(self.world.now()) {
                Next::Act { action, attempt, not_before } => {
                    let due = Due { heading, name: action.name, attempt, not_before };
                    if self.has_run() || self.take().await? {
                        return Ok(due);
                    }
                }
                Next::TurnBack { action, failure } => {
                    let reason = format!("`{}` failed: {failure}", action.name);
                    let by = Author::new(self.runner.name.0.clone());
                    if self.has_run() || self.take().await? {
                        self.note(Event::Aborted { by, reason }).await?;
                    }
                }
                other => return Err(self.stopped(other)),
            }
        }
    }

    pub(crate) async fn wait_until(&self, instant: Millis) {
        let span = instant.since(self.world.now());
        if span > DurationMs::ZERO {
            self.world.wait(span).await;
        }
    }

    /// Makes the attempt, written down before its effect and after it. Whether it was made: before
    /// it began somebody may have written something else.
    pub(crate) async fn attempt(&mut self, due: &Due) -> Result<bool, Stopped> {
        let Due { name: action, attempt: number, .. } = *due;
        let runner = self.runner.name.clone();
        let began = Event::Began { action, attempt: number, runner };
        let Some(began_at) = self.begin(began, action).await? else { return Ok(false) };
        let (entries, progress) = (self.book.entries(), self.book.progress());
        let result = attempt(self.world, progress, entries, self.action(due), began_at).await;
        let runner = self.runner.name.clone();
        let mut ended = Event::Ended { action, attempt: number, runner, result };
        // The result is not to be lost to somebody who only pauses the run. Under another plan it
        // counts for nothing, and is told all the same.
        while let Noted::No(event) = self.note(ended).await? {
            self.check_has_run()?;
            ended = event;
        }
        Ok(true)
    }

    /// Writes that an attempt begins; when it began, or nothing when it is not to be made: somebody
    /// else has written before, or has turned the run back or changed its plan behind that entry.
    async fn begin(&mut self, began: Event, action: ActionName) -> Result<Option<Millis>, Stopped> {
        if is_planted(Bug::EffectBeforeJournal) {
            self.check_has_run()?;
            return Ok(Some(self.world.now()));
        }
        let place = self.book.entries().len();
        if let Noted::No(_) = self.note(began).await? {
            return Ok(None);
        }
        self.check_has_run()?;
        let is_in_hand = self.book.progress().in_hand(action) == Some(place);
        Ok(is_in_hand.then(|| self.book.entries()[place].at))
    }

    fn action(&self, due: &Due) -> &Action {
        let (plan, ..) =
            self.book.progress().planned(self.book.entries()).expect("what is due was planned");
        let mut way = plan.way(due.heading).iter();
        way.find(|action| action.name == due.name).expect("what is due is in the plan")
    }

    async fn note(&mut self, event: Event) -> Result<Noted, Stopped> {
        self.book.note(event).await.map_err(silent)
    }

    fn has_run(&self) -> bool {
        self.book.runner() == Some(&self.runner.name) || is_planted(Bug::OtherRunnerIgnored)
    }

    /// Takes the run if it may; whether it has.
    async fn take(&mut self) -> Result<bool, Stopped> {
        if let Tenure::Held(runner, free_at) = tenure(self.book.progress(), self.book.entries()) {
            let may_take = match self.runner.takeover {
                Takeover::AtOnce => !self.has_taken,
                Takeover::WhenSilent => free_at <= self.world.now(),
            };
            if !may_take {
                return Err(Stopped::OtherRunner { runner: runner.clone(), free_at });
            }
        }
        let took = Event::Took { runner: self.runner.name.clone() };
        let is_written = self.note(took).await? == Noted::Yes;
        self.has_taken |= is_written;
        Ok(is_written && self.has_run())
    }

    /// That nobody has taken the run from this runner.
    fn check_has_run(&self) -> Result<(), Stopped> {
        match self.book.runner() {
            Some(runner) if *runner != self.runner.name && !is_planted(Bug::OtherRunnerIgnored) => {
                let (runner, free_at) = (runner.clone(), self.world.now());
                Err(Stopped::OtherRunner { runner, free_at })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Why there is nothing to do for a runner.
    fn stopped(&self, next: Next<'_>) -> Stopped {
        let (progress, entries) = (self.book.progress(), self.book.entries());
        match next {
            Next::NotPlanned => Stopped::NotPlanned,
            Next::Superseded => Stopped::Superseded,
            Next::Finished => Stopped::Finished,
            Next::TurnedBack => Stopped::TurnedBack,
            Next::Paused { by } => Stopped::Paused { by: by.clone() },
            Next::Approval { action, approved } => Stopped::WaitsForApproval {
                action: action.name,
                needed: action.approvers,
                approved,
                shown: progress.evidence(entries),
            },
            Next::Person { action, failure } => Stopped::WaitsForPerson {
                action: action.name,
                failure: failure.clone(),
                is_skippable: action.is_skippable,
                is_abortable: progress.may_abort(),
            },
            Next::Act { .. } | Next::TurnBack { .. } => unreachable!("there is something to do"),
        }
    }
}

fn silent(no_answer: NoAnswer) -> Stopped {
    Stopped::JournalSilent { cause: no_answer.cause }
}
