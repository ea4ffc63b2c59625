//! Asks whoever sits here for an approval, and sees what others approve of elsewhere meanwhile.

use std::io::{Write, stderr};
use std::time::Duration;

use fence::{Millis, RunId};
use runbook::{ActionName, NotTaken};
use tokio::time::sleep;

use crate::commands::approve::approval;
use crate::commands::order::say;
use crate::failure::{self, Ended};
use crate::live::asked::Asked;
use crate::live::on::On;
use crate::live::typed::Typed;
use crate::serve::clock;
use crate::serve::signals::Signals;

/// From one look at who has approved to the next.
const LOOK: Duration = Duration::from_millis(500);

/// Asks until enough people have approved, here or elsewhere, or until whoever sits here wants no more.
pub(crate) async fn ask(
    on: &On,
    run: &RunId,
    action: ActionName,
    typed: &mut Typed,
) -> anyhow::Result<()> {
    let mut told_to_end = Box::pin(Signals::listen()?.told_to_end());
    let mut told = Told::Nothing;
    loop {
        // A journal that is silent for a moment is read again.
        if let Ok(entries) = on.entries(run).await {
            let asked = Asked::of(&entries, Millis(clock().as_ms()));
            let Some(asked) = asked.filter(|asked| asked.action.name == action) else {
                return say("\nit is approved");
            };
            told.tell(run, &asked)?;
        }
        tokio::select! {
            line = typed.line() => {
                order(on, run, action, &line?).await?;
                told.ask_again();
            }
            () = sleep(LOOK) => {}
            // Nothing is on its way.
            () = &mut told_to_end => std::process::exit(failure::INTERRUPTED.into()),
        }
    }
}

/// What was told of who has approved.
enum Told {
    Nothing,
    /// So many; and whether it is asked for a name.
    Count(usize, bool),
}

impl Told {
    /// Tells what is asked once, and then whenever somebody has approved or it is asked again.
    fn tell(&mut self, run: &RunId, asked: &Asked<'_>) -> std::io::Result<()> {
        let mut out = stderr().lock();
        match *self {
            Self::Nothing => write!(out, "{}", asked.shown(run))?,
            Self::Count(count, true) if count == asked.by.len() => return Ok(()),
            Self::Count(_, true) => writeln!(out, "\n{}", asked.count())?,
            Self::Count(..) => writeln!(out, "{}", asked.count())?,
        }
        write!(out, "type your name to approve of that, or nothing to leave it: ")?;
        *self = Self::Count(asked.by.len(), true);
        Ok(())
    }

    fn ask_again(&mut self) {
        if let Self::Count(_, is_asked) = self {
            *is_asked = false;
        }
    }
}

/// Approves by the name that was typed. One that is not taken is told: it may have been approved elsewhere meanwhile.
async fn order(on: &On, run: &RunId, action: ActionName, name: &str) -> anyhow::Result<()> {
    if name.is_empty() {
        let hint = format!("`tideover approve {run} --by NAME` approves of it from anywhere");
        return Err(Ended::waits(run, "waits for people to approve", &hint).into());
    }
    let by = on.author(name).await?;
    match on.order(run, &approval(action), &by).await {
        Ok(_) | Err(NotTaken::NotDue { .. } | NotTaken::Over) => Ok(()),
        Err(not_taken) => say(&not_taken.to_string()),
    }
}
