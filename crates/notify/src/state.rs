//! What is known of an endpoint, and what a try makes of it: a state machine that every store keeps alike.

use payments::Time;

/// What is known of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointState {
    /// Since when every try has failed; nothing when the last one succeeded, or there was none.
    pub failing_since: Option<Time>,
    /// Why no callback is sent to it, when, and at which revision of its configuration. A later revision is tried
    /// again.
    pub disabled: Option<(DisabledBecause, Time, u64)>,
    /// How many callbacks wait for it.
    pub waiting: u64,
    /// How many were given up.
    pub given_up: u64,
}

impl EndpointState {
    /// Whether no callback is sent to it as long as its configuration has this revision.
    #[must_use]
    pub fn is_disabled_at(&self, revision: u64) -> bool {
        self.disabled.is_some_and(|(_, _, disabled_at)| disabled_at >= revision)
    }

    /// What is known of it after this; the numbers of callbacks stay as they are.
    ///
    /// What comes of a try at a later revision than the one it was disabled at begins it anew. A try may end after
    /// others that began later: one that failed cannot disable an endpoint that has worked since.
    #[must_use]
    pub fn after(&self, change: EndpointChange) -> Self {
        let revision = match change {
            EndpointChange::Unchanged => return self.clone(),
            EndpointChange::Works(revision)
            | EndpointChange::Fails(_, revision)
            | EndpointChange::Disabled(_, _, revision) => revision,
        };
        let mut next = self.clone();
        if !self.is_disabled_at(revision) {
            next.failing_since = self.failing_since.filter(|_| self.disabled.is_none());
            next.disabled = None;
        }
        match change {
            EndpointChange::Unchanged => {}
            EndpointChange::Works(revision) => next.works(revision),
            EndpointChange::Fails(at, _) => next.fails(at),
            EndpointChange::Disabled(because, at, revision) => {
                next.fails(at);
                let is_true = because == DisabledBecause::Gone || next.is_dead(at);
                next.disabled = next.disabled.or(is_true.then_some((because, at, revision)));
            }
        }
        next
    }

    /// Nothing but failing makes it dead.
    fn works(&mut self, revision: u64) {
        self.failing_since = None;
        let stays = |(because, _, disabled_at): &(DisabledBecause, Time, u64)| {
            *because != DisabledBecause::Dead || *disabled_at > revision
        };
        self.disabled = self.disabled.filter(stays);
    }

    fn fails(&mut self, at: Time) {
        self.failing_since = Some(self.failing_since.map_or(at, |since| since.min(at)));
    }

    /// Whether every try has failed for so long that it is given up.
    pub(crate) fn is_dead(&self, now: Time) -> bool {
        let failing_ms =
            self.failing_since.map_or(0, |since| now.as_ms().saturating_sub(since.as_ms()));
        failing_ms >= DEAD_AFTER_MS
    }
}

/// For how long every try fails until an endpoint is disabled: five days, as with Svix, and longer than one callback
/// is tried. That there were several lately is judged where they are made.
const DEAD_AFTER_MS: u64 = 5 * 24 * 60 * 60 * 1_000;

/// Why an endpoint is disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DisabledBecause {
    /// It answered 410: it is not there any more, and wants no more.
    Gone,
    /// Every try of some days failed, several of one callback among them.
    Dead,
}

impl DisabledBecause {
    /// Every reason.
    pub const ALL: [Self; 2] = [Self::Gone, Self::Dead];

    /// The stable name that programs compare.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Dead => "dead",
        }
    }

    /// The reason of this name, as a store gave it back.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// What a try says of the endpoint, at which revision of its configuration. A store applies it by
/// [`EndpointState::after`] to the state that the transaction finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointChange {
    /// Nothing: it was not called.
    Unchanged,
    /// It works.
    Works(u64),
    /// It failed at this time.
    Fails(Time, u64),
    /// No callback is sent to it from this time on, until its configuration has a revision above this one.
    Disabled(DisabledBecause, Time, u64),
}
