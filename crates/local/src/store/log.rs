//! What a voter writes down: one JSON object on each line, appended before the voter answers.
//!
//! It outlives the process, not the machine: nothing is synced to the disk. A process that is killed
//! may leave half a line behind, which nobody was told of.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::voter::{Accepted, Ballot, VoteAnswer, VoteAsk, VoteChange, Voter};
use crate::clock::now_us;

/// A line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Line {
    /// When it was written, in microseconds of the wall clock.
    pub(super) at_us: u64,
    key: String,
    promised: Ballot,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accepted: Option<Accepted>,
}

/// A voter that writes down what it answers.
pub(super) struct LoggedVoter {
    voter: Voter,
    log: File,
    length: u64,
    path: PathBuf,
}

impl LoggedVoter {
    /// The voter with all that it wrote down before.
    ///
    /// # Errors
    ///
    /// When the log cannot be read or written, or is none.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let log = OpenOptions::new().append(true).create(true).open(path)?;
        let (lines, length) = read(path)?;
        // What comes next must not begin in the middle of a line.
        log.set_len(length)?;
        let mut voter = Voter::default();
        lines.into_iter().for_each(|line| voter.apply(line.change()));
        Ok(Self { voter, log, length, path: path.to_owned() })
    }

    /// The answer, once what it changes is written down.
    pub(super) fn answer(&mut self, ask: &VoteAsk) -> VoteAnswer {
        let (answer, change) = self.voter.judge(ask);
        let Some(change) = change else { return answer };
        let line = Line::at(now_us(), change);
        if self.append(&line).is_err() {
            return VoteAnswer::Failed;
        }
        self.voter.apply(line.change());
        answer
    }

    /// See [`Voter::counter_max`].
    pub(super) fn counter_max(&self) -> u64 {
        self.voter.counter_max()
    }

    fn append(&mut self, line: &Line) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        if let Err(error) = self.log.write_all(&bytes) {
            // A full disk: half a line must not stand before the next one.
            self.log.set_len(self.length)?;
            return Err(error);
        }
        self.length += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

impl std::fmt::Debug for LoggedVoter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoggedVoter").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Line {
    /// The line of a change that is made at this time.
    pub(super) fn at(at_us: u64, change: VoteChange) -> Self {
        let VoteChange { key, promised, accepted } = change;
        Self { at_us, key, promised, accepted }
    }

    /// The key of what was changed.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// What was changed.
    pub(super) fn change(self) -> VoteChange {
        VoteChange { key: self.key, promised: self.promised, accepted: self.accepted }
    }
}

/// The lines of a log, and how many bytes they are: half a line at the end is left out.
pub(super) fn read(path: &Path) -> io::Result<(Vec<Line>, u64)> {
    let bytes = std::fs::read(path)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let lines = bytes[..whole].split_inclusive(|byte| *byte == b'\n').enumerate();
    let lines = lines.map(|(index, line)| {
        serde_json::from_slice(line).map_err(|error| {
            let place = format!("line {} of `{}`: {error}", index + 1, path.display());
            io::Error::new(io::ErrorKind::InvalidData, place)
        })
    });
    Ok((lines.collect::<io::Result<_>>()?, u64::try_from(whole).unwrap_or(u64::MAX)))
}
