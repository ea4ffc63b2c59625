//! A runner: the process that carries a run on until it is over, or until another has it.

use std::path::PathBuf;
use std::time::Duration;

use fence::RunId;
use runbook::{Failure, Refused, Runner, RunnerName, Stopped, Takeover, drive};
use tokio::time::sleep;

use crate::act::kept::keep_last_report;
use crate::act::reach::{Reach, Unreachable};
use crate::place::Place;
use crate::system::ask::{Ask, Standstill, Waits};

/// How long a runner waits before it looks again at a run that it cannot carry on.
const PAUSE: Duration = Duration::from_millis(30);

/// Which run is carried on, by whom, from where.
#[derive(Debug, Clone)]
pub struct RunnerSettings {
    /// The socket of whoever runs the two Regions.
    pub socket: PathBuf,
    /// The run.
    pub run: RunId,
    /// Where the runner is: in the Region that is to be opened.
    pub home: Place,
    /// Its name, which no other has.
    pub name: RunnerName,
    /// Whether it takes the run from whoever has it.
    pub takeover: Takeover,
}

/// Carries a run on until nothing is left to do in it, or until another runner has it for good.
///
/// # Errors
/// When whoever runs the two Regions does not answer.
pub async fn carry_on(settings: RunnerSettings) -> Result<(), Unreachable> {
    let RunnerSettings { socket, run, home, name, takeover } = settings;
    let reach = Reach::from(&socket, home, &run).await?;
    let mut runner = Runner { name, takeover };
    let mut told = None;
    loop {
        let steps = reach.steps();
        let stopped = drive(&reach, &reach, &runner).await;
        if matches!(stopped, Stopped::Finished | Stopped::TurnedBack) {
            // The run is over all the same; what it wrote while it was open is there.
            let _ = keep_last_report(&reach, &run).await;
        }
        // From here on it takes nothing from anybody.
        runner.takeover = Takeover::WhenSilent;
        // Whoever has decided once is to know that it has come to the same.
        if told.as_ref() != Some(&stopped) || reach.steps() != steps {
            let (run, why) = (run.to_string(), standstill(&stopped));
            reach.supervisor(&Ask::Stopped { run, why }).await.ok_or(Unreachable::Supervisor)?;
            told = Some(stopped.clone());
        }
        if stopped.is_over() || stopped == Stopped::NotPlanned {
            return Ok(());
        }
        sleep(PAUSE).await;
    }
}

fn standstill(stopped: &Stopped) -> Standstill {
    let waits = match stopped {
        Stopped::Finished | Stopped::TurnedBack | Stopped::Superseded | Stopped::NotPlanned => {
            Waits::Over
        }
        Stopped::WaitsForApproval { action, .. } => Waits::Approval(action.as_str().to_owned()),
        Stopped::WaitsForPerson { action, failure, .. } => Waits::Person {
            action: action.as_str().to_owned(),
            by_record: matches!(failure, Failure::Refused(Refused::Record, _)),
        },
        Stopped::Paused { .. } | Stopped::OtherRunner { .. } | Stopped::JournalSilent { .. } => {
            Waits::Time
        }
    };
    Standstill { text: stopped.to_string(), waits }
}
