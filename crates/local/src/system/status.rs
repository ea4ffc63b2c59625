//! How everything is, side by side, for people and programs.

use serde::{Deserialize, Serialize};

/// How everything is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Status {
    /// The folder of everything that is kept.
    pub directory: String,
    /// Since when the two Regions run, in milliseconds since the Unix epoch.
    pub since_ms: u64,
    /// The control record; none when the store does not answer.
    pub record: Option<RecordStatus>,
    /// Both Regions, the home primary first.
    pub regions: [RegionStatus; 2],
    /// The Region that DNS answers with, by its home role.
    pub dns: String,
    /// What is broken now, in the words of scenarios.
    pub faults: Vec<String>,
    /// The runs that there were.
    pub runs: Vec<String>,
    /// What went wrong that people should see.
    pub warnings: Vec<String>,
}

/// The control record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordStatus {
    /// The epoch.
    pub epoch: u64,
    /// The state.
    pub state: String,
    /// The Region that may take money now.
    pub active: Option<String>,
    /// The run that is open.
    pub run: Option<String>,
}

/// What the database service says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceStatus {
    /// It would change roles.
    Available,
    /// It changes them just now.
    Moving,
    /// It refuses everything.
    Refuses,
    /// It does not answer.
    Silent,
}

/// One Region.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RegionStatus {
    /// Its name.
    pub region: String,
    /// Its home role.
    pub role: String,
    /// Where its service answers.
    pub service: String,
    /// Whether it may take money now, or why not.
    pub readiness: String,
    /// What its database is: writer, standby, or silent.
    pub database: String,
    /// How far its standby is behind, in milliseconds; none for what is not a writer with a standby.
    pub behind_ms: Option<u64>,
    /// Of a standby: how old the last is that has arrived, in milliseconds.
    pub arrived_ms: Option<u64>,
    /// What the database service says there, as it would say to somebody outside of both Regions.
    pub database_service: ServiceStatus,
    /// What its service answers at `/health`; none when it is silent.
    pub health: Option<u16>,
    /// How many of its receipts are not in the other Region's bucket yet.
    pub receipts_behind: u64,
    /// Whether its endpoint of the strongly consistent store answers.
    pub store_answers: bool,
}
