//! The outbox worker: claims rows while the gate is open, sees to so many at once, and sleeps when nothing is due.
//!
//! Events and callbacks each have a lane of their own, so that a shop which answers slowly holds up no payment.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use notify::{ClaimedDelivery, ClaimedEvent, OutboxFault};
use payments::{Epoch, Gate, Reign};
use service::{Log, Numbers, Source};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep, sleep_until};

use crate::bell::Bell;
use crate::http::CALL_TIME_MAX;
use crate::told::Teller;
use crate::within::within;
use crate::work::Work;

/// The limits of a worker.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// How many events are seen to at once.
    pub events_max: usize,
    /// How many callbacks are sent at once.
    pub callbacks_max: usize,
    /// For how long a row is claimed. Longer than [`WorkerOptions::row_time_max`], so that no other worker has it too.
    pub lease: Duration,
    /// How long a row may take. What was not done then is done by whoever claims it next.
    pub row_time_max: Duration,
    /// How often the outbox is looked at when nobody rings.
    pub look_interval: Duration,
    /// How often endpoints are looked at.
    pub survey_interval: Duration,
    /// How long rows may go on once the worker is to end.
    pub drain_time_max: Duration,
}

impl WorkerOptions {
    /// The shortest time for a row in which a call can last as long as it may and its result still be noted.
    pub const ROW_TIME_MIN: Duration = CALL_TIME_MAX.saturating_add(NOTE_TIME);

    /// Options whose rows may take so long, and at least [`Self::ROW_TIME_MIN`]; they are claimed for a little longer.
    #[must_use]
    pub fn with_row_time(row_time_max: Duration) -> Self {
        let row_time_max = row_time_max.max(Self::ROW_TIME_MIN);
        Self {
            events_max: 32,
            callbacks_max: 32,
            lease: row_time_max + NOTE_TIME,
            row_time_max,
            look_interval: Duration::from_secs(1),
            survey_interval: Duration::from_secs(30),
            drain_time_max: Duration::from_secs(10),
        }
    }
}

/// How long noting a result may take.
const NOTE_TIME: Duration = Duration::from_secs(5);

impl Default for WorkerOptions {
    fn default() -> Self {
        Self::with_row_time(Duration::from_secs(45))
    }
}

/// How a run with an end ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Nothing was due any more.
    NothingDue,
    /// Its time was over: there may be more.
    TimeOver,
}

/// A worker. Clones are the same one.
pub struct Worker<W>(Arc<Shared<W>>);

struct Shared<W> {
    work: W,
    options: WorkerOptions,
    source: Source,
    teller: Teller,
    events: Bell,
    callbacks: Bell,
}

/// What is worked off beside each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lane {
    Events,
    Callbacks,
}

/// What a lane does when nothing is due.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WhenIdle {
    Waits,
    Ends,
}

enum Row {
    Event(ClaimedEvent),
    Callback(ClaimedDelivery),
}

impl<W: Work> Worker<W> {
    /// A worker of this work, which counts in `numbers` and writes what went wrong into `log`. Whoever rings `events`
    /// wakes it when there is a new event.
    pub fn new(
        events: Bell,
        work: W,
        source: Source,
        log: impl Log + 'static,
        numbers: Numbers,
        options: WorkerOptions,
    ) -> Self {
        let callbacks = Bell::default();
        let teller = Teller::new(log, numbers);
        Self(Arc::new(Shared { work, options, source, teller, events, callbacks }))
    }

    /// Works until `stop` is there; then ends what it began, up to a bound.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let (halt, halted) = watch::channel(false);
        let working = async {
            tokio::join!(
                self.0.work_off(Lane::Events, WhenIdle::Waits, halted.clone()),
                self.0.work_off(Lane::Callbacks, WhenIdle::Waits, halted.clone()),
            )
        };
        let stopping = async {
            tokio::select! {
                () = stop => {}
                () = self.0.survey_forever() => {}
            }
            halt.send_replace(true);
            sleep(self.0.options.drain_time_max).await;
        };
        tokio::select! {
            _ = working => {}
            () = stopping => {}
        }
    }

    /// Works until nothing is due, or until `time` is over. In the end no rows are begun, for as long as one may take;
    /// but in the first third of `time` they are, however short it is: most end in a moment, and a run that begins none
    /// would never get anywhere.
    pub async fn run_until_idle(&self, time: Duration) -> Ended {
        let row_time = self.0.options.row_time_max.min(time - time / 3);
        let begin_time = time - row_time;
        let (halt, halted) = watch::channel(begin_time.is_zero());
        let working = async {
            while self.0.work_off_both(&halted).await && !*halted.borrow() {}
            self.0.survey().await;
        };
        let halting = async {
            sleep(begin_time).await;
            halt.send_replace(true);
            sleep(row_time).await;
        };
        tokio::select! {
            () = working => {}
            () = halting => {}
        }
        if *halted.borrow() { Ended::TimeOver } else { Ended::NothingDue }
    }
}

impl<W: Work> Shared<W> {
    /// Works off what is due now, and says whether there was anything: it may have made more.
    async fn work_off_both(self: &Arc<Self>, halted: &watch::Receiver<bool>) -> bool {
        let (events, callbacks) = tokio::join!(
            self.work_off(Lane::Events, WhenIdle::Ends, halted.clone()),
            self.work_off(Lane::Callbacks, WhenIdle::Ends, halted.clone()),
        );
        events + callbacks > 0
    }

    /// Works one lane off, and says how many rows that were.
    async fn work_off(
        self: &Arc<Self>,
        lane: Lane,
        when_idle: WhenIdle,
        mut halted: watch::Receiver<bool>,
    ) -> usize {
        let (rows_max, bell) = self.lane(lane);
        let (mut rows, mut count) = (JoinSet::new(), 0);
        let mut next_claim = Instant::now();
        while !*halted.borrow() {
            let free = rows_max.saturating_sub(rows.len());
            // Half of them, so that a claim is worth its way; fewer after a pause, so that no slow row is waited for.
            if free * 2 >= rows_max || (free > 0 && Instant::now() >= next_claim) {
                let claimed = self.claim(lane, free, &mut rows).await;
                count += claimed;
                next_claim = Instant::now() + self.pause(claimed, free);
            }
            if rows.is_empty() && when_idle == WhenIdle::Ends {
                break;
            }
            tokio::select! {
                _ = halted.wait_for(|is_halted| *is_halted) => {}
                Some(ended) = rows.join_next() => goes_on(ended),
                () = bell.heard() => {}
                () = sleep_until(next_claim), if rows.len() < rows_max => {}
            }
            while let Some(ended) = rows.try_join_next() {
                goes_on(ended);
            }
        }
        while let Some(ended) = rows.join_next().await {
            goes_on(ended);
        }
        count
    }

    /// How long until the next claim if nothing else asks for one: not long when there may be more rows than were free.
    fn pause(&self, claimed: usize, free: usize) -> Duration {
        let look_interval = self.options.look_interval;
        if claimed < free { look_interval } else { look_interval / 20 }
    }

    fn lane(&self, lane: Lane) -> (usize, &Bell) {
        match lane {
            Lane::Events => (self.options.events_max, &self.events),
            Lane::Callbacks => (self.options.callbacks_max, &self.callbacks),
        }
    }

    /// Claims rows, begins them, and says how many they are.
    async fn claim(self: &Arc<Self>, lane: Lane, free: usize, rows: &mut JoinSet<()>) -> usize {
        let _writing = self.work.writing();
        let Gate::Open(Reign { epoch, .. }) = self.work.gate() else { return 0 };
        let claimed = match self.claimed(lane, epoch, free).await {
            Ok(claimed) => claimed,
            Err(fault) => {
                self.teller.not_claimed(self.source.now(), fault);
                return 0;
            }
        };
        let count = claimed.len();
        for row in claimed {
            let shared = self.clone();
            rows.spawn(async move { shared.see_to(epoch, row).await });
        }
        count
    }

    async fn claimed(
        &self,
        lane: Lane,
        epoch: Epoch,
        free: usize,
    ) -> Result<Vec<Row>, OutboxFault> {
        let (limit, lease) = (u32::try_from(free).unwrap_or(u32::MAX), self.options.lease);
        match lane {
            Lane::Events => {
                let claimed = self.work.claim_events(epoch, limit, lease).await?;
                Ok(claimed.into_iter().map(Row::Event).collect())
            }
            Lane::Callbacks => {
                let claimed = self.work.claim_callbacks(epoch, limit, lease).await?;
                Ok(claimed.into_iter().map(Row::Callback).collect())
            }
        }
    }

    /// Sees to one row, for as long as it is this worker's.
    async fn see_to(&self, epoch: Epoch, row: Row) {
        let time_max = self.options.row_time_max;
        let random = (self.source.bits() >> 64) as u64;
        match row {
            Row::Event(claimed) => {
                let told = within(time_max, self.work.tell(epoch, &claimed, random)).await;
                self.teller.event(self.source.now(), &claimed, told);
                self.callbacks.ring();
            }
            Row::Callback(claimed) => {
                let now = self.source.now();
                let sent = self.work.deliver(epoch, &claimed, now, random);
                let delivered = within(time_max, sent).await;
                self.teller.callback(self.source.now(), &claimed, delivered);
            }
        }
    }

    async fn survey_forever(&self) {
        loop {
            self.survey().await;
            sleep(self.options.survey_interval).await;
        }
    }

    /// Looks at the endpoints, while this Region is the one that sends to them.
    async fn survey(&self) {
        if let Gate::Open(_) = self.work.gate()
            && let Some(reports) = self.work.survey().await
        {
            self.teller.endpoints(self.source.now(), &reports);
        }
    }
}

/// A row that panicked shows a mistake, with which nobody should go on.
fn goes_on(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && let Ok(panic) = error.try_into_panic()
    {
        resume_unwind(panic);
    }
}

impl<W> Clone for Worker<W> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
