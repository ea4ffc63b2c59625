//! What is remembered about failovers that alarms start: the item `dr#automatic`, one for the system.

use fence::{Author, Millis, RegionName, RunId};
use runbook::automatic::{Episode, Kept, Started, Switch, Told};
use serde::{Deserialize, Serialize};
use stores::Malformed;

use super::ControlTable;
use super::item::{DOCUMENT, Item, Unreadable, number};
use super::write::{Expected, Put, Settled, settle};
use crate::sorted::Said;

const KEY: &str = "dr#automatic";
const REVISION: &str = "revision";

/// The number of the shape.
const FORMAT: u64 = 1;

/// Why something is not remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotKept {
    /// Somebody else has written meanwhile: read again, and decide again.
    Overtaken,
    /// Nobody knows, or nothing was written.
    Said(Said),
}

impl ControlTable {
    /// What is remembered; the same as nothing where nothing was ever written.
    ///
    /// # Errors
    ///
    /// When the table does not answer, or holds what cannot be read.
    pub async fn automatic(&self) -> Result<Kept, Said> {
        let item = self.get(KEY).await.answer?;
        let kept = item.map(|item| read(&item)).transpose();
        kept.map(Option::unwrap_or_default).map_err(|error| Said::new(error.to_string()))
    }

    /// Remembers this over what it was made from.
    ///
    /// # Errors
    ///
    /// When somebody else has written meanwhile, or when it is not certain that it is remembered.
    pub async fn keep_automatic(&self, kept: &Kept) -> Result<(), NotKept> {
        let expected = match kept.revision.saturating_sub(1) {
            0 => Expected::Nothing,
            revision => Expected::Values(vec![(REVISION, Some(number(revision)))]),
        };
        let put = Put {
            id: KEY.to_owned(),
            document: write(kept).map_err(NotKept::Said)?,
            attributes: vec![(REVISION, number(kept.revision))],
            expected,
        };
        match settle(self.put(&put).await, kept, read, |_| false) {
            Settled::Written => Ok(()),
            Settled::Refused(_) => Err(NotKept::Overtaken),
            Settled::NotDone(said) | Settled::Unknown(said) => Err(NotKept::Said(said)),
        }
    }
}

/// The item as it is written.
#[derive(Serialize, Deserialize)]
struct Document {
    format: u64,
    revision: u64,
    switch: Option<SwitchWritten>,
    started: Option<StartedWritten>,
    told: Option<ToldWritten>,
}

#[derive(Serialize, Deserialize)]
struct SwitchWritten {
    is_on: bool,
    by: String,
    reason: String,
    at_ms: u64,
}

#[derive(Serialize, Deserialize)]
struct EpisodeWritten {
    region: String,
    since_ms: u64,
}

#[derive(Serialize, Deserialize)]
struct StartedWritten {
    run: String,
    at_ms: u64,
    episode: EpisodeWritten,
}

#[derive(Serialize, Deserialize)]
struct ToldWritten {
    episode: EpisodeWritten,
    about: Vec<String>,
}

fn write(kept: &Kept) -> Result<String, Said> {
    let Kept { revision, switch, started, told } = kept.clone();
    let document = Document {
        format: FORMAT,
        revision,
        switch: switch.map(|switch| SwitchWritten {
            is_on: switch.is_on,
            by: switch.by.as_str().to_owned(),
            reason: switch.reason,
            at_ms: switch.at.0,
        }),
        started: started.map(|started| StartedWritten {
            run: started.run.as_str().to_owned(),
            at_ms: started.at.0,
            episode: written(&started.episode),
        }),
        told: told.map(|told| ToldWritten {
            episode: written(&told.episode),
            about: told.about.into_iter().collect(),
        }),
    };
    serde_json::to_string(&document).map_err(|error| Said::new(error.to_string()))
}

fn written(episode: &Episode) -> EpisodeWritten {
    EpisodeWritten { region: episode.region.as_str().to_owned(), since_ms: episode.since.0 }
}

fn read(item: &Item) -> Result<Kept, Unreadable> {
    let document = item.get(DOCUMENT).and_then(|document| document.as_s().ok());
    let document = serde_json::from_str(document.ok_or(Unreadable::NoDocument)?);
    let document: Document = document.map_err(|error| Unreadable::Malformed(error.into()))?;
    if document.format > FORMAT {
        let newer = Malformed::Newer { found: document.format, known: FORMAT };
        return Err(Unreadable::Malformed(newer));
    }
    let episode = |written: EpisodeWritten| Episode {
        region: RegionName::new(written.region),
        since: Millis(written.since_ms),
    };
    Ok(Kept {
        revision: document.revision,
        switch: document.switch.map(|switch| Switch {
            is_on: switch.is_on,
            by: Author::new(switch.by),
            reason: switch.reason,
            at: Millis(switch.at_ms),
        }),
        started: document.started.map(|started| Started {
            run: RunId::new(started.run),
            at: Millis(started.at_ms),
            episode: episode(started.episode),
        }),
        told: document.told.map(|told| Told {
            episode: episode(told.episode),
            about: told.about.into_iter().collect(),
        }),
    })
}
