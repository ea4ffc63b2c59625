//! Conducts a live drill: clients pay, the scenario happens, runs come to their end, and everything is
//! asked for once more.

use std::sync::Arc;
use std::time::Duration;

use drill::What;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::clients::{Crowd, Patience, Resolve, Working, ask_again};
use super::director::Director;
use super::stage::Stage;
use crate::clock::now_us;

/// For how long clients pay before the first line.
const WARM_UP: Duration = Duration::from_secs(1);
/// For how long everything must have happened and the active Region must serve until it is over:
/// longer than a Region that was just cut off still serves.
const CALM: Duration = Duration::from_secs(1);
/// From one look whether everything is over to the next.
const LOOK: Duration = Duration::from_millis(50);
/// From one look how far the standby's database is behind to the next.
const LAG_LOOK: Duration = Duration::from_millis(100);
/// How long after everything has happened runs may go on.
const PATIENCE: Duration = Duration::from_secs(60);
/// For how long clients may pursue what they have begun, and then ask for everything again.
const CLIENTS_LIMIT: Duration = Duration::from_secs(30);
/// For how long the outbox may be worked off.
const REST_LIMIT: Duration = Duration::from_secs(20);

/// A drill that was played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// When it began, in microseconds since the Unix epoch.
    pub begin_us: u64,
    /// When it ended.
    pub end_us: u64,
    /// What was left to do, for people; empty when it came to rest.
    pub left: Vec<String>,
}

/// Plays the director's scenario on this stage, unless it is told to stop: then there is nothing to
/// judge.
pub async fn play<S: Stage, R: Resolve>(
    director: &Director<S>,
    stage: &Arc<S>,
    crowd: &Arc<Crowd>,
    names: impl Fn(Patience) -> R,
    mut stop: watch::Receiver<bool>,
) -> Option<Played> {
    director.enter(Arc::clone(stage));
    let _leaving = Leaving(director);
    let watching = tokio::spawn(watch_lag(Arc::clone(stage), crowd.notes.clone()));
    let played = tokio::select! {
        played = play_all(director, &**stage, crowd, names) => Some(played),
        // Whoever could say so may be gone.
        Ok(_) = stop.wait_for(|stop| *stop) => None,
    };
    watching.abort();
    played
}

/// Lets the director go when the drill is over, however it ends: it and the stage hold each other.
struct Leaving<'d, S: Stage>(&'d Director<S>);

impl<S: Stage> Drop for Leaving<'_, S> {
    fn drop(&mut self) {
        self.0.leave();
    }
}

async fn play_all<S: Stage, R: Resolve>(
    director: &Director<S>,
    stage: &S,
    crowd: &Arc<Crowd>,
    names: impl Fn(Patience) -> R,
) -> Played {
    let begin_us = now_us();
    let working = Working::begin(crowd, names);
    sleep(WARM_UP).await;
    director.begin();
    director.go_on_duty();
    until_over(director, stage).await;
    let clients = working.end(CLIENTS_LIMIT).await;
    until_at_rest(stage).await;
    let clients = ask_again(clients, CLIENTS_LIMIT).await;
    let mut left = director.left();
    left.extend(until_at_rest(stage).await);
    let asked: Vec<u32> = clients.iter().flat_map(|client| client.mine().to_vec()).collect();
    let unanswered = crowd.asked.unanswered(&asked);
    left.extend(unanswered.iter().map(|key| format!("`{key}` has no answer that stays")));
    let at_work = crowd.load.clients as usize - clients.len();
    left.extend((at_work > 0).then(|| format!("{at_work} clients are still at work")));
    Played { begin_us, end_us: now_us(), left }
}

/// Waits until everything has happened, no run is open and users are served, but not for ever.
async fn until_over<S: Stage>(director: &Director<S>, stage: &S) {
    let mut calm_since = None;
    while director.last_fired().elapsed() < PATIENCE {
        let is_over = director.is_over() && director.active_serves(stage).await;
        let since = calm_since.filter(|_| is_over).unwrap_or_else(Instant::now);
        calm_since = is_over.then_some(since);
        if is_over && since.elapsed() >= CALM {
            return;
        }
        sleep(LOOK).await;
    }
}

/// Waits until the active Region has nothing left to do; the answer is what it still has.
async fn until_at_rest(stage: &impl Stage) -> Vec<String> {
    let until = Instant::now() + REST_LIMIT;
    loop {
        let left = stage.left().await;
        if left.is_empty() || Instant::now() > until {
            return left;
        }
        sleep(LOOK).await;
    }
}

/// Notes how far the standby's database is behind, as often as that changes.
async fn watch_lag<S: Stage>(stage: Arc<S>, notes: super::notes::Notes) {
    let mut looks = interval(LAG_LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut noted = None;
    loop {
        looks.tick().await;
        if let Some(ms) = stage.lag_ms().await
            && noted.replace(ms) != Some(ms)
        {
            notes.note(What::Lag { ms });
        }
    }
}
