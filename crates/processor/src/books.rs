//! The books of the processor: what it did under which key, and what it does next.
//!
//! Money moves only in [`CardProcessor::call`], and only under a key that nothing was done under before. A key has one
//! answer for ever, and however old it is, it never becomes such a key again, unless the terms are [`Old::Forgotten`].

use std::collections::BTreeMap;
use std::time::Duration;

use payments::{Amount, Status, Time, Verdict};

use crate::asked::{Asked, Wanted};
use crate::behaviour::{Answer, Behaviour};
use crate::entry::{Decided, Entry, Moved};
use crate::script::Script;

/// The terms of the processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// For how long it answers a call again with what it answered first. After that it still tells the status.
    pub replays: Duration,
    /// What it makes of a call after that.
    pub old: Old,
    /// How long after the first ask about a key that it has not seen it closes the key: a call that arrives later is
    /// declined. Nothing: it never does. Few processors do, and it does no good: who asks and hears that the key was
    /// not seen is about to call under it.
    pub closes_unseen: Option<Duration>,
}

/// What a processor makes of a call under a key that is older than it replays answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Old {
    /// It refuses the call.
    Refused,
    /// It has forgotten the key, takes the call for another one and moves money again, as processors do that throw old
    /// keys away: whoever does not ask before such a call charges twice.
    Forgotten,
}

impl Default for Terms {
    /// Answers are replayed for 24 hours, as by Stripe, and older keys refused; unseen keys stay open.
    fn default() -> Self {
        let day = Duration::from_secs(24 * 60 * 60);
        Self { replays: day, old: Old::Refused, closes_unseen: None }
    }
}

/// The processor: its terms and its books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardProcessor {
    terms: Terms,
    entries: BTreeMap<String, Entry>,
    /// All money that moved, in order.
    moved: Vec<Moved>,
    /// How much was given back of each charge.
    refunded: BTreeMap<String, Amount>,
}

impl CardProcessor {
    /// A processor that has done nothing yet.
    #[must_use]
    pub fn new(terms: Terms) -> Self {
        let (entries, refunded) = (BTreeMap::new(), BTreeMap::new());
        Self { terms, entries, moved: Vec::new(), refunded }
    }

    /// The processor with these books, as a store gave them back.
    #[must_use]
    pub fn restore(terms: Terms, entries: impl IntoIterator<Item = (String, Entry)>) -> Self {
        let mut processor = Self::new(terms);
        for (key, entry) in entries {
            processor.write(&key, entry);
        }
        processor
    }

    /// Does what is asked, once for each key that it remembers. Whoever keeps the books on a disk writes [`CardProcessor::entry`] of the
    /// key there before it acts out what comes back.
    pub fn call(&mut self, asked: &Asked, now: Time) -> Behaviour {
        let script = self.script(&asked.wanted);
        let (asked_since, not_taken) = match self.entries.get(&asked.key) {
            Some(Entry::Closed) => {
                return Behaviour::at_once(Answer::Decided(Verdict::Declined));
            }
            Some(Entry::Decided(decided)) if self.has_forgotten(decided, now) => {
                (None, script.not_taken)
            }
            Some(Entry::Decided(decided)) => return self.again(decided, asked, now, script),
            Some(Entry::Unseen { asked_since, not_taken }) => (*asked_since, *not_taken),
            None => (None, 0),
        };
        if not_taken < script.not_taken {
            self.write(&asked.key, Entry::Unseen { asked_since, not_taken: not_taken + 1 });
            return Behaviour::at_once(Answer::NotTaken);
        }
        let verdict = self.verdict(asked, script);
        let (wanted, money, pending) = (asked.wanted.clone(), asked.money, script.pending);
        let decided = Decided { wanted, money, at: now, verdict, pending };
        let behaviour = answer(&decided, script);
        self.write(&asked.key, Entry::Decided(decided));
        behaviour
    }

    /// Says what became of a key; moves no money. It may change the key's entry, which goes to the disk as in
    /// [`CardProcessor::call`].
    pub fn status(&mut self, key: &str, now: Time) -> Status {
        let closes_unseen = self.terms.closes_unseen;
        let unseen = Entry::Unseen { asked_since: None, not_taken: 0 };
        let entry = self.entries.entry(key.to_owned()).or_insert(unseen);
        match entry {
            Entry::Closed => Status::Closed,
            Entry::Decided(Decided { pending: 0, verdict, .. }) => Status::Known(*verdict),
            Entry::Decided(decided) => {
                decided.pending -= 1;
                Status::Pending
            }
            Entry::Unseen { asked_since: Some(since), .. }
                if closes_unseen.is_some_and(|after| has_passed(*since, now, after)) =>
            {
                *entry = Entry::Closed;
                Status::Closed
            }
            Entry::Unseen { asked_since, .. } => {
                asked_since.get_or_insert(now);
                Status::Unseen
            }
        }
    }

    /// What is known of a key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// What is known of every key, in their order.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(key, entry)| (key.as_str(), entry))
    }

    /// Every movement of money, charges and refunds, in the order in which it happened; by key after [`CardProcessor::restore`].
    #[must_use]
    pub fn movements(&self) -> &[Moved] {
        &self.moved
    }

    fn is_old(&self, decided: &Decided, now: Time) -> bool {
        has_passed(decided.at, now, self.terms.replays)
    }

    fn has_forgotten(&self, decided: &Decided, now: Time) -> bool {
        self.terms.old == Old::Forgotten && self.is_old(decided, now)
    }

    /// What it does about a call under a key that was decided about.
    fn again(&self, decided: &Decided, asked: &Asked, now: Time, script: Script) -> Behaviour {
        if self.is_old(decided, now) {
            Behaviour::at_once(Answer::TooOld)
        } else if (&decided.wanted, decided.money) != (&asked.wanted, asked.money) {
            Behaviour::at_once(Answer::Mismatch)
        } else {
            answer(decided, script)
        }
    }

    fn script(&self, wanted: &Wanted) -> Script {
        match wanted {
            Wanted::Charge(token) => Script::of_charge(token),
            Wanted::Refund(of) => match self.entries.get(of) {
                Some(Entry::Decided(Decided { wanted: Wanted::Charge(token), .. })) => {
                    Script::of_refund(token)
                }
                _ => Script::PLAIN,
            },
        }
    }

    fn verdict(&self, asked: &Asked, script: Script) -> Verdict {
        match &asked.wanted {
            Wanted::Refund(of) if !self.covers(of, asked) => Verdict::Declined,
            Wanted::Charge(_) | Wanted::Refund(_) => script.verdict,
        }
    }

    /// Whether there is still so much to give back.
    fn covers(&self, of: &str, asked: &Asked) -> bool {
        let Some(Entry::Decided(charge)) = self.entries.get(of) else { return false };
        let refunded = self.refunded.get(of).copied().unwrap_or(Amount::ZERO);
        matches!(charge.wanted, Wanted::Charge(_))
            && charge.verdict == Verdict::Succeeded
            && charge.money.currency == asked.money.currency
            && refunded
                .checked_add(asked.money.amount)
                .is_some_and(|sum| sum <= charge.money.amount)
    }

    /// Writes an entry, and moves the money that it says was moved.
    fn write(&mut self, key: &str, entry: Entry) {
        if let Entry::Decided(Decided { wanted, money, verdict: Verdict::Succeeded, .. }) = &entry {
            let (wanted, money) = (wanted.clone(), *money);
            if let Wanted::Refund(of) = &wanted {
                let refunded = self.refunded.entry(of.clone()).or_insert(Amount::ZERO);
                *refunded = refunded.checked_add(money.amount).expect("a refund is covered");
            }
            self.moved.push(Moved { key: key.to_owned(), wanted, money });
        }
        self.entries.insert(key.to_owned(), entry);
    }
}

fn answer(decided: &Decided, script: Script) -> Behaviour {
    let answer = match decided.pending {
        0 => Answer::Decided(decided.verdict),
        _ => Answer::Pending,
    };
    Behaviour { answer, travel: script.travel }
}

fn has_passed(since: Time, now: Time, window: Duration) -> bool {
    u128::from(now.as_ms().saturating_sub(since.as_ms())) >= window.as_millis()
}
