//! The journal as one runner has it: read once, and again only when somebody else has written.

use fence::{DurationMs, Millis, NoAnswer};

use crate::journal::{Entry, Event, RunnerName};
use crate::next::Next;
use crate::ports::{Journal, World};
use crate::progress::Progress;
use crate::writing::{Written, read, write};

/// From one question to a silent journal to the next.
const PAUSE: DurationMs = DurationMs(500);

/// The journal as a runner has it.
pub(crate) struct Book<'p, W, J> {
    world: &'p W,
    journal: &'p J,
    entries: Vec<Entry>,
    progress: Progress,
}

/// What became of something that a runner wanted to write.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Noted {
    /// It is written.
    Yes,
    /// It is not: somebody else wrote first, and what is due may have changed.
    No(Event),
}

impl<'p, W: World, J: Journal> Book<'p, W, J> {
    /// Reads the journal.
    pub(crate) async fn open(world: &'p W, journal: &'p J) -> Result<Self, NoAnswer> {
        let entries = read(journal, || world.wait(PAUSE)).await?;
        let progress = Progress::of(&entries);
        Ok(Self { world, journal, entries, progress })
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    pub(crate) fn next(&self, now: Millis) -> Next<'_> {
        self.progress.next(&self.entries, now)
    }

    /// The runner that has the run.
    pub(crate) fn runner(&self) -> Option<&RunnerName> {
        self.progress.runner(&self.entries)
    }

    /// Writes what was decided by all that was read.
    pub(crate) async fn note(&mut self, event: Event) -> Result<Noted, NoAnswer> {
        let position = u64::try_from(self.entries.len()).expect("a journal fits into memory");
        let entry = Entry { position, at: self.world.now(), event };
        match write(self.journal, &entry, || self.world.wait(PAUSE)).await? {
            Written::Yes => {
                self.progress.write(&entry);
                self.entries.push(entry);
                Ok(Noted::Yes)
            }
            Written::Among(entries) => {
                self.replace(entries);
                Ok(Noted::Yes)
            }
            Written::No(entries) => {
                self.replace(entries);
                Ok(Noted::No(entry.event))
            }
        }
    }

    fn replace(&mut self, entries: Vec<Entry>) {
        self.progress = Progress::of(&entries);
        self.entries = entries;
    }
}
