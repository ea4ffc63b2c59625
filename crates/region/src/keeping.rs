//! When the lease is renewed, and how it is left: by a timer in a process of its own, or before a
//! request where processes are frozen between requests.

use std::pin::pin;

use fence::{
    ControlStore, DurationMs, LedgerEpoch, Left, Millis, State, Tenure, leave_once, renew_once,
};
use payments::Time;
use tokio::time::{Instant, sleep_until, timeout};

use crate::keeper::{Keeper, Seen};

/// How a keeper left the lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting {
    /// Its name is out of it: a run need not wait for this process.
    Left,
    /// The store did not say so: the name runs out by itself, and a run waits for that.
    RunsOut,
    /// The name is others' too, for whom nobody can speak.
    Shared,
}

impl<C: ControlStore, L: LedgerEpoch> Keeper<C, L> {
    /// Keeps the gate open for as long as it may be, until `writes_ended` is there; then leaves the
    /// lease. The future must not be there before the last write has ended, because a run may open
    /// the other Region at once.
    ///
    /// A process that is drained meanwhile leaves at once, and goes on under another name.
    pub async fn run(&self, writes_ended: impl Future<Output = ()>) -> Parting {
        let mut writes_ended = pin!(writes_ended);
        loop {
            let began = Instant::now();
            self.renew().await;
            let next = began + self.pause().into();
            tokio::select! {
                () = &mut writes_ended => break,
                () = self.drained() => {}
                () = sleep_until(next) => continue,
            }
            self.leave_when_drained().await;
        }
        self.leave().await
    }

    /// Renews the lease when that is due: before each request, for a process that may have been
    /// frozen since the last one. However many ask at once, one renews, and all hear what it saw.
    pub async fn renew_if_due(&self) {
        if self.is_due() {
            let _turn = self.0.turn.lock().await;
            if self.is_due() {
                self.look().await;
            }
        }
    }

    /// Leaves the lease, once no write of this process is open any more.
    pub async fn leave(&self) -> Parting {
        let _turn = self.0.turn.lock().await;
        let Some(left) = self.seen().gate.leave() else { return Parting::Shared };
        self.tell_store(left).await
    }

    /// Waits until this process may not write any more, and does not: a run need not wait for its lease.
    async fn drained(&self) {
        loop {
            let changed = self.0.open_writes.changed.notified();
            if self.is_drained(&self.seen()) {
                return;
            }
            changed.await;
        }
    }

    async fn leave_when_drained(&self) {
        let _turn = self.0.turn.lock().await;
        // Before another Region's gate may open.
        self.tell();
        let left = {
            let mut seen = self.seen();
            if self.is_drained(&seen) { seen.gate.leave() } else { None }
        };
        if let Some(left) = left {
            // What is not said runs out by itself.
            self.tell_store(left).await;
        }
    }

    /// Whether the name may leave the lease: the record is read to say that this Region is to write no more, so that the
    /// gate opens no more under it, and no write is open that was let in before. Asked while what was seen is held:
    /// whoever comes to write afterwards finds the gate closed.
    fn is_drained(&self, seen: &Seen) -> bool {
        let (gate, now) = (&seen.gate, self.now());
        let holder = gate.holder();
        let is_closing = gate.record().is_some_and(|record| {
            record.state() != State::Active || record.active_region() != Some(&holder.region)
        });
        let may_leave = holder.tenure == Tenure::Alone && gate.held().is_some();
        may_leave && is_closing && !gate.decide(now).is_open() && self.0.open_writes.is_none()
    }

    async fn tell_store(&self, left: Left) -> Parting {
        let limit = self.0.timing.renewal_interval.into();
        match timeout(limit, leave_once(&self.0.control, &left)).await {
            Ok(Ok(())) => Parting::Left,
            Ok(Err(_)) | Err(_) => Parting::RunsOut,
        }
    }

    async fn renew(&self) {
        let _turn = self.0.turn.lock().await;
        self.look().await;
    }

    /// Renews the lease and looks at the ledger, side by side: neither waits when the other is
    /// silent, and neither is waited for longer than until the next renewal is due.
    async fn look(&self) {
        if self.seen().renewed_at.is_some() {
            // What closed since is told, though it may open again in a moment.
            self.tell();
        }
        tokio::join!(self.renew_lease(), self.look_at_ledger());
        let now = self.now();
        self.seen().renewed_at = Some(now);
        self.tell();
    }

    /// Tells what the gate says, if that has changed.
    fn tell(&self) {
        self.0.log.decided(Time::from_ms(self.now().0), &self.decision());
    }

    /// Tells that the gate is open, if it is: whoever comes now is let in, whatever else is waited for.
    pub(crate) fn tell_open(&self) {
        let (now, decision) = (self.now(), self.decision());
        if decision.is_open() {
            self.0.log.decided(Time::from_ms(now.0), &decision);
        }
    }

    async fn renew_lease(&self) {
        let (now, timing) = (self.now(), &self.0.timing);
        let holder = self.seen().gate.holder().clone();
        let renewal = renew_once(&self.0.control, &holder, timing, now);
        let not_renewed = match timeout(timing.renewal_interval.into(), renewal).await {
            Ok(sighting) => {
                self.seen().gate.saw(&sighting);
                sighting.held().err().map(ToString::to_string)
            }
            Err(_) => Some("the store did not answer in time".to_owned()),
        };
        self.0.log.renewal(not_renewed);
        self.tell_open();
    }

    /// Whether to renew now. A gate that is closed may open any moment, but whoever asks has to be
    /// content for a while with what was seen last.
    fn is_due(&self) -> bool {
        let (now, seen) = (self.now(), self.seen());
        let is_wanted = seen.gate.is_renewal_due(now) || !seen.gate.decide(now).is_open();
        is_wanted && seen.renewed_at.is_none_or(|at| is_over(at, self.pause_when_closed(), now))
    }

    /// How long until the next renewal.
    fn pause(&self) -> DurationMs {
        if self.decision().is_open() {
            self.0.timing.renewal_interval
        } else {
            self.pause_when_closed()
        }
    }

    fn pause_when_closed(&self) -> DurationMs {
        DurationMs(self.0.timing.renewal_interval.0.div_ceil(3))
    }
}

/// Whether a pause that began at `at` is over; on a clock that was set back, at once.
pub(crate) fn is_over(at: Millis, pause: DurationMs, now: Millis) -> bool {
    now < at || now.since(at) >= pause
}
