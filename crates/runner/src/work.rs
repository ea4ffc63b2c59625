//! What an invocation does, whatever it is told.

use std::collections::BTreeSet;
use std::env;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use aws::{Aws, Place, SnsTopic};
use cloud::{Reach, Ways};
use lambda_runtime::{Diagnostic, Error};
use region::Trust;
use runbook::automatic::Episode;

use crate::consider::consider;
use crate::event::{Event, OfRun, Task};
use crate::logged;
use crate::people;
use crate::perform::perform;
use crate::settings::Settings;

/// How long before Lambda ends an invocation it ends itself. What Lambda ends a state machine takes for a failure of the
/// function, and asks a person.
const RESERVE: Duration = Duration::from_secs(5);

/// Why an invocation fails: the name of an error that the state machine knows, and what people read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotDone {
    pub(crate) name: &'static str,
    pub(crate) words: String,
}

impl From<NotDone> for Diagnostic {
    fn from(NotDone { name, words }: NotDone) -> Self {
        Self { error_type: name.to_owned(), error_message: words }
    }
}

/// What is there for every invocation.
pub(crate) struct Work {
    pub(crate) settings: Settings,
    pub(crate) reach: Reach,
    pub(crate) topic: SnsTopic,
    /// What people were told of which alarm by this instance: the control table, which remembers it for all, may be
    /// silent.
    pub(crate) told: Mutex<BTreeSet<(Episode, String)>>,
}

impl Work {
    /// Connects to nothing yet.
    pub(crate) fn new(settings: Settings) -> Result<Self, Error> {
        let here = &settings.here;
        let ways = Ways::of_function(here).told_by(|name| env::var(name).ok())?;
        let reach =
            Reach::new(settings.system.clone(), ways, Trust::native()?, random, logged::notice);
        let aws = Aws::new(Place::in_region(here.as_str()), random, logged::notice);
        let topic = SnsTopic::new(&aws, &settings.people_topic);
        Ok(Self { reach, topic, settings, told: Mutex::default() })
    }

    /// Does what it is told, in the time there is.
    pub(crate) async fn handle(&self, event: Event, deadline: SystemTime) -> Result<(), NotDone> {
        let left = deadline.duration_since(SystemTime::now()).unwrap_or_default();
        let time = left.saturating_sub(RESERVE.min(left / 4));
        let work = async {
            match event {
                Event::OfRun(event) => self.of_run(&event).await,
                Event::Consider { alarm } => consider(self, &alarm).await,
            }
        };
        match tokio::time::timeout(time, work).await {
            Ok(done) => done,
            Err(_) => Err(again("the time of an invocation was over; it goes on in the next one")),
        }
    }

    async fn of_run(&self, event: &OfRun) -> Result<(), NotDone> {
        match event.task {
            Task::Perform(action) => perform(self, event, action).await,
            Task::Approve(action) | Task::Ask(action) => {
                people::wait(self, event, action).await;
                Ok(())
            }
        }
    }
}

/// Nothing is over yet.
pub(crate) fn again(words: &str) -> NotDone {
    NotDone { name: runbook::render::TRY_AGAIN, words: words.to_owned() }
}

/// Random bits for pauses; the same ones where the system has none to give, which only makes pauses alike.
fn random() -> u64 {
    getrandom::u64().unwrap_or_default()
}
