//! What one runner reaches, from the place where it runs.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use drill::Site;
use fence::{DurationMs, Millis, NoAnswer, RunId};
use region::{HttpClient, HttpLimits, ProcessorClient, Reach as Reachable, Trust};
use runbook::{Action, ActionName, Appended, Entry, Event, Failure, Journal, Observed, Plan};
use stores::PgLedger;

use crate::act::perform;
use crate::act::ways::Ways;
use crate::clock::now_us;
use crate::place::Place;
use crate::store::{RunJournal, StoreClient};
use crate::system::ask::{Answer, Ask, DatabaseAnswer, DatabaseAsk, Spoil, Step};
use crate::wire::Caller;

/// For how long the supervisor is waited for, which may let something happen at a step.
const SUPERVISOR_LIMIT: Duration = Duration::from_secs(60);
/// For how long one call of an action is waited for.
pub(crate) const CALL_LIMIT: Duration = Duration::from_millis(1_000);

/// What one runner reaches.
pub struct Reach {
    pub(crate) ways: Ways,
    pub(crate) store: StoreClient,
    pub(crate) ledgers: [PgLedger; 2],
    pub(crate) http: HttpClient,
    pub(crate) processor: ProcessorClient,
    supervisor: Caller<Ask, Answer>,
    journal: RunJournal,
    run: RunId,
    steps: AtomicU64,
}

/// Why a runner reaches nothing.
#[derive(Debug, thiserror::Error)]
pub enum Unreachable {
    /// Whoever runs the Regions does not answer.
    #[error("the two Regions do not answer: is `tideover up` still there?")]
    Supervisor,
    /// It answered something else.
    #[error("the two Regions answered something else than asked")]
    Answer,
    /// An address makes no sense.
    #[error("an address makes no sense")]
    Address(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Reach {
    /// Asks the supervisor at this socket how everything is reached from a place.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn from(socket: &Path, from: Place, run: &RunId) -> Result<Self, Unreachable> {
        let supervisor = Caller::unix(socket.to_owned());
        let answer = supervisor.ask(&Ask::Ways { from }, SUPERVISOR_LIMIT).await;
        let ways = match answer.map_err(|_| Unreachable::Supervisor)? {
            Answer::Ways(ways) => *ways,
            _ => return Err(Unreachable::Answer),
        };
        Self::by(ways, supervisor, run)
    }

    pub(crate) fn by(
        ways: Ways,
        supervisor: Caller<Ask, Answer>,
        run: &RunId,
    ) -> Result<Self, Unreachable> {
        let address = |cause| Unreachable::Address(cause);
        let ledger = |site| ways.open(site).map_err(address);
        let ledgers = [ledger(Site::Primary)?, ledger(Site::Standby)?];
        let trust = Trust::nobody();
        let limits = HttpLimits { time_max: CALL_LIMIT, ..HttpLimits::default() };
        let url = format!("http://{}", ways.processor);
        let processor = ProcessorClient::new(&trust, &url, limits);
        let store = StoreClient::new(ways.store.clone());
        Ok(Self {
            processor: processor.map_err(|fault| address(fault.into()))?,
            http: HttpClient::new(&trust, Reachable::Anywhere, limits),
            journal: store.journal(run),
            run: run.clone(),
            steps: AtomicU64::new(0),
            store,
            ledgers,
            ways,
            supervisor,
        })
    }

    pub(crate) fn ledger(&self, site: Site) -> &PgLedger {
        &self.ledgers[site as usize]
    }

    /// Asks the database service.
    pub(crate) async fn database(&self, ask: DatabaseAsk) -> DatabaseAnswer {
        let ask = Ask::Database { from: self.ways.from, ask };
        match self.supervisor.ask(&ask, CALL_LIMIT).await {
            Ok(Answer::Database(answer)) => answer,
            _ => DatabaseAnswer::Silent,
        }
    }

    /// Asks the supervisor whether one Region reaches another place now, for actions that only ask
    /// whether anybody is there.
    pub(crate) async fn supervisor(&self, ask: &Ask) -> Option<Answer> {
        self.supervisor.ask(ask, SUPERVISOR_LIMIT).await.ok()
    }

    /// How many steps were made.
    pub(crate) fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    /// Tells that a step is about to be made, and makes it when it may be.
    async fn step(&self, step: Step) -> Option<Spoil> {
        self.steps.fetch_add(1, Ordering::Relaxed);
        let ask = Ask::Step { run: self.run.to_string(), step };
        match self.supervisor(&ask).await {
            Some(Answer::GoOn { spoil }) => spoil,
            _ => None,
        }
    }
}

impl Journal for Reach {
    async fn read(&self) -> Result<Vec<Entry>, NoAnswer> {
        self.journal.read().await
    }

    async fn append(&self, entry: &Entry) -> Appended {
        let before = match &entry.event {
            Event::Ended { action, result: Ok(_), .. } => Step::behind(*action),
            _ => Step::Plain,
        };
        self.step(before).await;
        let appended = self.journal.append(entry).await;
        let after = match &entry.event {
            Event::Began { action, .. } => Step::before(*action),
            _ => Step::Plain,
        };
        self.step(after).await;
        appended
    }
}

impl runbook::World for Reach {
    fn now(&self) -> Millis {
        now()
    }

    async fn wait(&self, span: DurationMs) {
        tokio::time::sleep(span.into()).await;
    }

    fn control(&self) -> &impl fence::ControlStore {
        &self.store
    }

    async fn perform(&self, plan: &Plan, action: &Action) -> Result<Observed, Failure> {
        let result = match self.step(Step::perform(action.name)).await {
            None => perform::perform(self, plan, action).await,
            Some(Spoil::Interrupted) => Err(perform::again("it was interrupted")),
            Some(Spoil::Refused) => {
                Err(Failure::Refused(runbook::Refused::Other, "it was refused".to_owned()))
            }
            Some(Spoil::Unclear) => {
                // Whatever came of it, nobody hears.
                let _ = perform::perform(self, plan, action).await;
                Err(Failure::TimedOut)
            }
        };
        let (action, done) = (action.name.as_str().to_owned(), result.is_ok());
        self.step(Step::Performed { action, done }).await;
        result
    }
}

/// The wall clock.
pub(crate) fn now() -> Millis {
    Millis(now_us() / 1_000)
}

/// The action of this name.
pub(crate) fn action_named(word: &str) -> Option<ActionName> {
    ActionName::ALL.iter().copied().find(|action| action.as_str() == word)
}
