//! A failover that an alarm starts: what is seen, what comes of it, and what people say about it.
//!
//! Whether it is started is decided by `runbook::automatic`. What is started is what a person would have typed: the same
//! plan, in the same journal, carried out by the state machine of this Region.

mod looks;

use aws::NotKept;
use fence::{Author, RunId};
use runbook::automatic::{
    Against, Episode, Guards, Kept, Manner, Sight, Started, Switch, Verdict, author, judge,
};
use runbook::{NotTaken, PlanKind, Request, Settings};

use crate::begin::{NotBegun, prepare, write};
use crate::reach::{Reach, now};

/// How often a write is tried that others overtake.
const TRIES: u32 = 5;

/// What came of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comes {
    /// This run is planned, and its state machine carries it out.
    Started(RunId),
    /// This run is planned, and its state machine does not start.
    NotExecuted {
        /// The run.
        run: RunId,
        /// What was said.
        cause: String,
    },
    /// A run would be started, and people want to be told only.
    Would,
    /// All of this stands against it.
    Not(Vec<Against>),
    /// Somebody else has changed what this was decided by: it is to be decided again.
    Overtaken,
}

/// What came of an alarm, and by what it was decided.
#[derive(Debug, Clone)]
pub struct Considered {
    /// What came of it.
    pub comes: Comes,
    /// The alarm that rings; none when none does.
    pub episode: Option<Episode>,
    /// Who has seen what.
    pub evidence: String,
}

/// Starts a failover to the Region of this function when an alarm there rings and nothing stands against it. It may be
/// asked for any number of times: one alarm starts one run.
pub async fn consider(reach: &Reach, guards: &Guards) -> Considered {
    let sight = looks::sight(reach).await;
    let comes = match judge(&sight, guards) {
        Verdict::Not(against) => Comes::Not(against),
        Verdict::GoOn(run) => executed(reach, run).await,
        Verdict::Start(run) => start(reach, &sight, guards, run).await,
    };
    Considered { comes, episode: sight.episode(), evidence: sight.evidence() }
}

async fn start(reach: &Reach, sight: &Sight, guards: &Guards, run: RunId) -> Comes {
    let alarm = reach.system().lost_alarm();
    let request = Request {
        run,
        kind: PlanKind::Failover,
        by: author(&alarm),
        reason: sight.evidence(),
        settings: Settings::default(),
    };
    let plan = match prepare(reach, &request).await {
        Ok(plan) => plan,
        Err(not_begun) => return Comes::Not(against(not_begun)),
    };
    if guards.manner == Manner::Tell {
        return Comes::Would;
    }
    if let Err(comes) = claimed(reach, sight, &request.run).await {
        return comes;
    }
    match write(reach, &plan, &request).await {
        // Somebody else has written the plan of this run a moment ago, from the same alarm.
        Ok(()) | Err(NotBegun::NotTaken(NotTaken::OtherPlan { .. } | NotTaken::Over)) => {
            executed(reach, request.run).await
        }
        Err(not_begun) => Comes::Not(against(not_begun)),
    }
}

/// Notes that this alarm starts this run, before there is any: whoever else has decided by the same is overtaken, and so
/// is what people turned off meanwhile.
async fn claimed(reach: &Reach, sight: &Sight, run: &RunId) -> Result<(), Comes> {
    let (Ok(kept), Some(episode)) = (&sight.kept, sight.episode()) else {
        return Err(Comes::Overtaken);
    };
    // Of this alarm nobody must have noted a start before; then only the switch may have moved.
    let started = Started { run: run.clone(), at: now(), episode };
    match reach.table().keep_automatic(&kept.with_started(started)).await {
        Ok(()) => Ok(()),
        Err(NotKept::Overtaken) => Err(Comes::Overtaken),
        Err(NotKept::Said(said)) => {
            Err(Comes::Not(vec![Against::TableSilent { cause: said.to_string() }]))
        }
    }
}

/// The state machine finds in the journal how far the run is.
async fn executed(reach: &Reach, run: RunId) -> Comes {
    let plan = match reach.planned(&run).await {
        Ok(Some(plan)) => plan,
        Ok(None) => return Comes::Overtaken,
        Err(silent) => return Comes::NotExecuted { run, cause: silent.to_string() },
    };
    match reach.execute(&plan).await {
        Ok(()) => Comes::Started(run),
        Err(cause) => Comes::NotExecuted { run, cause },
    }
}

fn against(not_begun: NotBegun) -> Vec<Against> {
    match not_begun {
        NotBegun::Unmet(unmet) => unmet.into_iter().map(Against::Unmet).collect(),
        other @ (NotBegun::Account(_) | NotBegun::NotTaken(_)) => {
            vec![Against::NotReady { why: other.to_string() }]
        }
    }
}

/// Which of these people were not told of yet in this episode. What is not known counts as not told: twice is better
/// than never.
pub async fn untold(reach: &Reach, episode: &Episode, about: &[String]) -> Vec<String> {
    let kept = reach.table().automatic().await.unwrap_or_default();
    let told = kept.about(episode).cloned().unwrap_or_default();
    about.iter().filter(|word| !told.contains(*word)).cloned().collect()
}

/// Notes that people were told of this.
///
/// # Errors
/// What the control table said. People may be told again.
pub async fn note_told(reach: &Reach, episode: &Episode, about: &[String]) -> Result<(), String> {
    changed(reach, |kept| kept.with_told(episode, about.iter().cloned().collect())).await.map(drop)
}

/// Turns off, or on again, that alarms start anything: at once, in both Regions, and without a deployment.
///
/// # Errors
/// What the control table or STS said.
pub async fn switch(reach: &Reach, is_on: bool, by: &Author, reason: &str) -> Result<Kept, String> {
    reach.account().await.map_err(|none| none.to_string())?;
    let switch = Switch { is_on, by: by.clone(), reason: reason.to_owned(), at: now() };
    changed(reach, |kept| kept.with_switch(switch.clone())).await
}

/// What is remembered of failovers that alarms start.
///
/// # Errors
/// What the control table said.
pub async fn kept(reach: &Reach) -> Result<Kept, String> {
    reach.table().automatic().await.map_err(|said| said.to_string())
}

async fn changed(reach: &Reach, change: impl Fn(&Kept) -> Kept) -> Result<Kept, String> {
    for _ in 0..TRIES {
        let changed = change(&kept(reach).await?);
        match reach.table().keep_automatic(&changed).await {
            Ok(()) => return Ok(changed),
            Err(NotKept::Overtaken) => {}
            Err(NotKept::Said(said)) => return Err(said.to_string()),
        }
    }
    Err("others write it at the same time".to_owned())
}
