//! What people ask of the two Regions and of their runs, from outside.

use std::time::Duration;

use drill::Site;
use fence::{Author, NoAnswer, RunId};
use recovery::Recovered;
use report::{Known, opened};
use runbook::{Control, DnsNote, Entry, Journal as _, NotTaken, Notes, Observed, Plan, order};

use crate::act::ledger;
use crate::act::reach::{Reach, Unreachable, now};
use crate::dns::{Resolver, Ttl};
use crate::place::Place;
use crate::system::Status;
use crate::system::ask::{Answer, Ask};

/// Why something that was asked for was not done.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// Nobody answers.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// It was refused.
    #[error("{0}")]
    Refused(String),
}

/// What two Regions on one machine do not have.
const NOT_HERE: &[(&str, &str)] = &[
    ("/alarms", NO_ALARMS),
    ("/alarms_at_decision", NO_ALARMS),
    ("/alarms_at_end", NO_ALARMS),
    ("/api_calls", "on one machine actions call no API that gives request ids"),
    ("/templates", "two Regions on one machine come from no templates"),
    ("/dns/before", "nobody asked DNS before a failover here; `confirm-traffic` asks it after"),
];
const NO_ALARMS: &str = "two Regions on one machine have no alarms";

impl Reach {
    /// How everything is.
    ///
    /// # Errors
    /// When the supervisor does not answer.
    pub async fn status(&self) -> Result<Status, Unreachable> {
        match self.supervisor(&Ask::Status).await {
            Some(Answer::Status(status)) => Ok(*status),
            Some(_) => Err(Unreachable::Answer),
            None => Err(Unreachable::Supervisor),
        }
    }

    /// Lets something fail, or work again, in the words of scenarios.
    ///
    /// # Errors
    /// When the words mean no such thing, or it cannot be played here.
    pub async fn change(&self, words: &str) -> Result<(), NotDone> {
        self.done(&Ask::Change { words: words.to_owned() }).await
    }

    /// Lets a run be carried on by a new runner, in the Region that is to be opened.
    ///
    /// # Errors
    /// When there is no such run.
    pub async fn start_runner(&self, run: &RunId) -> Result<(), NotDone> {
        self.done(&Ask::StartRunner { run: run.to_string() }).await
    }

    async fn done(&self, ask: &Ask) -> Result<(), NotDone> {
        match self.supervisor(ask).await {
            Some(Answer::Done) => Ok(()),
            Some(Answer::Not(cause)) => Err(NotDone::Refused(cause)),
            Some(_) => Err(Unreachable::Answer.into()),
            None => Err(Unreachable::Supervisor.into()),
        }
    }

    /// The runs that there were.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn runs(&self) -> Result<Vec<RunId>, NoAnswer> {
        self.store.runs().await
    }

    /// The journal of a run.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn entries(&self, run: &RunId) -> Result<Vec<Entry>, NoAnswer> {
        self.store.journal(run).read().await
    }

    /// What the ledger that a run opened lacked, and what became of that; by the replica of the other Region when the
    /// ledger itself does not answer.
    ///
    /// # Errors
    /// When neither answers.
    pub(crate) async fn recovered(&self, plan: &Plan) -> Result<Vec<Recovered>, NotDone> {
        let mut last = "there is no such Region here".to_owned();
        for site in [&plan.target, &plan.source].into_iter().filter_map(Site::of) {
            match self.recovered_in(site, plan).await {
                Ok(movements) => return Ok(movements),
                Err(cause) => last = cause,
            }
        }
        Err(NotDone::Refused(last))
    }

    /// What is known of the run with this journal, besides. What is not has its reason there.
    pub async fn known(&self, entries: &[Entry]) -> Known {
        let why = NOT_HERE.iter().map(|(what, why)| ((*what).to_owned(), (*why).to_owned()));
        let home = Some(Site::Primary.region().to_owned());
        let mut known = Known { home, why: why.collect(), ..Known::default() };
        let Some(plan) = opened(entries) else { return known };
        match self.recovered(plan).await {
            Ok(recovered) => {
                known.movements = Some(recovered.into_iter().map(Into::into).collect());
            }
            Err(not_done) => known.lacks_movements(&format!("no ledger answers: {not_done}")),
        }
        known
    }

    /// What DNS answers at this moment, for reports.
    pub(crate) async fn asked_dns(&self) -> Notes {
        let (name, answer) = self.look_up().await;
        let asked = "the authoritative server".to_owned();
        Notes { dns: vec![DnsNote { at: now(), asked, name, answer }], ..Notes::default() }
    }

    /// The name that clients resolve, and the Region that DNS leads to at this moment, or why it leads nowhere.
    pub async fn look_up(&self) -> (String, String) {
        let resolver = Resolver::new(self.ways.dns, Ttl::Ignored(Duration::ZERO));
        let name = &self.ways.public_name;
        let answer = match resolver.resolve(name).await {
            Ok(address) => Site::ALL
                .into_iter()
                .find(|site| Place::Region(*site).address() == address)
                .map_or_else(|| address.to_string(), |site| site.region().to_owned()),
            Err(unresolved) => unresolved.to_string(),
        };
        (name.clone(), answer)
    }

    async fn recovered_in(&self, site: Site, plan: &Plan) -> Result<Vec<Recovered>, String> {
        let (mut all, mut after): (Vec<Recovered>, _) = (Vec::new(), String::new());
        loop {
            let question = recovery::Ask::Recovered { epoch: plan.epoch.number(), after };
            let page = match ledger::ask(self, site, question).await {
                recovery::Answer::Recovered { movements } => movements,
                other => {
                    return Err(other
                        .observed()
                        .err()
                        .map_or_else(String::new, |it| it.to_string()));
                }
            };
            let Some(next) = page.last() else { return Ok(all) };
            after = next.id.clone();
            all.extend(page);
        }
    }

    /// Writes what somebody orders into the journal of a run.
    ///
    /// # Errors
    /// When it may not be ordered now, or when the journal does not answer.
    pub async fn order(&self, run: &RunId, control: &Control, by: &Author) -> Result<(), NotTaken> {
        order(&self.store.journal(run), control, by, now()).await
    }
}

/// What was seen of an action, as the end of a sentence about it.
#[must_use]
pub fn observed_words(observed: &Observed) -> String {
    match observed {
        Observed::Done | Observed::Noted(_) | Observed::Approved(_) => String::new(),
        Observed::Evidence(evidence) => {
            let lag = evidence.lag_ms.map_or("unknown".to_owned(), |ms| format!("{ms} ms"));
            let missing = evidence.intents_missing;
            let missing = missing.map_or("unknown".to_owned(), |number| number.to_string());
            format!(": the standby's database is behind by {lag}, payments it lacks: {missing}")
        }
        Observed::Tail(tail) | Observed::Database(tail) => {
            format!(": {} movements, books with {} faults", tail.movements, tail.faults)
        }
        Observed::Epoch(epoch) => format!(": epoch {epoch}"),
        Observed::Movements(number) => format!(": {number} payments"),
    }
}
